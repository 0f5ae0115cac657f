"""What is owed for missed months: which may still be paid, and the late fee (national.md, section 2)."""
from datetime import timedelta
from fractions import Fraction

from .calendar import day_in, first_day, month_of
from .money import rounded


def payable(here, gap):
    """3.1: which months of a gap may be paid back; the oldest first."""
    most = here.of_cause("arrears.back_pay_months", gap.fault, 999)
    if gap.length <= most:
        return gap.unpaid
    if here["arrears.back_pay_beyond"] == "last months":
        return [missed for missed in gap.unpaid if missed.month > gap.last - most]
    return []


def late_fee(rules, gap, missed, until, here):
    """2.1: 0.05 % a day of each month's premium by itself; 2.6: owed by employers, by others only where the area says so."""
    if gap.fault != "employer" and here["arrears.fee_payer"] != "defaulter":
        return 0
    then = rules.here(here.region, here.plan, first_day(missed.month))
    deferred = then["arrears.waiver_months"] if gap.fault == "employer" else 0
    parts = [(missed.principal, deferred)]
    if deferred and then["arrears.waiver_part"] != "both parts":        # 2.13
        parts = [(missed.own, 0), (missed.employer, deferred)]
    how = here["arrears.fee_rounding"]
    fee = sum(rounded(fee_on(rules, here, then, missed.month, *part, until), how) for part in parts)
    return min(fee, missed.principal) if here["arrears.fee_cap"] == "principal" else fee


def fee_on(rules, here, then, month, principal, deferred, until):
    """Three ways to count days (section 2, table); each day goes by the rate of that day (2.5)."""
    way = here["arrears.day_count"]
    if way == "thirty days":
        months = max(0, month_of(until) - month - deferred)
        start, end = until - timedelta(days=30 * months - 1), until
    elif way == "settlement":
        start, end = first_day(month + 2 + deferred), until - timedelta(days=1)
    else:
        start, end = day_in(month + deferred, then["arrears.due_day"]) + timedelta(days=1), until
    fee = Fraction(0)
    for first, last in rules.stretches(here.region, here.plan, "arrears.late_fee_daily_rate", start, end):
        rate = rules.value(here.region, here.plan, "arrears.late_fee_daily_rate", first)
        fee += principal * rate * ((last - first).days + 1)
    return fee
