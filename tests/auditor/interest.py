"""Interest on the account (national.md, section 4)."""
from fractions import Fraction

from .money import rounded

TWELFTH = Fraction(1, 12)


class Products:
    """Month-end balances added up since the last settlement, each at its rate: fen × yearly rate ÷ 12."""

    def __init__(self):
        self.kept = self.free = Fraction(0)

    def add(self, here, current, carried, withdrawable):
        """4.1, 4.5: this year's money at the demand rate, earlier years' at the three-month rate; one rate on all in some areas."""
        method = here["interest.method"]
        if method in ("none", "closing balance"):
            return
        demand = here["interest.current_rate"]
        other = here["interest.carried_rate"] if method == "split" else demand
        self.kept += (current * demand + carried * other) * TWELFTH
        self.free += withdrawable * demand * TWELFTH

    def settle(self, here, kept_money, free_money, months):
        """(to the kept money, to the free money); begins anew. The whole is rounded once, the free part beside it."""
        kept, free = self.kept, self.free
        if here["interest.method"] == "closing balance":
            rate = here["interest.current_rate"] * months * TWELFTH
            kept, free = kept_money * rate, free_money * rate
        self.kept = self.free = Fraction(0)
        how = here["interest.rounding"]
        whole = rounded(kept + free, how)
        to_free = min(whole, rounded(free, how))
        return whole - to_free, to_free


def months_since(here, month_of_year):
    """Months since interest was credited, this one counted."""
    return next((back for back in range(1, 12) if settles_in(here, (month_of_year - 1 - back) % 12 + 1)), 12)


def settles_in(here, month_of_year):
    days = here["interest.settlement"]
    days = days if isinstance(days, list) else [days]
    return month_of_year in {int(day[:2]) for day in days}
