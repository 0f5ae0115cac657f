"""The law as code: one file a topic, and `month.py`, which puts them in legal order.

Plain functions on whole numbers: money in fen, rates in millionths, months as counts. They know nothing of
files, calendars or screens. `rules` is one row of the law (`rules.Rules`): what is in force in the region
at the time. Statements of a regulation become one function; its terms are the names; a case is a branch.
"""
