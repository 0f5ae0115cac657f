"""Gaps and waiting (断缴、待遇等待期).

A gap is counted in unpaid months. Up to the free length it brings no wait; after a longer one the pool pays nothing, or
less, until the wait is over. The account stays the person's. Residents who missed a year wait since 2025.
"""
from simulator.law.account import EMPLOYEE, FLEXIBLE, RESIDENT
from simulator.law.rules import Rules

UNPAID_MONTHS, MONTH_DIFFERENCE = range(2)              # waiting.gap_count
MONTH_OF_PAYMENT, MONTH_AFTER = range(2)                # waiting.starts


def counted_gap(unpaid_months: int, rules: Rules) -> int:
    """The length of a gap as the area counts it."""
    if rules.waiting_gap_count == MONTH_DIFFERENCE:         # month of return less last paid month
        return unpaid_months + 1
    return unpaid_months


def is_continuous(status: int, unpaid_months: int, rules: Rules) -> bool:
    """Whether a gap counts as none: the continuous months go on."""
    return counted_gap(unpaid_months, rules) <= rules.waiting_free_gap_months[status - 1]


def wait_after_gap(status: int, unpaid_months: int, repaid_years: int, rules: Rules) -> int:
    """Months of waiting after a gap, counted from the first month that waits."""
    if unpaid_months == 0:
        return 0
    if status == RESIDENT:
        return resident_wait(unpaid_months, repaid_years, rules)
    if is_continuous(status, unpaid_months, rules):
        return 0
    gap = counted_gap(unpaid_months, rules)
    bands = rules.waiting_months[status - 1]                # the longest gaps first
    for place in range(len(bands)):
        over, wait = bands[place][0], bands[place][1]
        if gap > over:
            return wait
    return 0


def first_wait(status: int, rules: Rules) -> int:
    """Months of waiting at the first enrolment."""
    if status == EMPLOYEE or status == FLEXIBLE:
        return rules.waiting_first_enrolment_months[status - 1]
    return 0


def from_this_month(wait_months: int, rules: Rules) -> int:
    """The months without benefits from the month of payment on, where the wait itself may start a month later."""
    if wait_months > 0 and rules.waiting_starts == MONTH_AFTER:
        return wait_months + 1
    return wait_months


def resident_wait(unpaid_months: int, repaid_years: int, rules: Rules) -> int:
    """A fixed wait, more for each year missed beyond the first, less for each year paid back.

    Long gaps keep a least wait whatever is paid back.
    """
    missed_years = max(1, unpaid_months // 12)
    wait = (rules.waiting_resident_months
            + max(0, missed_years - 1 - repaid_years) * rules.waiting_resident_year_months)
    if missed_years >= rules.waiting_resident_long_years:
        return max(wait, rules.waiting_resident_long_months)
    return wait
