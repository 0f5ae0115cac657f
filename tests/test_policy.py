"""Region files: what they say, how they inherit, and how a wrong one is refused."""
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

import simulator
from simulator import money, months, policy
from simulator.checking import check_paths
from simulator.language import Text
from simulator.parameters import NEVER, PARAMETERS, Malformed, Rate
from simulator.problems import InputError, nearest

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


WITHOUT_SOURCES = HEAD.split("[sources", maxsplit=1)[0]
TAKEN = "source = 'notice', grade = 'reported'"
GRADES = ("official", "reported", "secondary", "assumed", "disputed")
A_TEXT = "必须写明，为文字", "must be given, as a text"
A_DATE = "必须写明，为日期，不加引号（2021-01-01）", "must be given, as a date, without quotes (2021-01-01)"
A_LIST = "应为 [ { from = …, value = …, source = …, grade = … } ]", "should be [ { from = …, value = …, source = …, grade = … } ]"
UNKNOWN = "没有这一项", "unknown key"
SOURCE_TEXT = "应为文字（read 为不加引号的日期）", "should be a text (`read`: a date without quotes)"
ON_ASSUMPTIONS = "设定值的 grade 须为 assumed，并在 note 中说明", "an assumption is graded `assumed` and says why in `note`"


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
        assert entry.source is not policy.ASSUMPTION or (entry.grade == "assumed" and str(entry.note))


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


@pytest.mark.parametrize("word, id", [
    ("national", "national"), ("全国", "national"), ("吉林", "jilin"), ("Jilin", "jilin"), ("吉林市", "jilin/jilin"),
    ("220200", "jilin/jilin"),
    (110000, "beijing"), (" Beijing ", "beijing"), ("BEIJING", "beijing"), ("江苏省", "jiangsu"),
    ("suzhou", "jiangsu/suzhou"), ("宿州", "anhui/suzhou"),
    ("延边", "jilin/yanbian"), ("延边朝鲜族自治州", "jilin/yanbian"), ("海南", "hainan"), ("海南藏族自治州", "qinghai/hainan"),
    ("恩施土家族苗族自治州", "hubei/enshi"), ("广西壮族自治区", "guangxi"), ("大兴安岭地区", "heilongjiang/daxinganling"),
    ("锡林郭勒盟", "neimenggu/xilinguole"), ("神农架林区", "hubei/shennongjia"),
    ("", None), ("省", None), ("x/y", None), ("jiangsu/nowhere", None), ("../beijing", None), ("beijing/", None)])
def test_how_a_region_may_be_called(word, id):
    assert policy.region_id(word) == id


def test_a_city_that_is_written_with_its_suffix_is_found_without_it(monkeypatch):
    monkeypatch.setattr(policy, "_names", lambda: {"试验市": "test/ville"})
    assert policy.region_id("试验") == policy.region_id("试验市") == "test/ville" and policy.region_id("试") is None
    monkeypatch.setattr(policy, "_names", lambda: {"试验地区": "test/area"})
    assert policy.region_id("试验地区") == "test/area"


def test_regions_are_listed_by_what_stands_above_their_sections(tmp_path, monkeypatch):
    (tmp_path / "full.toml").write_text('# a comment\nname_zh="试验"\n# code = "1"\nname_en  =  "Test"\ncode = "2"\n', "utf-8")
    (tmp_path / "bare.toml").write_text("covers = 2021-01-01\n", "utf-8")
    monkeypatch.setattr(policy, "FOLDER", tmp_path)
    monkeypatch.setattr(policy, "region_ids", lambda: ("full", "bare"))
    assert policy.region_names.__wrapped__() == {"full": (Text("试验", "Test"), "2"), "bare": (Text("", ""), "")}
    monkeypatch.setattr(policy, "region_names", policy.region_names.__wrapped__)
    assert policy._names.__wrapped__() == {"试验": "full", "Test": "full", "test": "full", "2": "full"}


@pytest.mark.parametrize("text", [
    "name_zh = '新城'\nname_en = 'Xincheng'\ncode = '420000'\n",
    "# 注\n" * 500 + 'name_zh = "新城" # 注\nname_en = "Xincheng"\ncode = "420000"\n',
    '\ufeffcode = "420000"\r\n  "name_zh" = "\\u65b0\\u57ce"\r\nname_en = """Xincheng"""\r\n',
    'note_zh = """\nname_zh = "假"\nname_en = "False"\ncode = "1"\n"""\nname_zh = "新城"\nname_en = "Xincheng"\ncode = "420000"\n',
    'contribution.base_floor = [\n[]]\nname_zh = "新城"\nname_en = "Xincheng"\ncode = "420000"\n'])
def test_a_name_is_found_however_toml_may_write_it(tmp_path, text):
    file = tmp_path / "xincheng.toml"
    file.write_text(f"{text}[plans.a]\nname_zh = 'other'\n", "utf-8", newline="")
    assert policy._called(file) == (Text("新城", "Xincheng"), "420000")
    file.write_text("name_zh = = 1\n", "utf-8")             # broken: said to who asks for it
    assert policy._called(file) == (Text("", ""), "")


def test_regions_of_a_level_without_the_nation(monkeypatch):
    monkeypatch.setattr(policy, "region_ids", lambda: ("national", "anhui", "anhui/anqing"))
    assert [one.id for one in policy.regions()] == ["anhui", "anhui/anqing"]
    assert [one.id for one in policy.regions("city")] == ["anhui/anqing"] and policy.regions("county") == []
    assert message_of(policy.regions, "citi") == ("level", Text("没有这一级：citi", "no such level: citi"), "city")
    with pytest.raises(InputError, match=r"province.*city.*county"):
        policy.regions("nation")


def test_regions_come_in_order_with_their_names():
    assert policy.region_ids()[:3] == ("national", "anhui", "anhui/anqing")
    assert policy.region_ids()[1:] == tuple(sorted(policy.region_ids()[1:]))
    assert policy.region_names()["jiangsu/suzhou/kunshan"] == (Text("昆山", "Kunshan"), "320583")
    assert str(policy.region("kunshan")) == "昆山" and policy.region("kunshan").code == "320583"


