"""Files of strangers: `python -m fuzz` writes them by the thousand, and `entrances` says what must hold for each."""
