"""Region files: what they say, how they inherit, and how a wrong one is refused."""
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from simulator import money, months, policy
from simulator.parameters import PARAMETERS
from simulator.problems import InputError

HEAD = '''name_zh = "试验市"
name_en = "Testville"
code = "999900"
level = "city"
covers = 2021-01-01
parent = "national"
[sources.notice]
title = "关于基数的通知"
number = "试〔2021〕1号"
'''


def read(tmp_path, body, head=HEAD):
    file = tmp_path / "testville.toml"
    file.write_text(head + body, "utf-8")
    return policy.read_region(file)


def problems(tmp_path, body, head=HEAD):
    with pytest.raises(InputError) as caught:
        read(tmp_path, body, head)
    return caught.value.problems


def base_floors(*entries):
    lines = ",\n".join(f"  {{ {entry}, source = 'notice', grade = 'reported' }}" for entry in entries)
    return f"[contribution]\nbase_floor = [\n{lines},\n]\n"


# ── what is shipped ──

@pytest.mark.parametrize("id", policy.region_ids())
def test_every_region_has_every_parameter_in_every_covered_month(id):
    found = policy.region(id)
    start = months.month_number(found.covers)
    span = months.month_number("2030-12") - start + 1
    table = policy.RuleTable(found, start, span)
    assert all(table.row(month) is not None for month in range(start, start + span))
    for name in PARAMETERS:
        for month in range(start, start + span):
            assert table.span(name, months.first_day(month)) is not None


@pytest.mark.parametrize("id", policy.region_ids())
def test_every_value_has_a_source_and_a_grade(id):
    found = policy.region(id)
    entries = [entry for tables in (found.entries, *(own for _, own in found.plans.values()))
               for dated in tables.values() for entry in dated]
    for entry in entries:
        assert entry.source.title and entry.grade in policy.GRADES
        assert entry.source is not policy.ASSUMPTION or (entry.grade == "assumed" and entry.note)


@pytest.mark.parametrize("id", policy.region_ids())
def test_each_change_acts_on_its_day_and_not_the_day_before(id):
    found = policy.region(id)
    for name in PARAMETERS:
        history = policy.spans(found, name)
        for before, after in pairwise(history):
            if after.start > found.covers:
                assert policy.value_on(history, policy.day_before(after.start)) is before
                assert policy.value_on(history, after.start) is after


def test_a_region_is_found_by_id_name_and_code():
    for word in ("jiangsu/suzhou/kunshan", "昆山", "昆山市", "Kunshan", "320583"):
        assert policy.region(word).id == "jiangsu/suzhou/kunshan"
    with pytest.raises(InputError, match="beijing"):
        policy.region("bejing")


def test_kunshan_inherits_from_suzhou_from_jiangsu_from_the_nation():
    kunshan = policy.region("昆山")
    assert [kunshan.parent.id, kunshan.parent.parent.id, kunshan.parent.parent.parent.id] == [
        "jiangsu/suzhou", "jiangsu", "national"]
    rules = policy.rules("昆山").on("2025-07-01")
    assert rules["contribution.base_floor"].value == 4952
    assert rules["interest.carried_rate"].entry.region == "national"


# ── values over time ──