@pytest.mark.parametrize("word, close", [("suzhou", "anhui/suzhou, jiangsu/suzhou"), ("SUZHOU", "anhui/suzhou, jiangsu/suzhou"),
                                         ("bejing", "beijing"), ("昆山县", "昆山"), ("kunshan", "jiangsu/suzhou/kunshan"), ("xyz", ""),
                                         ("达洲", "达州"), ("苏洲市", "苏州"), ("北惊", "北京, 北海"), ("深训", "深圳"),
                                         ("门头沟", ""), ("打州", ""),
                                         ("长辉", "长春, 长沙, 长治"), ("州辉", ""), ("酉圳", "深圳"), (None, ""), (320_584, "320583")])
def test_the_region_that_was_probably_meant(word, close):
    assert policy.nearest_region(word) == close


@pytest.mark.parametrize("word, close", [
    ("employer_rate", "contribution.employer_rate"), ("flexible_base", "contribution.flexible_base"),
    ("contribution.deductible", "pooling.deductible"), ("credit.employe_rate", "credit.employee_rate"), ("credt", "credit"),
    ("intrest.rounding", "interest.rounding")])
def test_the_parameter_that_was_probably_meant(word, close):
    """One of that name under another heading comes before one that is only like it."""
    assert nearest(word, (*policy.TOPICS, *PARAMETERS)) == close


def message_of(function, *args, **named):
    """The only problem: (key, both texts, nearest)."""
    with pytest.raises(InputError) as caught:
        function(*args, **named)
    problem, = caught.value.problems
    return problem.key, problem.message, problem.nearest


def test_what_is_not_there_is_said_in_both_languages():
    assert message_of(policy.region, "suzhouu") == ("region", Text("没有这个地区：suzhouu", "no such region: suzhouu"), "suzhou")
    assert message_of(policy.rules, "shenzhen", "tier_tow") == (
        "plan", Text("没有这个参保档次：tier_tow", "no such plan: tier_tow"), "tier_two")
    beijing, december = policy.region("beijing"), months.month_number("2020-12")
    assert message_of(policy.RuleTable, beijing, december, 2) == ("start", Text(
        "北京 的规则自 2021-01 起有记录，不能从 2020-12 开始", "the rules of Beijing are known from 2021-01 on, not from 2020-12"), "")
    assert message_of(policy.RuleTable, beijing, december + 1, 2, as_of=date(1990, 1, 1)) == ("rules_as_of", Text(
        "1990-01-01 还没有 contribution.base_floor 的规则", "no rule for contribution.base_floor was in force on 1990-01-01"), "")
    policy.RuleTable(beijing, december + 1, 1)              # the first month that is known


def test_a_source_is_named_by_its_title_and_number():
    assert str(policy.Source("a", "关于基数的通知", "试〔2021〕1号")) == "《关于基数的通知》 试〔2021〕1号"
    assert str(policy.Source("a", "a hobby calculator")) == "a hobby calculator"


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


def test_what_starts_after_the_day_of_the_rules_never_starts(tmp_path):
    found = read(tmp_path, """[aid]
start = [{ from = 2021-01-01, until = 2022-12-31, value = 2022-07-01, source = "notice", grade = "reported" }]
[withdrawal]
free_balance_until = [{ from = 2021-01-01, value = 2024-06-30, source = "notice", grade = "reported" }]
""")

    def on(name, as_of, what_if=()):
        span, = policy.spans(found, name, as_of=as_of, what_if=what_if)[-1:]
        return span.value, span.compiled, span.source.key
    start, before, never = date(2022, 7, 1), date(2022, 6, 30), NEVER
    assert on("aid.start", start) == (start, start.toordinal(), "notice")
    assert on("aid.start", before) == ("never", never, "notice")        # though the nation began in 2021-04: local dates are later
    assert on("aid.start", date(2023, 1, 1))[0] == date(2021, 4, 22)
    assert on("withdrawal.free_balance_until", before)[0] == date(2024, 6, 30)      # a last day
    assert on("retirement.delay_start", date(2024, 12, 31)) == ("never", never, "retirement-2024")
    assert on("retirement.delay_start", date(2025, 1, 1))[0] == date(2025, 1, 1)
    supposed = replace(found.entries["aid.start"][0], source=policy.WHAT_IF)
    assert on("aid.start", before, [supposed])[0] == start              # a what-if is no rule of the day


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


TWO_PLANS = """verified = 2022-02-02
note_zh = "注"
note_en = "note"
[sources.notice]
title = "t"
[plans.second]
name_zh = "二档"
name_en = "Tier II"
[plans.second.credit]
employee_rate = [{ from = 2021-01-01, value = 0, source = "notice", grade = "secondary" }]
[plans.third]
name_zh = "三档"
name_en = "Tier III"
[credit]
employee_rate = [{ from = 2021-01-01, value = 0.03, source = "notice", grade = "reported", note = "n", other = 0.04 }]
"""


def test_a_region_knows_what_it_states_itself(tmp_path):
    found = read(tmp_path, TWO_PLANS, HEAD.split("[sources", maxsplit=1)[0])
    assert (found.id, found.name, found.code, found.level) == ("testville", Text("试验市", "Testville"), "999900", "city")
    assert (found.covers, found.verified, found.note) == (date(2021, 1, 1), date(2022, 2, 2), Text("注", "note"))
    assert found.all_plans() == {"second": Text("二档", "Tier II"), "third": Text("三档", "Tier III")}
    assert found.grades() == {"official": 0, "reported": 1, "secondary": 1, "assumed": 0, "disputed": 0}
    entry, = found.entries["credit.employee_rate"]
    assert (entry.param, entry.start, entry.end, entry.value, entry.compiled) == (
        "credit.employee_rate", date(2021, 1, 1), None, Decimal("0.03"), 30_000)
    assert (entry.source, entry.grade, entry.note, entry.region, entry.known_until, entry.other) == (
        policy.Source("notice", "t"), "reported", Text("n", "n"), "testville", None, Decimal("0.04"))
    span = policy.spans(found, "credit.employee_rate", "second")[-1]
    assert (span.value, span.grade, span.unit, span.source.title) == (0, "secondary", "share", "t")
    assert (span.entry.note, span.entry.other) == (policy.NO_NOTE, None)
    assert policy.spans(found, "credit.employee_rate", "second", as_of=date(2022, 1, 1))[-1].compiled == 0      # a frozen plan, too


