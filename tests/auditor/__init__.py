"""The law of the account a second time: slow, in exact fractions, from the facts and the contract alone.

Written by someone who had not read `simulator/law/` nor the engine around it; what was mended later follows the decisions.
Only the region files are shared, since they are the facts themselves; no code is. `compare.py` alone imports the product,
to set both results side by side:

    make audit HOUSEHOLDS=20000 SEED=1

Where the sources are silent, docs/decisions.md says what was chosen.
"""
