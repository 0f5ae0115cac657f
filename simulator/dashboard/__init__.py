"""The dashboard, with Streamlit. It asks and shows; every number and every rule comes from the library."""
