"""Months as whole numbers (year * 12 + month - 1), days as `datetime.date`. Nothing here knows money."""
import re
from calendar import monthrange
from datetime import date

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_number(text):
    """`2025-07` (or a date, or a `2025-07-15`) to the month's number; ValueError otherwise."""
    if isinstance(text, date):
        return text.year * 12 + text.month - 1
    match = MONTH.fullmatch(str(text)[:7])
    if not match or (len(str(text)) > 7 and not day(text)):
        raise ValueError(f"not a month such as 2025-07: {text!r}")
    return int(match[1]) * 12 + int(match[2]) - 1


def month_text(month):
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def calendar_month(month):
    """1 to 12."""
    return month % 12 + 1


def first_day(month):
    return date(month // 12, month % 12 + 1, 1)


def last_day(month):
    return date(month // 12, month % 12 + 1, monthrange(month // 12, month % 12 + 1)[1])


def day(text):
    """`2025-07-01` or a date to a date; ValueError otherwise."""
    return text if isinstance(text, date) else date.fromisoformat(str(text))


def age_in(month, birth_month):
    """Completed years; the month of the birthday already counts as the new age."""
    return (month - birth_month) // 12
