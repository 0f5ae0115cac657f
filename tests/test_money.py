from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import money


def rounding(name):
    return money.ROUNDINGS[name]


@pytest.mark.parametrize("name, numerator, expected", [
    ("fen half up", 5, 1), ("fen half up", 4, 0), ("fen half up", 15, 2), ("fen half up", 14, 1),
    ("fen up", 1, 1), ("fen up", 10, 1), ("fen up", 11, 2), ("fen up", 0, 0),
    ("fen down", 19, 1), ("jiao up", 1, 10), ("jiao up", 101, 20), ("jiao half up", 149, 10),
    ("yuan half up", 499, 0), ("yuan half up", 500, 100), ("yuan up", 1001, 200), ("yuan down", 1999, 100),
])
def test_rounding_of_tenths_of_a_fen(name, numerator, expected):
    assert money.divided(numerator, 10, rounding(name)) == expected


@pytest.mark.parametrize("base, rate, published", [     # amounts published by the cities themselves
    ("4879", "0.02", "97.58"), ("24396", "0.02", "487.92"),             # Suqian 2024
    ("7945", "0.005", "39.73"), ("7945", "0.023", "182.74"),            # Dongguan 2025; the first is a tie
    ("4462", "0.104", "464.05"), ("3957", "0.095", "375.92"),           # Zhejiang 2024, Hangzhou 2023
])
def test_published_amounts_round_half_up_to_the_fen(base, rate, published):
    assert money.share(money.fen(base), money.ppm(rate), money.FEN_HALF_UP) == money.fen(published)


@given(st.integers(0, 10**15), st.integers(1, 10**9), st.sampled_from(sorted(money.ROUNDINGS)))
def test_rounding_is_the_nearest_step_in_its_direction(numerator, denominator, name):
    found, exact = money.divided(numerator, denominator, rounding(name)), Fraction(numerator, denominator)
    unit = {"fen": 1, "jiao": 10, "yuan": 100}[name.split()[0]]
    assert found % unit == 0
    low, high = {"up": (0, 1), "down": (-1, 0), "half up": (Fraction(-1, 2), Fraction(1, 2))}[name.split(maxsplit=1)[1]]
    assert low * unit <= found - exact <= high * unit
    if name.endswith("half up"):
        assert found - exact != Fraction(-unit, 2)          # a tie goes up


def test_amounts_are_exact_or_refused():
    assert money.fen(Decimal("8000.50")) == 800050
    for wrong in ("8000.005", "NaN", "abc", 8000.5, True, Decimal("Infinity"), None):
        with pytest.raises(ValueError, match=r"not (exact|a number|an exact number)"):
            money.fen(wrong)
    assert money.ppm("0.0005") == 500
    with pytest.raises(ValueError, match="not exact to 1/1000000"):
        money.ppm("0.00000001")


@pytest.mark.parametrize("wrong, said", [
    (8000.5, "not an exact number: 8000.5"), (True, "not an exact number: True"), ("abc", "not a number: 'abc'"),
    ("1e999999999", "not a number: '1e999999999'"), ("8000.005", "not exact to 1/100: 8000.005"), ("NaN", "not exact to 1/100: NaN"),
    ("1e17", "not exact to 1/100: 1e17"), ("-1e17", "not exact to 1/100: -1e17")])
def test_what_is_refused_is_said(wrong, said):
    with pytest.raises(ValueError) as caught:    # noqa: PT011 (its words follow)
        money.fen(wrong)
    assert str(caught.value) == said


def test_amounts_of_eighteen_digits_and_less_are_read():
    assert money.fen("9e16") == 9 * 10**18                  # nineteen digits of fen, still a 64-bit number
    assert money.fen("-0.01") == -1 and money.ppm("1") == 1_000_000


@pytest.mark.parametrize("amount, plain, shown", [
    (0, "0.00", "0.00"), (1, "0.01", "0.01"), (-1, "-0.01", "-0.01"), (99, "0.99", "0.99"), (100, "1.00", "1.00"),
    (-123450, "-1234.50", "-1,234.50"), (123456789, "1234567.89", "1,234,567.89")])
def test_how_amounts_are_printed(amount, plain, shown):
    assert (money.plain(amount), money.shown(amount)) == (plain, shown)


@given(st.integers(-10**13, 10**13))
def test_printed_yuan_read_back_as_the_same_fen(amount):
    assert money.fen(money.plain(amount)) == amount
    assert money.fen(money.shown(amount).replace(",", "")) == amount


@pytest.mark.parametrize("number, is_one", [
    (1, True), ("0.0000001", True), ("1e400", True), (Decimal("-2"), True), ("abc", False), ("", False), (True, False), (0.5, False),
    (None, False), ("nan", False), ("inf", False), ([1], False)])
def test_a_number_too_fine_to_be_exact_is_a_number_all_the_same(number, is_one):
    assert money.is_number(number) == is_one