@pytest.mark.parametrize("said, zh, en", [
    ('note = "甲"', "甲", "甲"), ('note_zh = "甲"', "甲", "甲"), ('note_en = "a"', "a", "a"), ('note_zh = "甲", note_en = "a"', "甲", "a"),
    ('note_zh = "甲", note = "a"', "甲", "a"), ('note = "甲", note_en = "a"', "甲", "a")])
def test_a_remark_in_one_language_is_shown_in_both(tmp_path, said, zh, en):
    body = f"""{said.replace(", ", chr(10))}
[sources.notice]
title = "t"
{said.replace(", ", chr(10))}
[credit]
employee_rate = [{{ from = 2021-01-01, value = 0.03, source = "assumption", grade = "assumed", {said} }},
  {{ from = 2022-01-01, value = 0.02, source = "notice", grade = "reported", note_zh = "" }}]
"""
    found = read(tmp_path, body, HEAD.split("[sources", maxsplit=1)[0])
    first, second = found.entries["credit.employee_rate"]
    assert first.note == second.source.note == found.note == Text(zh, en) and second.note == policy.NO_NOTE


def test_a_file_that_says_little_is_verified_when_it_begins(tmp_path):
    found = read(tmp_path, "")
    assert (found.verified, found.note) == (date(2021, 1, 1), Text("", ""))
    assert found.parent is policy.region("national") and found.layers() == [{}, found.parent.entries]


def test_plans_are_inherited_with_their_region(tmp_path):
    (tmp_path / "above.toml").write_text(HEAD.split("[sources", maxsplit=1)[0] + TWO_PLANS, "utf-8")
    above = policy.read_region(tmp_path / "above.toml")
    below = policy.replace(above, id="below", parent=above, entries={}, plans={"second": (Text("另", "Other"), {})})
    assert below.all_plans() == {"second": Text("另", "Other"), "third": Text("三档", "Tier III")}
    assert below.layers("second") == [{}, {}, above.plans["second"][1], above.entries, *above.parent.layers()]
    assert policy.spans(below, "credit.employee_rate", "second")[-1].compiled == 0
    assert policy.spans(below, "credit.employee_rate")[-1].compiled == 30_000


def test_a_region_may_be_read_from_any_folder_under_any_id(tmp_path):
    file = tmp_path / "any.toml"
    file.write_text(HEAD.replace('parent = "national"', ""), "utf-8")
    assert policy.read_region(str(file)).parent.id == "national"        # without a parent of its own
    file.write_text(HEAD.replace('parent = "national"', "").replace("999900", "329900"), "utf-8")
    assert policy.read_region(file, "jiangsu/any").parent.id == "jiangsu"
    file.write_text(HEAD.replace('parent = "national"', "").replace("999900", "320599").replace('"city"', '"county"'), "utf-8")
    assert policy.read_region(file, "jiangsu/suzhou/any").parent.id == "jiangsu/suzhou"


def test_below_a_city_is_a_county_of_its_code(tmp_path):
    head = HEAD.replace('"national"', '"jiangsu/suzhou"').replace("999900", "320999")
    assert [(one.line, one.message.en) for one in problems(tmp_path, "", head)] == [
        (3, "codes of Suzhou begin with 3205"), (4, 'below Suzhou is a county: level = "county"')]
    assert read(tmp_path, "", head.replace("320999", "320599").replace('"city"', '"county"')).level == "county"


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    assert [(one.line, one.message.en) for one in problems(tmp_path, "# nothing yet\n", "")] == [(0, "the file is empty")]
    (tmp_path / "empty.toml").touch()
    report, = check_paths([tmp_path / "empty.toml"])
    assert [one.message.en for one in report.problems] == ["the file is empty"]


