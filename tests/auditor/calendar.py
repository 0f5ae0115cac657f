"""Months as whole numbers (year × 12 + month − 1), days as dates, ages by the month of birth."""
from datetime import date, timedelta


def month_number(year, month):
    return year * 12 + month - 1


def month_of(day):
    return month_number(day.year, day.month)


def read_month(text):
    """`2025-07`, or a whole date, of which the month counts."""
    year, month = str(text).split("-")[:2]
    return month_number(int(year), int(month))


def month_name(month):
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def calendar_month(month):
    """1 for January."""
    return month % 12 + 1


def first_day(month):
    return date(month // 12, month % 12 + 1, 1)


def last_day(month):
    return first_day(month + 1) - timedelta(days=1)


def day_in(month, day):
    """That day of the month, or its last day where the month is shorter."""
    return date(month // 12, month % 12 + 1, min(day, last_day(month).day))


def year_since(month, start):
    """The number of the year that `month` lies in, when years begin in calendar month `start`."""
    return (month - (start - 1)) // 12


def age(birth, month):
    """Completed years; whoever has a birthday in a month is of that age all through it."""
    return (month - birth) // 12


def after_working_days(day, count):
    """Monday to Friday; public holidays are not known so far ahead (as in sources 1.3 and 2.3)."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day
