from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import months


@given(st.integers(1900 * 12, 2200 * 12))
def test_months_read_back(month):
    assert months.month_number(months.month_text(month)) == month
    assert months.month_number(months.first_day(month)) == months.month_number(months.last_day(month)) == month
    assert 1 <= months.calendar_month(month) <= 12


def test_a_month_may_be_a_date():
    assert months.month_number("1988-03-15") == months.month_number(date(1988, 3, 31)) == months.month_number("1988-03")


@pytest.mark.parametrize("wrong", ["2025-13", "2025-0", "2025", "25-01", "2025-02-30", "2025-01-xx", ""])
def test_not_a_month(wrong):
    with pytest.raises(ValueError, match=r"not a|Invalid isoformat|day is out of range"):
        months.month_number(wrong)


@pytest.mark.parametrize("wrong", ["20250701", "2025-W27-2", "2025-7-1", "2025-02-29", "2025-07-01T00:00", "", 20250701, None,
                                   datetime(2025, 7, 1)])
def test_not_a_date(wrong):
    with pytest.raises(ValueError):                         # noqa: PT011
        months.day(wrong)


def test_what_is_refused_is_said():
    for function, text, said in ((months.month_number, "2025-13", "not a month such as 2025-07: '2025-13'"),
                                 (months.month_number, "20250701", "not a date such as 2025-07-01: '20250701'"),
                                 (months.month_number, "2025-07-1x", "Invalid isoformat string: '2025-07-1x'"),
                                 (months.day, "20250701", "not a date such as 2025-07-01: '20250701'"),
                                 (months.day, 7, "not a date such as 2025-07-01: 7")):
        with pytest.raises(ValueError) as caught:                     # noqa: PT011 (its words follow)
            function(text)
        assert str(caught.value) == said
    with pytest.raises(ValueError):                         # noqa: PT011
        months.month_number("2025-071")                     # neither a month nor a day


def test_age_counts_from_the_month_of_the_birthday():
    birth = months.month_number("1988-03")
    assert months.age_in(months.month_number("2023-02"), birth) == 34
    assert months.age_in(months.month_number("2023-03"), birth) == 35


def test_last_day_of_february():
    assert months.last_day(months.month_number("2024-02")) == date(2024, 2, 29)
