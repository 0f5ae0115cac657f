"""Chance without a state: a draw is a hash of (key, month, purpose), so that chunks, threads and order change nothing.

The hash is the output function of SplitMix64 over a counter, which passes the common batteries of tests; it is no
cipher. A draw is 62 bits, used as two numbers of 31 (`low`, `high`). Everything from here on is whole numbers, tables of
quantiles too, so that every machine comes to the same bytes.
"""
from collections.abc import Sequence
from decimal import Decimal, localcontext
from statistics import NormalDist

GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
MASK = (1 << 64) - 1
BITS = 31
ONE = 1 << BITS                                             # what is certain, as a number to compare a draw with
HALF = ONE - 1

STEPS_BITS = 11
STEPS = 1 << STEPS_BITS                                     # of a table of quantiles
UNIT_BITS = 20                                              # what a table calls one
UNIT = 1 << UNIT_BITS

# What a draw is for: never reuse a number, or two things would share their luck.
(GROUP, PERSON, BIRTH, WAGE, OPENING, HEALTH, FAMILY, RELATIVE, DEATH, STOP, GAP, MOVE, DESTINATION, TOP_UP, FIRST_VISIT,
 VISIT, COST, STAY, STAY_COST, STAY_DAY) = range(20)
PURPOSES = 32


def draw(key: int, month: int, purpose: int) -> int:
    """62 random bits for a key (an earlier draw, or a seed), a month and a purpose."""
    value = (key + (month * PURPOSES + purpose + 1) * GOLDEN) & MASK
    value = (value ^ (value >> 30)) * FIRST & MASK
    value = (value ^ (value >> 27)) * SECOND & MASK
    return (value ^ (value >> 31)) >> 2


def low(drawn: int) -> int:
    """The lower 31 bits of a draw."""
    return drawn & HALF


def high(drawn: int) -> int:
    """The upper 31 bits of a draw."""
    return drawn >> BITS


def quantile(shapes: Sequence[int], shape: int, u: int) -> int:
    """What a table of quantiles has for a number of 31 bits, between its steps by a straight line; one is `UNIT`."""
    step = shape * (STEPS + 1) + (u >> (BITS - STEPS_BITS))
    part = u & ((1 << (BITS - STEPS_BITS)) - 1)
    return shapes[step] + ((shapes[step + 1] - shapes[step]) * part >> (BITS - STEPS_BITS))


def lognormal(spread: str) -> list[int]:
    """The quantiles of exp(spread × normal), of median one. The tails end at 1/4096 on either side."""
    normal = [NormalDist().inv_cdf(min(max(step, 0.5), STEPS - 0.5) / STEPS) for step in range(STEPS + 1)]
    with localcontext(prec=28):                             # rounded long before machines may differ in the last digit
        return [int((Decimal(spread) * round(Decimal(z), 9)).exp() * UNIT) for z in normal]


def geometric() -> list[int]:
    """-p ÷ ln(1 - p) by p: what an exponential time has to be scaled with to be geometric in whole steps, times p."""
    with localcontext(prec=28):
        shares = [Decimal(step) / STEPS for step in range(1, STEPS)]
        return [UNIT, *[int(-p / (1 - p).ln() * UNIT) for p in shares], 0]


def expected(table: Sequence[int]) -> int:
    """The mean of what is drawn from a table of quantiles."""
    return (2 * sum(table) - table[0] - table[-1]) // (2 * STEPS)


def exponential() -> list[int]:
    """The quantiles of waiting at a rate of one; the upper tail ends at 1/4096."""
    with localcontext(prec=28):
        return [int(-(max(Decimal(STEPS - step), Decimal("0.5")) / STEPS).ln() * UNIT) for step in range(STEPS + 1)]
