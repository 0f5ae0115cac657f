"""Months as whole numbers (year * 12 + month - 1), days as `datetime.date`. Nothing here knows money."""
import re
from calendar import monthrange
from datetime import date, datetime

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_number(text: str | date) -> int:
    """`2025-07` (or a date, or a `2025-07-15`) to the month's number; ValueError otherwise."""
    if not isinstance(text, str) or len(text) > 7:
        text = day(text)
        return text.year * 12 + text.month - 1
    match = MONTH.fullmatch(text)
    if not match:
        raise ValueError(f"not a month such as 2025-07: {text!r}")
    return int(match[1]) * 12 + int(match[2]) - 1


def month_text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def calendar_month(month: int) -> int:
    """1 to 12."""
    return month % 12 + 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, monthrange(month // 12, month % 12 + 1)[1])


def day(text: str | date) -> date:
    """`2025-07-01` or a date to a date; ValueError otherwise, also for a time of day."""
    found = date.fromisoformat(text) if isinstance(text, str) else text
    if not isinstance(found, date) or isinstance(found, datetime) or found.isoformat() != str(text):
        raise ValueError(f"not a date such as 2025-07-01: {text!r}")
    return found


def age_in(month: int, birth_month: int) -> int:
    """Completed years; the month of the birthday already counts as the new age."""
    return (month - birth_month) // 12


# ── days as numbers, as `date.toordinal` counts them: for the law, which has no calendar ──

def first_day_number(month: int) -> int:
    """The number of a month's first day, by years that begin in March, so that the leap day is their last."""
    year, month_of_year = (month - 2) // 12, (month - 2) % 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month_of_year + 2) // 5 - 305


def month_of_day_number(day: int) -> int:
    """The month a numbered day falls in."""
    month = (day - 3) * 4800 // 146097 + 12                 # months of the average length: the month, or one too few
    return month + int(first_day_number(month + 1) <= day)


def working_day_after(day: int, count: int) -> int:
    """The day `count` working days (Monday to Friday; public holidays are not known) after a numbered day."""
    while count > 0:
        day += 1
        if 1 <= day % 7 <= 5:                               # Sunday is 0
            count -= 1
    return day


SETTLEMENT, LEGAL, THIRTY_DAYS = range(3)                   # arrears.day_count


def days_in_arrears(missed_month: int, paid_day: int, day_count: int, due_day: int,
                    waiver_months: int = 0) -> tuple[int, int]:
    """The first and last day (inclusive) for which a missed month is in arrears when paid on a numbered day.

    LEGAL: from the day after the due day to the day of payment. SETTLEMENT: from the first day of the month after
    the one in which the premium is collected (itself the next month) to the day before payment. THIRTY_DAYS: thirty
    days for each month since. A waiver puts the start off by its months. No days: last < first.
    """
    start_month = missed_month + waiver_months
    if day_count == LEGAL:
        first = first_day_number(start_month) + due_day
        if due_day >= 28:                                   # in a short month, from the next one on
            first = min(first, first_day_number(start_month + 1))
        return first, paid_day
    if day_count == SETTLEMENT:
        return first_day_number(start_month + 2), paid_day - 1
    return _thirty_days_each(start_month, paid_day)


def _thirty_days_each(start_month: int, paid_day: int) -> tuple[int, int]:
    months_late = max(0, month_of_day_number(paid_day) - start_month)
    return paid_day - 30 * months_late + 1, paid_day
