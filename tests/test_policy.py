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
    array, columns = table.array()
    assert array.shape == (span, len(columns))
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


def test_no_number_of_the_law_is_a_float(tmp_path):
    for id in policy.region_ids():
        table = policy.RuleTable(policy.region(id), months.month_number("2026-01"), 1)
        array, _ = table.array()
        assert array.dtype == "int64" and abs(array).max() <= money.NO_LIMIT

WITHOUT_SOURCES = HEAD.split("[sources")[0]
TAKEN = "source = 'notice', grade = 'reported'"
GRADES = ("official", "reported", "secondary", "assumed", "disputed")
A_TEXT = "必须写明，为文字", "must be given, as a text"
A_DATE = "必须写明，为日期，不加引号（2021-01-01）", "must be given, as a date, without quotes (2021-01-01)"
A_LIST = "应为 [ { from = …, value = …, source = …, grade = … } ]", "should be [ { from = …, value = …, source = …, grade = … } ]"
UNKNOWN = "没有这一项", "unknown key"
SOURCE_TEXT = "应为文字（read 为不加引号的日期）", "should be a text (`read`: a date without quotes)"
ON_ASSUMPTIONS = "设定值的 grade 须为 assumed，并在 note 中说明", "an assumption is graded `assumed` and says why in `note`"


