"""Money and rates as exact integers: whole fen (分), and millionths (ppm) for rates.

Nothing here knows a law. A float never enters: yuan are read from text or `Decimal`, and a number
that is not exact in its unit is refused instead of rounded.
"""
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow

PPM = 1_000_000        # a rate of 1 is a million millionths
NO_LIMIT = 10**13      # "no ceiling": a hundred billion yuan; sums of it still fit 64 bits

# A rounding is a unit in fen and a direction, packed as unit * 4 + direction so that it fits one integer.
HALF_UP, UP, DOWN = 0, 1, 2
ROUNDINGS = {
    f"{unit_name} {direction_name}": unit * 4 + direction
    for unit_name, unit in (("fen", 1), ("jiao", 10), ("yuan", 100))
    for direction_name, direction in (("half up", HALF_UP), ("up", UP), ("down", DOWN))
}
FEN_HALF_UP = ROUNDINGS["fen half up"]
_EXACT = Context(prec=40, traps=[InvalidOperation, Overflow, Inexact])      # rounds nothing: it refuses


def divided(numerator: int, denominator: int, rounding: int) -> int:
    """`numerator / denominator` (fen, not negative) rounded to the unit of `rounding`."""
    if rounding == FEN_HALF_UP:
        return (2 * numerator + denominator) // (2 * denominator)
    return divided_otherwise(numerator, denominator, rounding)


def divided_otherwise(numerator: int, denominator: int, rounding: int) -> int:
    """`divided` to another unit, or up or down."""
    unit = rounding // 4
    direction = rounding % 4
    step = denominator * unit
    if direction == HALF_UP:
        return (2 * numerator + step) // (2 * step) * unit
    if direction == UP:
        return (numerator + step - 1) // step * unit
    return numerator // step * unit


def share(amount_fen: int, rate_ppm: int, rounding: int) -> int:
    """A rate of an amount, in fen."""
    return divided(amount_fen * rate_ppm, PPM, rounding)


def is_number(number: object) -> bool:
    """Whether it is a number, or a text of one, however fine or large."""
    try:
        return not isinstance(number, bool) and isinstance(number, int | str | Decimal) and Decimal(number).is_finite()
    except DecimalException:
        return False


def exact(number: object, scale: int) -> int:
    """`number * scale` as an integer; ValueError where that would round. Takes int, str, Decimal."""
    if isinstance(number, bool) or not isinstance(number, int | str | Decimal):
        raise ValueError(f"not an exact number: {number!r}")
    try:
        scaled = _EXACT.multiply(Decimal(number), scale)
    except DecimalException:
        raise ValueError(f"not a number: {number!r}") from None
    if not scaled.is_finite() or scaled.adjusted() > 18 or scaled != int(scaled):
        raise ValueError(f"not exact to 1/{scale}: {number}")
    return int(scaled)


def fen(yuan: object) -> int:
    """Yuan (int, str, Decimal) to whole fen; ValueError if there is a part of a fen."""
    return exact(yuan, 100)


def ppm(rate: object) -> int:
    """A rate (0.02 as str or Decimal) to millionths; ValueError if finer than a millionth."""
    return exact(rate, PPM)


def plain(amount_fen: int) -> str:
    """`-1234.50`: the form of files."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d}"


def shown(amount_fen: int) -> str:
    """`1,234.50`: the form of screens."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100:,}.{abs(amount_fen) % 100:02d}"
