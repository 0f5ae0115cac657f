"""The dashboard: `streamlit run app.py`, or `simulator app`."""
from simulator.dashboard.main import show

show()
