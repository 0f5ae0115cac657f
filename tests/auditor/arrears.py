"""Premiums that were missed: what is owed, the late fee, what may still be paid (national.md, section 2)."""
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction

from .calendar import day_in, first_day, month_of
from .money import rounded


@dataclass
class Missed:
    """One missed month: the premium it had, and the bills the pool did not pay in it."""
    month: int
    fault: str             # employer | own
    region: str
    plan: str | None
    own: int               # what the person owes
    employer: int          # what the employer owes
    credit: int            # what enters the account once it is paid
    due: int = 0           # what the pool owes for the bills of the month, once it is paid

    @property
    def principal(self):
        return self.own + self.employer


@dataclass
class Gap:
    """Months missed in a row, by one fault."""
    fault: str
    length: int = 0
    months: list = field(default_factory=list)


def owes_fee(here, fault):
    """2.1, 2.6: the law speaks of employers; personal late fees are local."""
    return fault == "employer" or here["arrears.fee_payer"] == "defaulter"


def late_fee(rules, missed, until, here=None):
    """2.1: 0.05 % a day of each month's premium on its own, by the area's way to count days."""
    here = here or rules.here(missed.region, missed.plan, until)
    if not owes_fee(here, missed.fault):
        return 0
    then = rules.here(missed.region, missed.plan, first_day(missed.month))
    deferred = then["arrears.waiver_months"] if missed.fault == "employer" else 0
    parts = [(missed.principal, deferred)]
    if deferred and then["arrears.waiver_part"] != "both parts":
        parts = [(missed.own, 0), (missed.employer, deferred)]
    how = here["arrears.fee_rounding"]
    fee = sum(rounded(fee_on(rules, here, missed, *part, until), how) for part in parts)
    return min(fee, missed.principal) if here["arrears.fee_cap"] == "principal" else fee


def fee_on(rules, here, missed, principal, deferred, until):
    way = here["arrears.day_count"]
    if way == "thirty days":
        months = max(0, month_of(until) - missed.month - deferred)
        return principal * here["arrears.late_fee_daily_rate"] * 30 * months
    then = rules.here(missed.region, missed.plan, first_day(missed.month))
    if way == "settlement":
        start, end = first_day(missed.month + 2 + deferred), until - timedelta(days=1)
    else:
        start = day_in(missed.month + deferred, then["arrears.due_day"]) + timedelta(days=1)
        end = until
    fee = Fraction(0)
    for first, last in rules.stretches(missed.region, missed.plan, "arrears.late_fee_daily_rate", start, end):
        rate = rules.value(missed.region, missed.plan, "arrears.late_fee_daily_rate", first)
        fee += principal * rate * ((last - first).days + 1)
    return fee


def payable(here, gap, before):
    """Which of a gap's months before that one may still be paid, the oldest first."""
    most = here.of_cause("arrears.back_pay_months", gap.fault, 999)
    unpaid = [missed for missed in gap.months if missed.month < before]
    length = gap.length - (len(gap.months) - len(unpaid))
    if length <= most:
        return unpaid
    if here["arrears.back_pay_beyond"] == "last months":
        return unpaid[max(0, len(unpaid) - most):]
    return []