def test_a_projection_begins_where_knowledge_ends(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-07-01, until = 2022-06-30, known_until = 2021-12-31, value = 5000"))
    history = policy.spans(found, "contribution.base_floor", until=date(2024, 7, 1))
    own = [(span.start, span.compiled, span.projected) for span in history if span.start >= date(2021, 7, 1)]
    assert own[:2] == [(date(2021, 7, 1), 500_000, False), (date(2022, 1, 1), 500_000, True)]


def test_what_grows_does_so_on_its_day_of_the_year_until_the_last_asked_for(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-01-31, value = 5000"))
    for until, count in ((date(2023, 1, 28), 2), (date(2023, 1, 27), 1)):
        grown = [span for span in policy.spans(found, "contribution.base_floor", until=until) if span.projected]
        assert [span.start for span in grown] == [date(2022, 1, 28), date(2023, 1, 28)][:count]
    assert (grown[0].value, grown[0].compiled, grown[0].entry.value) == (Decimal(5150), 515_000, 5000)


def test_a_what_if_on_growth_acts_from_its_day(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-07-01, value = 5000"))
    stop = policy.replace(entry(date(2022, 1, 1), value=0), param="projection.wage_growth")
    for what_if, fen in ((), 530_500), ([stop], 500_000), ([policy.replace(stop, start=date(2023, 1, 1))], 515_000):
        history = policy.spans(found, "contribution.base_floor", what_if=what_if, until=date(2023, 7, 1))
        assert policy.value_on(history, date(2023, 7, 1)).compiled == fen


def test_a_what_if_lies_on_the_law_from_its_first_day(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-07-01, value = 5000"))
    wish = entry(date(2022, 8, 1), value=7)
    for as_of, before in (None, [(2021, 500_000), (2022, 515_000)]), (date(2021, 12, 31), [(2021, 500_000)]):
        history = policy.spans(found, "contribution.base_floor", what_if=[wish], as_of=as_of, until=date(2024, 7, 1))
        assert [(span.start.year, span.compiled) for span in history if span.start >= date(2021, 7, 1)] == [*before, (2022, 7)]
    late = policy.spans(found, "contribution.base_floor", what_if=[policy.replace(wish, start=date(2030, 7, 1))], until=date(2031, 7, 1))
    assert [span.start.year for span in late][-3:] == [2028, 2029, 2030] and late[-1].compiled == 7     # grown to the day before
    plan = read(tmp_path, TWO_PLANS, HEAD.split("[sources", maxsplit=1)[0])
    wish = policy.replace(wish, param="credit.employee_rate")
    assert [span.compiled for span in policy.spans(plan, "credit.employee_rate", "second", [wish])][-2:] == [0, 7]


def test_no_limit_and_nothing_do_not_grow(tmp_path):
    for value in ('"none"', "0"):
        found = read(tmp_path, base_floors(f"from = 2021-01-01, value = {value}").replace("base_floor", "base_ceiling"))
        assert not any(span.projected for span in policy.spans(found, "contribution.base_ceiling", until=date(2040, 1, 1)))


def test_frozen_rules_know_the_end_of_nothing(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-07-01, until = 2022-06-30, value = 5000", "from = 2022-07-01, value = 6000"))

    def frozen(day):
        return [(span.start, span.compiled, span.projected) for span in policy.spans(found, "contribution.base_floor", as_of=day)][-1]
    assert frozen(date(2022, 6, 30)) == (date(2021, 7, 1), 500_000, False)
    assert frozen(date(2022, 7, 1)) == (date(2022, 7, 1), 600_000, False)


def test_frozen_rules_leave_what_had_ended_before_ended(tmp_path):
    found = read(tmp_path, f"""[contribution]
employee_rate = [{{ from = 2021-01-01, until = 2021-12-31, value = 0.01, {TAKEN} }}]
base_floor = [{{ from = 2021-01-01, until = 2022-12-31, known_until = 2021-12-31, value = 5000, {TAKEN} }}]
base_ceiling = [{{ from = 2021-01-01, known_until = 2021-12-31, value = 20000, {TAKEN} }}]
""")
    frozen = {name: policy.spans(found, f"contribution.{name}", as_of=date(2022, 6, 1))[-1]
              for name in ("employee_rate", "base_floor", "base_ceiling")}
    assert (frozen["employee_rate"].compiled, frozen["employee_rate"].start) == (20_000, date(2022, 1, 1))
    assert [(one.start, one.projected) for one in (frozen["base_floor"], frozen["base_ceiling"])] == [(date(2021, 1, 1), False)] * 2


def entry(start, end=None, known_until=None, value=1):
    return policy.Entry("contribution.base_floor", start, end, value, value, policy.ASSUMPTION, "assumed", known_until=known_until)


def test_layers_lie_over_each_other_by_days():
    first, last, next_day = date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1)
    near, far, farther = entry(first, end=last), entry(last, value=2), entry(date(2023, 1, 1), value=3)
    assert policy._layered([[near], [far, farther]]) == [
        policy.Span(first, near, 1, 1), policy.Span(next_day, far, 2, 2), policy.Span(farther.start, farther, 3, 3)]
    known = entry(first, known_until=last)                  # goes on over the others, but as a projection
    assert policy._layered([[known], [far, farther]]) == [policy.Span(first, known, 1, 1), policy.Span(next_day, known, 1, 1, True)]
    before = entry(date(2020, 1, 1), value=9)
    assert policy._layered([[before, known], [far, farther]]) == [
        policy.Span(before.start, before, 9, 9), policy.Span(first, known, 1, 1), policy.Span(next_day, known, 1, 1, True)]


def test_what_nobody_states_any_more_goes_on_as_a_projection():
    before, ended = entry(date(2020, 1, 1), value=9), entry(date(2021, 1, 1), end=date(2021, 12, 31))
    assert policy._layered([[before, ended]]) == [
        policy.Span(before.start, before, 9, 9), policy.Span(ended.start, ended, 1, 1), policy.Span(date(2022, 1, 1), ended, 1, 1, True)]
    first = entry(date(2019, 1, 1), value=8)
    assert policy._layered([[first, before, ended]])[-1] == policy.Span(date(2022, 1, 1), ended, 1, 1, True)
    assert policy._layered([]) == []
    assert policy.day_before(date(2022, 1, 1)) == date(2021, 12, 31)


def test_growth_begins_on_the_very_day_knowledge_ends(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-07-01, known_until = 2022-06-30, value = 5000"))
    history = policy.spans(found, "contribution.base_floor", until=date(2022, 7, 1))
    assert [policy.value_on(history, day).compiled for day in (date(2022, 6, 30), date(2022, 7, 1))] == [500_000, 515_000]


def test_a_table_begins_where_its_last_parameter_does():
    nation, first = policy.region("national"), date(2021, 1, 1)
    late = policy.replace(nation, covers=date(2020, 1, 1), entries={
        name: [policy.replace(dated[-1], start=first, end=None, known_until=None)] for name, dated in nation.entries.items()})
    january = months.month_number("2021-01")
    assert policy.RuleTable(late, january, 1).turns == [first]
    assert "2021-01" in message_of(policy.RuleTable, late, january - 1, 1)[1].en


def test_a_root_has_every_value_from_its_first_day(tmp_path):
    file = tmp_path / "root.toml"
    file.write_text(HEAD + f"""[contribution]
base_floor = [{{ from = 2021-01-01, value = 1, {TAKEN} }}]
base_ceiling = [{{ from = 2021-02-01, value = 1, {TAKEN} }}]
""", "utf-8")
    with pytest.raises(InputError) as caught:
        policy.read_region(file, "national")
    found = {one.key: (one.line, one.message) for one in caught.value.problems}
    assert found["contribution.base_ceiling"] == (12, Text("自 2021-01-01 起应有值，实际自 2021-02-01 起",
                                                           "the file covers from 2021-01-01, but there is no value before 2021-02-01"))
    assert found["credit.employee_rate"][1] == Text("自 2021-01-01 起应有值，实际自 – 起",
                                                    "the file covers from 2021-01-01, but there is no value before –")
    assert set(found) == set(PARAMETERS) - {"contribution.base_floor"}


def test_former_rates_are_filled_up_with_the_oldest():
    dated = [policy.Span(date(year, 1, 1), entry(date(year, 1, 1)), rate, rate) for year, rate in ((2001, 10), (2002, 20), (2003, 30))]
    turn, ordinals = date(2003, 1, 1), [date(year, 1, 1).toordinal() for year in (2003, 2002, 2001)]
    assert policy._column("arrears.late_fee_daily_rate", dated, [turn]) == [
        (*zip(ordinals, (30, 20, 10)), (0, 10))]
    assert policy._column("arrears.late_fee_daily_rate", dated, [policy.day_before(turn)]) == [
        (*zip(ordinals[1:], (20, 10)), (0, 10), (0, 10))]


def test_the_table_of_a_span_has_a_row_for_each_turn_within_it(tmp_path):
    found = read(tmp_path, base_floors("from = 2021-01-01, value = 3000", "from = 2022-07-15, value = 3500"))
    july = months.month_number("2022-07")
    inside = [day for day in policy.RuleTable(found, july, 1).turns if day >= date(2022, 7, 15)]
    assert inside == [date(2022, 7, 15)] and policy.RuleTable(found, july, 1).turns[0] == date(2022, 7, 1)
    assert date(2022, 7, 15) not in policy.RuleTable(found, july - 1, 1).turns
    on_the_last = read(tmp_path, base_floors("from = 2021-01-01, value = 3000", "from = 2022-07-31, value = 3500"))
    assert policy.RuleTable(on_the_last, july, 1).turns[-1] == date(2022, 7, 31)
    table = policy.RuleTable(found, july, 2)
    assert (table.region, table.plan, table.start, table.months) == (found, "", july, 2)
    assert [table.row_number(date(2022, 7, day)) for day in (1, 14)] == [0, 0]
    assert table.rows[table.row_number(date(2022, 7, 15))].contribution_base_floor_fen == 350_000
    assert table.span("contribution.base_floor", date(2022, 7, 14)).value == 3000
    with pytest.raises(LookupError):
        table.span("contribution.base_floor", date(1990, 1, 1))


def test_rates_that_are_looked_back_to_come_newest_first(tmp_path):
    found = read(tmp_path, """[arrears]
late_fee_daily_rate = [
  { from = 2021-01-01, value = 0.001, source = "notice", grade = "reported" },
  { from = 2022-01-01, value = 0.0005, source = "notice", grade = "reported" },
]
""")
    begin, turn = date(2021, 1, 1).toordinal(), date(2022, 1, 1).toordinal()
    table = policy.RuleTable(found, months.month_number("2021-12"), 3)
    before, after = table.row(months.month_number("2021-12")), table.row(months.month_number("2022-02"))
    assert before.arrears_late_fee_daily_rate_ppm[0] == (begin, 1000)
    assert after.arrears_late_fee_daily_rate_ppm[:2] == ((turn, 500), (begin, 1000))
    assert len(before.arrears_late_fee_daily_rate_ppm) == len(after.arrears_late_fee_daily_rate_ppm) == 4


def test_the_rule_book_opens_on_a_day_and_tells_the_history(tmp_path):
    book = policy.rules("北京")
    assert (book.region.id, book.plan, policy.RuleBook(book.region).plan) == ("beijing", "", "")
    assert book.on("2021-01-01")["contribution.base_floor"].value == Decimal("5360")
    assert "contribution.base_floor" not in book.on("1998-12-13") and "contribution.base_floor" in book.on(date(1998, 12, 14))
    assert book.on("2040-07-01")["contribution.base_floor"].start == date(2040, 7, 1)       # grown up to the day
    assert book.history("contribution.base_floor", date(2040, 7, 1))[-1].start == date(2040, 7, 1)
    assert book.history("contribution.base_floor")[-1].start < date(2026, 7, 2)
    assert message_of(book.history, "contribution.base_flor") == ("param", Text(
        "没有这个参数：contribution.base_flor", "no such parameter: contribution.base_flor"), "contribution.base_floor")
    second = policy.rules("shenzhen", "tier_two").on("2024-01-01")["credit.employee_rate"]
    assert second.compiled == 0 and policy.rules("shenzhen").on("2024-01-01")["credit.employee_rate"].compiled == 20_000


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
        start = months.month_number(max(policy.region(id).covers, date(2021, 1, 1)))
        table = policy.RuleTable(policy.region(id), start, months.month_number("2031-01") - start)
        for row in table.rows:
            assert {type(cell) for cell in cells(row)} == {int} and max(map(abs, cells(row))) <= money.NO_LIMIT


def cells(value):
    return [cell for part in value for cell in cells(part)] if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("head, body, expected", [
    (HEAD, "titel = 1\n[weather]\n[contributions]\n", [
        (10, "sources.notice.titel", UNKNOWN, (), "title"), (11, "weather", UNKNOWN, policy._RegionReader.KEYS, ""),
        (12, "contributions", UNKNOWN, (), "contribution")]),
    (HEAD, """[[contribution.base_floor]]
from = 2021-01-01
until = 2020-01-01
known_until = 2020-01-01
value = 0.001
other = 0.001
source = "notise"
grade = "reported"
colour = 1
""", [
        (12, "contribution.base_floor[0].until", ("until 应为不早于 from 的日期", "`until` is a date not before `from`"), (), ""),
        (13, "contribution.base_floor[0].known_until",
         ("known_until 应为不早于 from 的日期", "`known_until` is a date not before `from`"), (), ""),
        (14, "contribution.base_floor[0].value", ("金额须精确到分：0.001", "an amount exact to the fen: 0.001"), (), ""),
        (15, "contribution.base_floor[0].other", ("金额须精确到分：0.001", "an amount exact to the fen: 0.001"), (), ""),
        (16, "contribution.base_floor[0].source", ("没有这个出处：notise", "no such source: notise"), (), "notice"),
        (18, "contribution.base_floor[0].colour", UNKNOWN,
         ("from", "until", "known_until", "value", "other", "source", "grade", "note", "note_zh", "note_en"), "")]),
    (HEAD.replace('name_zh = "试验市"', "").replace('"999900"', "999900").replace('"city"', '"village"')
     .replace("2021-01-01", '"2021-01-01"'), "", [
        (0, "name_zh", A_TEXT, (), ""), (3, "code", A_TEXT, (), ""),
        (4, "level", ("没有这一级", "no such level"), ("nation", "province", "city", "county"), ""), (5, "covers", A_DATE, (), "")]),
    (HEAD.replace("name_en", "#").replace("level", "#").replace('"999900"', '"99990"')
     .replace("parent", 'verified = "x"\nnote_zh = 1\nnote_en = 2\nparent'), "", [
        (0, "name_en", A_TEXT, (), ""), (0, "level", A_TEXT, (), ""),
        (3, "code", ("行政区划代码为六位半角数字", "a GB/T 2260 code is six digits, of half width"), (), ""),
        (6, "verified", A_DATE, (), ""), (7, "note_zh", ("应为文字", "should be a text"), (), ""),
        (8, "note_en", ("应为文字", "should be a text"), (), "")]),
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
        (10, "sources.notice.colour", UNKNOWN, ("title", "number", "issuer", "url", "read", "note", "note_zh", "note_en"), ""),
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
        (15, "credit.deductions[1].value.employe", ("表中没有 employe", "table has no employe"),
         ("employee", "flexible", "retiree"), "employee")]),
    (HEAD, base_floors("from = 2021-01-01, value = 1", "from = 2021-01-01, value = 2",
                       "from = 2022-01-01, until = 2023-01-01, value = 2", "from = 2023-01-01, value = 2"), [
        (13, "contribution.base_floor[1]", ("不晚于上一条（2021-01-01）", "is not after the entry before it (2021-01-01)"), (), ""),
        (15, "contribution.base_floor[3]", ("与上一条在时间上重叠（2022-01-01 … 2023-01-01）",
                                            "overlaps the entry before it (2022-01-01 … 2023-01-01)"), (), "")]),
    (HEAD, f"""[interest]
settlement = [{{ from = 2021-01-01, value = "06-31", {TAKEN} }}, {{ from = 2022-01-01, value = ["12-31", "02-30"], {TAKEN} }}]
[aid]
relations = [{{ from = 2021-01-01, value = ["spouse", "child", "spouse"], {TAKEN} }}]
""", [
        (11, "interest.settlement[0].value", ("应为 12-31 这样的日子：'06-31'", "a day such as 12-31: '06-31'"), (), ""),
        (11, "interest.settlement[1].value[1]", ("应为 12-31 这样的日子：'02-30'", "a day such as 12-31: '02-30'"), (), ""),
        (13, "aid.relations[0].value[2]", ("spouse 写了两次", "spouse is given twice"), (), "")]),
])
def test_each_mistake_is_told_in_both_languages_with_its_place_and_the_way_out(tmp_path, head, body, expected):
    found = problems(tmp_path, body, head)
    assert [(one.line, one.key, (one.message.zh, one.message.en), one.allowed if wanted[3] or not one.nearest else (), one.nearest)
            for one, wanted in zip(found, expected, strict=True)] == expected
    assert {one.file for one in found} == {str(tmp_path / "testville.toml")}


@pytest.mark.parametrize("topic, value, said", [
    ("pooling.deductible", '{ employe = 200.00, retiree = -150.00, retiree_senior = { teritary = 3, primary = "x" } }', [
        ".employe: table has no employe", ": employee is missing", ".retiree: cannot be negative: -150.00",
        ".retiree_senior.teritary: retiree_senior has no teritary", ".retiree_senior.primary: should be an amount: 'x'"]),
    ("pooling.rate", "{ employee = 2, retiree = 3 }", [
        f".{group}: a rate is between 0 and 1 (8.5 % is 0.085): {rate}" for group, rate in (("employee", 2), ("retiree", 3))]),
    ("pooling.rate", "-2", [": cannot be negative: -2"]),
    ("credit.deductions", "{ retired = 1, flexible = -1 }", [".retired: table has no retired", ".flexible: cannot be negative: -1"]),
    ("credit.employee_age_bands", "[{ below = 45, rate = 2 }, { below = 40, amuont = 1 }, 3, { amount = -1 }]", [
        "[0].rate: a rate is between 0 and 1 (8.5 % is 0.085): 2", "[1].amuont: age band has no amuont",
        "[2]: should be a table { below = … }", "[3].amount: cannot be negative: -1"]),
    ("waiting.months", "[{ over = 3, months = -6 }, { ovr = 1, months = 3 }, { over = 3, months = 3 }, { over = 2, months = 3 }]", [
        "[0].months: a whole number from 0 to 999: -6", "[1].ovr: gap band has no ovr", "[1].over: a whole number from 0 to 999: None",
        "[3]: bands go up by months of gap"]),
    ("waiting.months", "1000", [": a whole number from 0 to 999: 1000"]),
    ("withdrawal.reasons", '["death", "deaht", "death", 3]', [
        "[1]: no such word: 'deaht'", "[2]: death is given twice", "[3]: no such word: 3"]),
    ("contribution.fixed_monthly", '[1, 2, 3, 4, 5, 6, "x", 8, 9, 10, 11, -12]', [
        "[6]: should be an amount: 'x'", "[11]: cannot be negative: -12"]),
    ("contribution.fixed_monthly", "-12", [": cannot be negative: -12"]),
    ("interest.settlement", '["31-12", "12-31", "06-31"]', ["[0]: a day such as 12-31: '31-12'", "[2]: a day such as 12-31: '06-31'"]),
])
def test_all_that_is_wrong_with_a_value_is_told_at_once_and_once(tmp_path, topic, value, said):
    section, name = topic.split(".")
    found = problems(tmp_path, f"[{section}]\n{name} = [{{ from = 2021-01-01, value = {value}, {TAKEN} }}]\n")
    assert sorted(f"{one.key}: {one.message.en}" for one in found) == sorted(f"{topic}[0].value{one}" for one in said)
    scenario = simulator.load(Path(__file__).parent.parent / "scenarios" / "kunshan.toml")
    with pytest.raises(InputError) as error:                # and of a what-if
        scenario.with_rules({topic: tomllib.loads(f"x = {value}", parse_float=Decimal)["x"]})
    assert {one.key: one.message for one in error.value.problems} == {
        one.key.replace(f"{topic}[0]", f"rules.{topic}[0]"): one.message for one in found}


def test_a_bad_date_hides_no_order_of_the_others(tmp_path):
    found = problems(tmp_path, base_floors("from = 2022-01-01, until = 2021-01-01, value = 1", "from = 2021-01-01, value = 1",
                                           "from = 2023-01-01, until = 2024-01-01, value = -1", "from = 2023-06-01, value = 1",
                                           "from = 2023, value = 1", "from = 2022-01-01, value = 1"))
    assert {(one.line, one.message.en.split(":")[0]) for one in found} == {
        (12, "`until` is a date not before `from`"), (13, "is not after the entry before it (2022-01-01)"),
        (14, "cannot be negative"), (15, "overlaps the entry before it (2023-01-01 … 2024-01-01)"),
        (16, "needs `from`, a date without quotes")}


@pytest.mark.parametrize("name, value", [("contribution.base_ceiling", 4000), ("contribution.base_floor", 90000)])
def test_a_supposed_ceiling_is_not_below_the_floor(name, value):
    person = {"name": "A", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 10000}
    given = {"title": "x", "region": "beijing", "start": "2025-01", "months": 24, "people": [person]}
    assert simulator.run({**given, "rules": {name: [{"from": "2027-01-01", "value": value}]}})      # not met within the span
    with pytest.raises(InputError, match="2026-03-01") as found:
        simulator.run({**given, "rules": {name: [{"from": "2026-03-01", "value": value}]}})
    assert [problem.key for problem in found.value.problems] == [f"rules.{name}"] and "低于下限" in str(found.value)
    one = {name: [{"from": "2025-01-01", "value": 7000}] for name in ("contribution.base_ceiling", "contribution.base_floor")}
    assert set(simulator.run({**given, "rules": one}).ledger.base) == {7000}


def test_a_word_too_long_to_be_a_region_is_near_to_none():
    assert policy.region_id("x" * 55 + "北京") is None and policy.nearest_region("beijing/" * 8) == ""


@pytest.mark.parametrize("day", ["x", "2025-07", 3])
def test_a_day_that_is_none_is_an_input_error(day):
    assert message_of(policy.rules("beijing").on, day)[:2] == (
        "on", Text(f"应为 2025-07-01 这样的日期：{day}", f"should be a date such as 2025-07-01: {day}"))


def test_a_rule_that_is_asked_for_too_early_says_so():
    table = policy.RuleTable(policy.region("beijing"), months.month_number("2025-01"), 1)
    with pytest.raises(LookupError, match=r"contribution.base_floor has no value yet on 0001-01-01"):
        table.span("contribution.base_floor", date(1, 1, 1))


# ── plainly wrong files, which could be read ──

OWN = """name_zh = "某新城"
name_en = "Newville"
code = "429998"
level = "city"
parent = "hubei"
covers = 2023-07-01
[sources.notice]
title = "关于〈基数〉的通知"
"""


def checked(tmp_path, text=OWN, id=None):
    """[(line, key, English message)] of a file that is checked as if it lay at the place of `id`."""
    file = tmp_path / "xincheng.toml"
    file.write_text(text, "utf-8")
    try:
        policy.read_region(file, id, thorough=True)
    except InputError as error:
        return [(one.line, one.key, one.message.en) for one in error.problems]
    return []


PLACED = OWN.replace('parent = "hubei"\n', "\n")


def test_a_region_may_begin_later_and_say_nothing_of_itself(tmp_path):
    assert checked(tmp_path) == checked(tmp_path, PLACED, "hubei/xincheng") == checked(tmp_path, OWN, "hubei/xincheng") == []
    assert checked(tmp_path, OWN.replace("07-01", "07-02")) == [
        (6, "covers", "is the first day of a month: months are what is simulated")]


def test_a_placeholder_of_the_template_is_no_text(tmp_path):
    text = OWN.replace("某新城", "〈name_zh〉").replace("关于〈基数〉的通知", "〈title〉") + 'url = "https://〈url〉"\nnumber = "〈…〉"\n'
    assert [(line, key, said.split()[0]) for line, key, said in checked(tmp_path, text)] == [
        (1, "name_zh", "〈name_zh〉"), (8, "sources.notice.title", "〈title〉"), (9, "sources.notice.url", "〈url〉"),
        (10, "sources.notice.number", "〈…〉")]


def test_a_name_or_code_that_another_region_has_is_refused(tmp_path):
    taken = OWN.replace("429998", "420100").replace("某新城", "宜昌").replace('"Newville"', '"enshi"')
    for text, id in (taken, None), (taken, "hubei/xincheng"):
        assert checked(tmp_path, text, id) == [
            (1, "name_zh", "宜昌 is Yichang's already (hubei/yichang)"), (2, "name_en", "enshi is Enshi's already (hubei/enshi)"),
            (3, "code", "420100 is Wuhan's already (hubei/wuhan)")]
    draft = OWN.replace("429998", "420100").replace("某新城", "武汉").replace("Newville", "Wuhan")
    assert checked(tmp_path, draft) == checked(tmp_path, draft, "hubei/wuhan") == []        # Wuhan itself, about to be corrected
    elsewhere = draft.replace('parent = "hubei"', 'parent = "national"')
    assert checked(tmp_path, elsewhere) == [(5, "parent", "a draft of Wuhan (hubei/wuhan): its parent is hubei")]
    assert [key for _, key, _ in checked(tmp_path, draft, "hubei/xincheng")] == ["name_zh", "name_en", "code"]


def test_a_name_must_be_one_that_can_be_asked_for(tmp_path):
    padded = OWN.replace("某新城", "某新城 ").replace("Newville", "X" * 61)
    assert [(line, key) for line, key, _ in checked(tmp_path, padded)] == [(1, "name_zh"), (2, "name_en")]
    assert checked(tmp_path, PLACED, "hubei/xin-cheng") == [(0, "", "the name of the file is of small letters only: hubei/xin-cheng")]


def test_a_file_of_regions_that_cannot_be_read_or_asked_for_is_named(tmp_path):
    """Under its id, or by its own names; and wherever all regions are gone through."""
    for name, is_folder, said in (("xin-cheng", False, "the name of the file is of small letters only: xin-cheng"),
                                  ("Xincheng", False, "the name of the file is of small letters only: Xincheng"),
                                  ("xincheng", True, "cannot read: Is a directory")):
        folder = tmp_path / name / "simulator"
        shutil.copytree(Path(simulator.__file__).parent, folder, ignore=shutil.ignore_patterns("regions", "__pycache__", "dashboard"))
        (folder / "regions").mkdir()
        shutil.copy(policy.FOLDER / "national.toml", folder / "regions")
        file = folder / "regions" / f"{name}.toml"
        if is_folder:
            file.mkdir()
        else:
            file.write_text(PLACED.replace('"city"', '"province"').replace("429998", "990000"), "utf-8")
        for command in (["regions"], ["rules", name], *([] if is_folder else [["rules", "某新城"]])):
            run = subprocess.run([sys.executable, "-m", "simulator", *command, "--lang", "en"], cwd=tmp_path / name, capture_output=True,
                                 text=True, env={**os.environ, "PYTHONPATH": str(tmp_path / name)}, check=False)
            assert run.returncode == 2 and run.stderr.splitlines()[1:] == [f"{file}: {said}"], run.stderr


def test_a_region_inherits_from_its_folder_and_stands_below_it(tmp_path):
    assert checked(tmp_path, OWN.replace('"hubei"', '"hunan"'), "hubei/xincheng") == [
        (5, "parent", "a file at this place inherits from hubei: delete the line, or move the file to the folder of hunan")]
    assert checked(tmp_path, OWN.replace('"hubei"', '"湖北"'), "hubei/xincheng") == []
    assert checked(tmp_path, OWN.replace("429998", "439998")) == [(3, "code", "codes of Hubei begin with 42")]
    for code in ("４２９９９８", "42９998", "43999"):
        assert checked(tmp_path, OWN.replace("429998", code)) == [(3, "code", "a GB/T 2260 code is six digits, of half width")]
    below = "the file of a province lies in simulator/regions itself, that of a city in the folder of its province"
    assert checked(tmp_path, PLACED, "xincheng") == checked(tmp_path, PLACED.replace('"city"', '"province"'), "hubei/xincheng") == [
        (4, "level", below)]


# Beijing's bases lay between 6,326 and 33,891 from July 2023 on, between 6,821 and 35,283 from July 2024 on.
@pytest.mark.parametrize("stated, line, key, day", [
    ({"base_ceiling": [("2021-07-01", "100.00")]}, 10, "contribution.base_ceiling[0]", "2023-07-01"),
    ({"base_ceiling": [("2023-07-01", "6400.00")]}, 10, "contribution.base_ceiling[0]", "2024-07-01"),     # × 1.03 is less than 6,821
    ({"base_floor": [("2024-05-01", "33891.01")]}, 10, "contribution.base_floor[0]", "2024-05-01"),
    ({"base_floor": [("2023-07-01", "3000.00"), ("2024-12-01", "4000.00")], "base_ceiling": [("2023-07-01", "4000.00"),
      ("2025-01-01", "3999.99")]}, 13, "contribution.base_ceiling[1]", "2025-01-01")])
def test_a_ceiling_below_the_floor_of_its_day_is_refused(tmp_path, stated, line, key, day):
    head = OWN.replace("429998", "119998").replace("hubei", "beijing")
    lines = [f"{name} = [" + ",\n".join(f"{{ from = {start}, value = {yuan}, {TAKEN} }}" for start, yuan in dated) + "]\n"
             for name, dated in stated.items()]
    for above, more_lines in ("", 0), ("plans.low.", 3):
        of_plan = '[plans.low]\nname_zh = "低"\nname_en = "low"\n' if above else ""
        found = checked(tmp_path, f"{head}{of_plan}[{above}contribution]\n{''.join(lines)}")
        assert (found[0][0], found[0][1]) == (line + more_lines, above + key)
        assert found[0][2].startswith(f"from {day} on the base's ceiling,") and len(found) == 1
    assert checked(tmp_path, head) == []


@pytest.mark.parametrize("value, zh, en", [
    ("abc", "应为数字：'abc'", "should be a number: 'abc'"), ([], "应为数字：[]", "should be a number: []"),
    (True, "应为数字：True", "should be a number: True"), ("1e-9", "比例须精确到百万分之一：1e-9", "a rate exact to a millionth: 1e-9")])
def test_what_is_no_number_is_not_called_inexact(value, zh, en):
    with pytest.raises(Malformed) as error:
        Rate().compile(value)
    assert error.value.message == Text(zh, en)