@pytest.mark.parametrize("head, body, expected", [
    (HEAD, "[weather]\n", [(10, "weather", UNKNOWN, policy._RegionReader.KEYS, "")]),
    (HEAD.replace('name_zh = "试验市"', "").replace('"999900"', "999900").replace('"city"', '"village"')
     .replace("2021-01-01", '"2021-01-01"'), "", [
        (0, "name_zh", A_TEXT, (), ""), (3, "code", A_TEXT, (), ""),
        (4, "level", ("没有这一级", "no such level"), ("nation", "province", "city", "county"), ""), (5, "covers", A_DATE, (), "")]),
    (HEAD.replace("name_en", "#").replace("level", "#").replace('"999900"', '"99990"')
     .replace("parent", 'verified = "x"\nnote_zh = 1\nnote_en = 2\nparent'), "", [
        (0, "name_en", A_TEXT, (), ""), (0, "level", A_TEXT, (), ""),
        (3, "code", ("行政区划代码为六位数字", "a GB/T 2260 code has six digits"), (), ""),
        (6, "verified", A_DATE, (), ""), (7, "note_zh", A_TEXT, (), ""), (8, "note_en", A_TEXT, (), "")]),
    (HEAD.replace('"national"', '"bejing"'), "", [
        (6, "parent", ("没有上级地区 bejing", "no such parent region: bejing"), (), "beijing")]),
    (WITHOUT_SOURCES, "sources = 3\nplans = 4\ncontribution = 5\n", [
        (line, key, (f"应为一段 [{key}]", f"should be a section [{key}]"), (), "")
        for line, key in ((7, "sources"), (8, "plans"), (9, "contribution"))]),
    (WITHOUT_SOURCES, "[sources]\nnotice = 3\n[plans]\nsecond = 4\n", [
        (8, "sources.notice", ("应为一段 [sources.notice]", "should be a section [sources.notice]"), (), ""),
        (8, "sources.notice", ("出处须有 title", "a source needs a title"), (), ""),
        (10, "plans.second", ("应为一段 [plans.second]", "should be a section [plans.second]"), (), ""),
        (10, "plans.second", ("缺少 name_zh", "name_zh is missing"), (), ""),
        (10, "plans.second", ("缺少 name_en", "name_en is missing"), (), "")]),
    (HEAD, 'colour = 1\nissuer = 2\nread = "2021-01-01"\n[sources.empty]\nnumber = "x"\n', [
        (10, "sources.notice.colour", UNKNOWN, ("title", "number", "issuer", "url", "read", "note"), ""),
        (11, "sources.notice.issuer", SOURCE_TEXT, (), ""), (12, "sources.notice.read", SOURCE_TEXT, (), ""),
        (13, "sources.empty", ("出处须有 title", "a source needs a title"), (), "")]),
    (HEAD, '[plans.second]\nname_zh = "二档"\ncolour = "red"\n[plans.third]\ncontributon = 1\nname_zh = "三"\nname_en = "III"\n', [
        (10, "plans.second", ("缺少 name_en", "name_en is missing"), (), ""),
        (12, "plans.second.colour", UNKNOWN, policy.TOPICS, ""),
        (14, "plans.third.contributon", UNKNOWN, (), "contribution")]),
    (HEAD, "[plans.second]\nname_zh = '二档'\nname_en = 'II'\n[plans.second.credit]\nemploye_rate = []\nemployee_rate = 3\n", [
        (14, "plans.second.credit.employe_rate", UNKNOWN, (), "credit.employee_rate"),
        (15, "plans.second.credit.employee_rate", A_LIST, (), "")]),
    (HEAD, "[contribution]\nbase_flor = 5\nbase_floor = 5\nbase_ceiling = [5]\n", [
        (11, "contribution.base_flor", UNKNOWN, (), "contribution.base_floor"),
        (12, "contribution.base_floor", A_LIST, (), ""), (13, "contribution.base_ceiling", A_LIST, (), "")]),
    (HEAD, f"[contribution]\nbase_floor = [{{ form = 2021-01-01, value = 1, {TAKEN} }}]\n", [
        (11, "contribution.base_floor[0].form", UNKNOWN, (), "from"),
        (11, "contribution.base_floor[0]", ("缺少生效日 from：日期，不加引号，如 from = 2021-01-01",
                                            "needs `from`, a date without quotes: from = 2021-01-01"), (), "")]),
    (HEAD, f"""[contribution]
base_floor = [{{ from = 2021-01-02, until = 2021-01-01, known_until = "x", value = 1, {TAKEN} }}]
base_ceiling = [{{ from = 2021-01-02, until = 2021-01-02, known_until = 2021-01-01, value = 1, {TAKEN} }}]
rounding = [{{ until = 2021-01-02, value = "fen up", {TAKEN} }}]
""", [
        (11, "contribution.base_floor[0].until", ("until 应为不早于 from 的日期", "`until` is a date not before `from`"), (), ""),
        (11, "contribution.base_floor[0].known_until",
         ("known_until 应为不早于 from 的日期", "`known_until` is a date not before `from`"), (), ""),
        (12, "contribution.base_ceiling[0].known_until",
         ("known_until 应为不早于 from 的日期", "`known_until` is a date not before `from`"), (), ""),
        (13, "contribution.rounding[0]", ("缺少生效日 from：日期，不加引号，如 from = 2021-01-01",
                                          "needs `from`, a date without quotes: from = 2021-01-01"), (), "")]),
    (HEAD, """[contribution]
base_floor = [{ from = 2021-01-01, value = 1, grade = "reported" }]
base_ceiling = [{ from = 2021-01-01, value = 1, source = "notise", grade = "reprted" }]
rounding = [{ from = 2021-01-01, value = "fen up", source = 7, grade = "x" }]
""", [
        (11, "contribution.base_floor[0]",
         ("缺少出处 source：没有出处的数值不予采用", "has no source: a value without one is not used"), (), ""),
        (12, "contribution.base_ceiling[0].source", ("没有这个出处：notise", "no such source: notise"), (), "notice"),
        (12, "contribution.base_ceiling[0]",
         ("grade 应为可信等级之一，现为 'reprted'", "`grade` is one of the grades, not 'reprted'"), GRADES, "reported"),
        (13, "contribution.rounding[0].source", ("没有这个出处：7", "no such source: 7"), ("assumption", "notice"), ""),
        (13, "contribution.rounding[0]", ("grade 应为可信等级之一，现为 'x'", "`grade` is one of the grades, not 'x'"), GRADES, "")]),
    (HEAD, """[contribution]
base_floor = [{ from = 2021-01-01, value = 1, source = "assumption", grade = "assumed" }]
base_ceiling = [{ from = 2021-01-01, value = 1, source = "assumption", grade = "reported", note = "x" }]
""", [(11, "contribution.base_floor[0]", ON_ASSUMPTIONS, (), ""), (12, "contribution.base_ceiling[0]", ON_ASSUMPTIONS, (), "")]),
    (HEAD, f"""[contribution]
base_floor = [{{ from = 2021-01-01, {TAKEN} }}]
base_ceiling = [{{ from = 2021-01-01, value = 0.001, other = "x", {TAKEN} }}]
[credit]
deductions = [{{ from = 2021-01-01, value = 3, {TAKEN} }},
  {{ from = 2021-02-01, value = {{ employe = 1 }}, {TAKEN} }}]
""", [
        (11, "contribution.base_floor[0]", ("缺少 value", "needs a `value`"), (), ""),
        (12, "contribution.base_ceiling[0].value", ("金额须精确到分：0.001", "an amount exact to the fen: 0.001"), (), ""),
        (12, "contribution.base_ceiling[0].other", ("应为金额：'x'", "should be an amount: 'x'"), ("none",), ""),
        (15, "credit.deductions[1].value.employe", ("table 中没有 employe", "table has no employe"),
         ("employee", "flexible", "retiree"), "employee")]),
    (HEAD, base_floors("from = 2021-01-01, value = 1", "from = 2021-01-01, value = 2",
                       "from = 2022-01-01, until = 2023-01-01, value = 2", "from = 2023-01-01, value = 2"), [
        (13, "contribution.base_floor[1]", ("与上一条在时间上重叠（2021-01-01）", "overlaps the entry before it (2021-01-01)"), (), ""),
        (15, "contribution.base_floor[3]", ("与上一条在时间上重叠（2023-01-01）", "overlaps the entry before it (2023-01-01)"), (), "")]),
])
def test_each_mistake_is_told_in_both_languages_with_its_place_and_the_way_out(tmp_path, head, body, expected):
    found = problems(tmp_path, body, head)
    assert [(one.line, one.key, (one.message.zh, one.message.en), one.allowed, one.nearest) for one in found] == expected
    assert {one.file for one in found} == {str(tmp_path / "testville.toml")}