def test_values_follow_each_other_and_the_day_decides(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-01-01, value = 3000", "from = 2022-07-15, value = 3500"))
    history = policy.spans(found, "contribution.base_floor")
    assert policy.value_on(history, date(2022, 7, 14)).value == 3000
    assert policy.value_on(history, date(2022, 7, 15)).value == 3500
    table = policy.RuleTable(found, months.month_number("2022-07"), 2)
    assert table.row(months.month_number("2022-07")).contribution_base_floor_fen == 300000     # first of the month
    assert table.row(months.month_number("2022-08")).contribution_base_floor_fen == 350000
    assert table.row_on(date(2022, 7, 15)).contribution_base_floor_fen == 350000               # a dated event


def test_where_an_own_value_ends_the_inherited_one_returns(tmp_path):
    found = read(tmp_path, '[contribution]\nemployee_rate = [{ from = 2021-01-01, until = 2021-12-31, value = 0.01, '
                           'source = "notice", grade = "reported" }]\n')
    history = policy.spans(found, "contribution.employee_rate")
    assert policy.value_on(history, date(2021, 12, 31)).value == Decimal("0.01")
    assert policy.value_on(history, date(2022, 1, 1)).value == Decimal("0.02")
    assert not policy.value_on(history, date(2022, 1, 1)).projected


def test_amounts_grow_after_the_last_known_one_and_say_so(tmp_path):
    found = read(tmp_path, base_floors("from = 2026-07-01, value = 5000").replace("2026", "2021"))
    history = policy.spans(found, "contribution.base_floor", until=date(2024, 1, 1))
    assert [(span.start.year, span.compiled, span.projected) for span in history if span.start >= date(2021, 7, 1)] == [
        (2021, 500000, False), (2022, 515000, True), (2023, 530500, True)]      # 5,000 × 1.03² = 5,304.50 → 5,305


def test_a_plan_lies_over_its_region(tmp_path):
    found = read(tmp_path, '''[plans.second]
name_zh = "二档"
name_en = "Tier II"
[plans.second.credit]
employee_rate = [{ from = 2021-01-01, value = 0, source = "notice", grade = "reported" }]
''')
    start = months.month_number("2025-01")
    assert policy.RuleTable(found, start, 1).rows[0].credit_employee_rate_ppm == 20000
    assert policy.RuleTable(found, start, 1, "second").rows[0].credit_employee_rate_ppm == 0


def test_frozen_rules_know_nothing_later():
    beijing = policy.region("beijing")
    frozen = policy.spans(beijing, "contribution.base_floor", as_of=date(2025, 1, 1), until=date(2040, 1, 1))
    assert frozen[-1].start == date(2024, 7, 1) and not frozen[-1].projected


def test_a_span_before_the_region_is_known_is_refused():
    with pytest.raises(InputError, match="2021-01"):
        policy.RuleTable(policy.region("beijing"), months.month_number("2020-12"), 12)


# ── wrong files ──

def test_a_value_without_a_source_does_not_load(tmp_path):
    found = problems(tmp_path, "[contribution]\nbase_floor = [{ from = 2021-01-01, value = 3000, grade = 'reported' }]\n")
    assert [problem.line for problem in found] == [11]
    assert "has no source" in found[0].message.en


def test_all_mistakes_are_reported_at_once_with_their_lines(tmp_path):
    found = problems(tmp_path, '''[contribution]
base_flor = [{ from = 2021-01-01, value = 3000, source = "notice", grade = "reported" }]
base_ceiling = [
  { from = 2021-01-01, value = 30000.001, source = "notice", grade = "reported" },
  { from = 2020-01-01, value = "nine", source = "notise", grade = "sure" },
]
rounding = [{ value = "fen half up", source = "assumption", grade = "reported" }]
[credit]
deductions = [{ from = 2021-01-01, value = { worker = 3.00 }, source = "notice", grade = "reported" }]
[pooling]
rate = [
  { from = 2021-01-01, value = { employee = { clinic = 0.5 }, retiree = 1 }, source = "notice", grade = "reported", until = 2020-01-01 },
]
[weather]
''')
    lines = [problem.line for problem in found]
    assert lines == sorted(lines)
    text = "\n".join(problem.message.en + problem.nearest for problem in found)
    for expected in ("contribution.base_floor", "exact to the fen", "no such source", "one of the grades", "should be an amount",
                     "needs `from`", "graded `assumed`", "has no worker", "has no clinic", "not before", "unknown key"):
        assert expected in text, expected
    assert {problem.line for problem in found} >= {11, 13, 14, 16, 18, 21, 23}


def test_an_overlap_is_an_error(tmp_path):
    found = problems(tmp_path, base_floors("from = 2021-01-01, until = 2022-06-30, value = 3000",
                                           "from = 2022-06-30, value = 3500"))
    assert "overlaps" in found[0].message.en


def test_a_hole_in_the_covered_span_is_an_error(tmp_path):
    found = problems(tmp_path, "", HEAD.replace("2021-01-01", "1990-01-01"))
    assert len(found) == len(PARAMETERS)
    assert "covers from 1990-01-01" in found[0].message.en


def test_broken_toml_and_missing_files_are_said_with_their_line(tmp_path):
    found = problems(tmp_path, "x = = 1\n")
    assert found[0].line == 10
    with pytest.raises(InputError, match="nowhere"):
        policy.read_region(tmp_path / "nowhere.toml")


def test_no_number_of_the_law_is_a_float():
    """Nor anything else but a plain whole number, down to the last cell of a table."""
    for id in policy.region_ids():
        table = policy.RuleTable(policy.region(id), months.month_number("2021-01"), 120)
        for row in table.rows:
            assert {type(cell) for cell in cells(row)} == {int} and max(map(abs, cells(row))) <= money.NO_LIMIT


def cells(value):
    return [cell for part in value for cell in cells(part)] if isinstance(value, tuple) else [value]
