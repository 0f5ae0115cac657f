"""Whole fen; between two roundings exact fractions."""
from fractions import Fraction
from functools import cache
from math import ceil, floor

UNITS = {"fen": 1, "jiao": 10, "yuan": 100}


@cache
def fen(yuan):
    """An amount of a file, in yuan, as whole fen."""
    amount = Fraction(str(yuan)) * 100
    assert amount.denominator == 1, f"{yuan} is not exact to the fen"
    return int(amount)


def rounded(amount, how):
    """An exact amount in fen by a rule such as `fen half up` or `jiao up`; whole fen."""
    unit, way = how.split(" ", 1)
    steps = Fraction(amount) / UNITS[unit]
    whole = {"half up": lambda: floor(steps + Fraction(1, 2)), "up": lambda: ceil(steps), "down": lambda: floor(steps)}[way]()
    return whole * UNITS[unit]
