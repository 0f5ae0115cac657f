"""The scenario file: what it may say, and how everything wrong with it is said at once."""
from datetime import datetime
from decimal import Decimal

import numpy
import pytest

from simulator import engine, money, policy, timeline
from simulator.language import use_language
from simulator.problems import InputError
from simulator.scenario import Scenario, load
from simulator.scenario_text import to_toml
from simulator.sweep import read_sweep

GOOD = '''title = "试"
region = "北京"
start = "2025-01"
months = 12

[[people]]
name = "我"
birth = "1988-03"
sex = "female"
insured = "employee"
wage = 8000.00
opening = { current = 300.00, carried = 5200 }
[people.medical]
pharmacy = 60.00

[[events]]
on = 2025-07-01
who = "我"
type = "wage"
amount = 9000
'''

TEN_MISTAKES = '''title = "十处错误"
region = "bejing"
start = "2025-13"
months = 24
colour = "red"

[[people]]
name = "我"
birth = "1988-03"
sex = "woman"
insured = "employee"
wage = 8000.001
wage_grwoth = 0.03

[[people]]
name = "我"
birth = "1960-05"
sex = "male"
career = "cadre"
insured = "resident"

[[events]]
on = 2025-07-01
who = "他"
type = "wage"
amount = 9000

[[events]]
on = 2025-08-01
who = "我"
type = "marry"

[rules]
"credit.employee_rat" = [{ from = 2025-01-01, value = 0.02 }]
"pooling.counts" = [{ from = 2025-01-01, value = "both" }]

[[expect]]
month = "2025-12"
closin = 1.00
'''


def problems(text, tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load(file)
    return caught.value.problems


def test_a_good_file_is_read_in_fen_and_months(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD, "utf-8")
    scenario = load(file)
    person = scenario.people[0]
    assert scenario.region == "beijing" and scenario.months == 12
    assert (person.wage, person.opening.carried, person.medical.pharmacy) == (800000, 520000, 6000)
    assert person.birth == 1988 * 12 + 2


def test_ten_different_mistakes_are_ten_problems_with_their_lines(tmp_path):
    found = problems(TEN_MISTAKES, tmp_path)
    by_line = {problem.line: problem for problem in found}
    assert sorted(by_line) == [2, 3, 5, 10, 12, 13, 16, 19, 24, 31, 34, 35, 39]
    assert by_line[2].nearest == "beijing"
    assert by_line[5].key == "colour"
    assert by_line[10].allowed == ("female", "male")
    assert by_line[13].nearest == "wage_growth"
    assert "twice" in by_line[16].message.en
    assert by_line[24].allowed == ("我",)
    assert "wage" in by_line[31].allowed
    assert by_line[34].nearest == "credit.employee_rate"
    assert by_line[35].allowed == ("paid", "cost")
    assert by_line[39].nearest == "closing"
    for problem in found:
        assert problem.message.zh and problem.message.en and problem.file.endswith("scenario.toml")


@pytest.mark.parametrize("old, new, line, word", [
    ('months = 12', 'months = 0', 4, "≥ 1"),
    ('months = 12', 'months = "12"', 4, "whole number"),
    ('months = 12', '', 0, "missing"),
    ('wage = 8000.00', 'wage = -1', 11, "an amount of 0 or more"),
    ('wage = 8000.00', 'wage = nan', 11, "exact to the fen"),
    ('wage = 8000.00', 'wage = true', 11, "exact to the fen"),
    ('birth = "1988-03"', 'birth = 1988', 8, "month"),
    ('on = 2025-07-01', 'on = 2026-01-01', 17, "outside"),
    ('on = 2025-07-01', 'on = "soon"', 17, "date"),
    ('amount = 9000', '', 16, "missing"),
    ('opening = {', 'opening = { gold = 1,', 12, "unknown key"),
    ('insured = "employee"', 'insured = "employee"\nplan = "third"', 11, "no plan"),
    ('[[people]]', '[people]', 6, "list"),
    ('title = "试"', 'title = "试', 1, "TOML"),
    ('on = 2025-07-01', 'on = 2025-07-01T00:00:00', 17, "should be a date such as 2025-07-01: 2025-07-01 00"),
    ('on = 2025-07-01', 'on = 20250701', 17, "date"),
    ('birth = "1988-03"', 'birth = 1988-03-01T00:00:00', 8, "month"),
    ('birth = "1988-03"', 'birth = "2025-02"', 8, "is not born yet at the start"),
    ('start = "2025-01"', 'start = 2025-01-01T00:00:00', 3, "month such as 2025-07"),
    ('start = "2025-01"', 'start = "2025-01-15"', 3, "without a day"),
    ('start = "2025-01"', 'start = 2025-01-15', 3, "without a day"),
    ('months = 12', 'months = 12\nrules_as_of = 2025-07-01T00:00:00', 5, "date such as"),
    ('months = 12', 'months = 12\nexpect = [{ month = 2025-07-01T00:00:00, closing = 1 }]', 5, "month such as"),
    ('months = 12', 'months = 12\nexpect = [{ month = "2025-07", status = 3 }]', 5, "should be a text"),
    ('months = 12', 'months = 12\nexpect = [{ month = "2025-07", eligible = "x" }]', 5, "should be a whole number"),
    ('months = 12', 'months = 12\nexpect = [{ month = "2025-07", closing = "x" }]', 5, "should be an amount"),
    ('months = 12', 'months = 12\naid = [{ since = 2025-07-01T00:00:00 }]', 5, "date such as"),
    ('months = 12', 'months = 12\naid = [{ since = "2025-07", until = "2025-06" }]', 5, "before `since`"),
    ('months = 12', 'months = 12\nrules = { "pooling.counts" = [{ from = 2025-01-01T00:00:00, value = "paid" }] }', 5, "date such as"),
    ('months = 12', ('months = 12\nrules = { "pooling.counts" = [{ from = 2025-01-01, value = "paid" },'
                     ' { from = "2025-01-01", value = "cost" }] }'), 5, "2025-01-01 is given twice"),
    ('months = 12', 'months = 12\nrules = { "contribution.base_rounding" = [{ from = 2025-01-01, value = [3] }] }', 5, "[3]"),
    ('region = "北京"', 'region = 999999', 2, "no such region: 999999"),
    ('region = "北京"', 'region = true', 2, "no such region"),
    ('insured = "employee"', 'insured = "employee"\nplan = ["x"]', 11, "should be a text"),
    ('type = "wage"', 'type = "stop"\nplace = "primary"', 20, "not a field of `stop`"),
    ('type = "wage"', 'type = "stop"\nwage = 3', 20, "not a field of `stop`"),
    ('type = "wage"', 'type = "medical"\nprepaid = 3', 20, "should be true or false"),
])
def test_single_mistakes(old, new, line, word, tmp_path):
    found = problems(GOOD.replace(old, new), tmp_path)
    assert any(problem.line == line and word in problem.message.en for problem in found), [
        (problem.line, problem.message.en) for problem in found]


@pytest.mark.parametrize("people", ["", "people = []", "people = 3", "people = [3]"])
def test_expectations_of_nobody(people, tmp_path):
    head = GOOD.partition("[[people]]")[0]
    found = problems(f'{head}{people}\n[[expect]]\nmonth = "2025-07"\nclosing = 1', tmp_path)
    assert all(problem.key.startswith("people") for problem in found)


@pytest.mark.parametrize("length", ["-3", "0", "1201", "true"])
def test_a_wrong_length_is_one_problem(length, tmp_path):
    assert len(problems(GOOD.replace("months = 12", f"months = {length}"), tmp_path)) == 1


def test_an_unknown_key_of_an_event_is_held_against_its_own_type(tmp_path):
    found = problems(GOOD.replace('type = "wage"', 'type = "stop"\nplace = "primary"'), tmp_path)
    wrong = next(problem for problem in found if problem.key == "events[0].place")
    assert (wrong.nearest, wrong.allowed) == ("", ("on", "who", "type", "cause"))
    assert wrong.message.zh == "`stop` 没有这一项"


def test_a_misspelt_kind_of_event_hides_nothing_else_that_is_wrong_with_it(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(GOOD.replace('type = "wage"\namount = 9000', 'type = "stopp"\nfault = "own"').replace("2025-07-01", "2025-13-01", 1)
                    .replace("on = 2025-13-01", 'on = "2025-13-01"') + '[[events]]\ntype = "xyz"\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        load(path)
    assert [(problem.key, problem.nearest) for problem in error.value.problems] == [
        ("events[0].cause", ""), ("events[0].on", ""), ("events[0].type", "stop"), ("events[0].fault", ""),
        ("events[1].on", ""), ("events[1].who", ""), ("events[1].type", "")]


def test_an_event_of_no_kind_is_held_to_what_all_events_have(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(GOOD + '[[events]]\nwho = "Z"\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        load(path)
    assert [problem.key for problem in error.value.problems] == ["events[1].on", "events[1].type", "events[1].who"]


def test_a_misspelt_type_of_an_event_is_named(tmp_path):
    found = {problem.key: problem for problem in problems(GOOD.replace('type = "wage"', 'typ = "wage"'), tmp_path)}
    assert set(found) == {"events[0].type", "events[0].typ"} and found["events[0].typ"].nearest == "type"


def test_files_that_are_not_there_or_not_text(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        load(tmp_path / "nowhere.toml")
    (tmp_path / "gbk.toml").write_bytes('title = "试"'.encode("gbk"))
    with pytest.raises(InputError, match="UTF-8"):
        load(tmp_path / "gbk.toml")


def test_a_dict_may_hold_floats_that_print_exactly():
    data = {"region": "beijing", "start": "2025-01", "months": 1,
            "people": [{"name": "a", "birth": "1990-01", "sex": "male", "insured": "employee", "wage": 8000.1}]}
    assert Scenario.from_dict(data).people[0].wage == money.fen("8000.10")
    with pytest.raises(InputError):
        Scenario.from_dict({**data, "people": [{**data["people"][0], "wage": 0.1 + 0.2}]})
    of_numpy = {**data, "months": numpy.int64(1), "people": [{**data["people"][0], "wage": numpy.float64(8000.1)}]}
    assert Scenario.from_dict(of_numpy).people[0].wage == money.fen("8000.10")


@pytest.mark.parametrize("data", [None, 3, [], "x", Decimal(1), datetime(2025, 7, 1)])
def test_what_is_no_dict_is_no_scenario(data):
    with pytest.raises(InputError, match="表"):
        Scenario.from_dict(data)


@pytest.mark.parametrize("code", ["region = 511700", 'region = "511700"'])
def test_a_region_may_be_its_code(code, tmp_path):
    file = tmp_path / "code.toml"
    file.write_text(GOOD.replace('region = "北京"', code).replace('type = "wage"\namount = 9000', f'type = "move"\n{code}')
                    .replace("wage = 8000.00", code), "utf-8")
    scenario = load(file, ["region=511700"])
    assert scenario.region == scenario.people[0].region == scenario.events[0].region == "sichuan/dazhou"


def test_set_changes_a_value_by_position_or_name(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD, "utf-8")
    assert load(file, ["people.0.wage=9000"]).people[0].wage == 900000
    assert load(file, ["people.我.wage=9000"]).people[0].wage == 900000
    assert load(file, ["people.0.medical.tertiary=10"]).people[0].medical.tertiary == 1000
    assert load(file, ["region=上海"]).region == "shanghai"
    assert load(file, ["rules.credit.employee_rate=0.03"]).what_if[0].compiled == 30000
    for wrong in ("people.7.wage=1", "people.她.wage=1", "people.0.wage", "people.0.wages=1", "=3"):
        with pytest.raises(InputError):
            load(file, [wrong])


@pytest.mark.parametrize("changes, word", [
    (["start=2025-13", "rules.credit.employee_rate=0.03"], "--set start=2025-13: start – should be a month"),
    (["start=2025-01-15", "rules.credit.employee_rate=0.03"], "without a day"),
    (["start=2025", "rules.credit.employee_rate=0.03"], "should be a month"),
    (["start=0000-05", "rules.credit.employee_rate=0.03"], "a year between"),
    (["people=3", "people.Lin.wage=3"], "nobody of that name: Lin"),
    (["people=[3]", "people.Lin.wage=3"], "nobody of that name: Lin"),
    (["people=[3]", "people.0.wage=3"], "key=value"),
    (["people.1.wage=3"], "there is no people[1]; there are 1"),
    (["events.1=3"], "there is no events[1]; there are 1"),
    (["events.-1.amount=3"], "there is no events[-1]; there are 1"),
    (["rules=3"], "--set rules=3: rules – should be a table"),
    (["rules=3", "rules.credit.employee_rate=0.03"], "key=value"),
    (["rules={x = 3}"], "no such parameter"),
    (["people.0.wage=-1"], "--set people.0.wage=-1: people[0].wage – an amount of 0 or more"),
    (["people.我.wage=1", "people.我.wage=x"], "--set people.我.wage=x: people[0].wage"),
    (["months=" + "9" * 5000], "whole number"),
])
def test_what_is_wrong_with_a_set_is_said_of_it(changes, word, tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD, "utf-8")
    use_language("en")
    try:
        with pytest.raises(InputError) as caught:
            load(file, changes)
        assert any(word in line and str(file) not in line for line in str(caught.value).splitlines())
    finally:
        use_language("zh")


def test_variations_leave_the_first_scenario_alone(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD, "utf-8")
    scenario = load(file)
    assert scenario.in_region("上海").region == "shanghai" and scenario.region == "beijing"
    changed = scenario.with_rules({"credit.employee_rate": 0.03})
    assert changed.what_if[0].compiled == 30000 and not scenario.what_if


def test_who_has_a_region_of_his_own_keeps_its_plan_elsewhere(tmp_path):
    """Chongqing's first tier: 256.25 a month and nothing credited, wherever the others of the household are."""
    own = {"name": "A", "birth": "1988-03", "sex": "male", "insured": "flexible", "wage": 8000, "region": "chongqing", "plan": "tier_one"}
    data = {"region": "chongqing", "start": "2025-01", "months": 1,
            "people": [own, {**own, "name": "B", "region": "chongqing", "plan": ""}, {**own, "name": "C"}]}
    del data["people"][2]["region"]
    moved = Scenario.from_dict(data).in_region("shanghai")
    assert [person.plan for person in moved.people] == ["tier_one", "", ""]
    row = engine.run(moved).row("2025-01", "A")
    assert (row.credit, row.premium_paid) == (0, 256_25)
    (tmp_path / "base.toml").write_text(to_toml(data), "utf-8")
    (tmp_path / "sweep.toml").write_text('base = "base.toml"\n[grid]\nregion = ["shanghai"]\n')
    assert read_sweep(tmp_path / "sweep.toml").scenario(0) == moved


def test_what_the_rules_find_wrong_has_its_place_in_the_file(tmp_path):
    file = tmp_path / "early.toml"
    lines = ['title = "x"', 'region = "beijing"', 'start = "2020-12"', "months = 12", "[[people]]", 'name = "A"', 'birth = "1990-01"',
             'sex = "male"', 'insured = "employee"', "wage = 8000.00", "[rules]",
             '"contribution.base_floor" = [{ from = 2025-01-01, value = 50000 }]']
    for changes, wanted in (({}, (3, "start")), ({2: 'start = "2025-01"\nrules_as_of = 1990-01-01'}, (4, "rules_as_of")),
                            ({2: 'start = "2025-01"'}, (12, "rules.contribution.base_floor"))):
        file.write_text("\n".join(changes.get(place, line) for place, line in enumerate(lines)))
        with pytest.raises(InputError) as found:
            engine.run(file)
        problem, = found.value.problems
        assert (problem.file, problem.line, problem.key) == (str(file), *wanted)
    with pytest.raises(InputError) as found:                # and where it was changed on the way in
        engine.run(load(file, ["start=2025-01", "rules.contribution.base_ceiling=10"]))
    assert found.value.problems[0].file == "--set rules.contribution.base_ceiling=10"


def test_a_stay_in_hospital_is_not_at_a_pharmacy():
    bill = {"on": "2025-02-01", "who": "A", "type": "medical", "place": "pharmacy", "kind": "inpatient", "amount": 5}
    with pytest.raises(InputError) as found:
        Scenario.from_dict({"region": "beijing", "start": "2025-01", "months": 2, "events": [bill], "people": [
            {"name": "A", "birth": "1990-01", "sex": "male", "insured": "employee"}]})
    assert [(one.key, one.allowed) for one in found.value.problems] == [("events[0].place", ("primary", "secondary", "tertiary"))]


@pytest.mark.parametrize("name", [" Lin", "Lin ", "   "])
def test_a_name_has_no_spaces_around_it(name):
    with pytest.raises(InputError) as found:
        Scenario.from_dict({"region": "beijing", "start": "2025-01", "months": 2, "people": [
            {"name": name, "birth": "1990-01", "sex": "male", "insured": "employee"}]})
    assert [one.key for one in found.value.problems] == ["people[0].name"]


def test_an_unquoted_parameter_is_told_to_be_quoted():
    with pytest.raises(InputError) as found:
        Scenario.from_dict({"region": "beijing", "start": "2025-01", "months": 2, "rules": {"credit": {"employee_rate": []}}, "people": [
            {"name": "A", "birth": "1990-01", "sex": "male", "insured": "employee"}]})
    assert "quotes" in found.value.problems[-1].message.en


def test_a_mistake_in_a_region_file_is_said_of_that_file(tmp_path, monkeypatch):
    wrong, file = tmp_path / "beijing.toml", tmp_path / "case.toml"
    wrong.write_text('name_zh = "某市"\nlevel = "village"\n', "utf-8")
    file.write_text(GOOD, "utf-8")
    monkeypatch.setattr(timeline, "region", lambda id: policy.read_region(wrong))
    with pytest.raises(InputError) as caught:
        engine.run(file)
    assert {one.file for one in caught.value.problems} == {str(wrong)}
    assert ("level", 2) in [(one.key, one.line) for one in caught.value.problems]


def test_one_change_may_be_given_as_it_is(tmp_path):
    (tmp_path / "case.toml").write_text(GOOD, "utf-8")
    assert load(tmp_path / "case.toml", "people.0.wage=9000") == load(tmp_path / "case.toml", ["people.0.wage=9000"])
    assert load(tmp_path / "case.toml", "people.0.wage=9000").people[0].wage == 900_000


def test_the_first_tier_of_shenzhen_is_what_is_meant_without_a_plan():
    person = {"name": "A", "birth": "1990-01", "sex": "male", "insured": "employee", "wage": 9000}
    data = {"region": "shenzhen", "start": "2025-01", "months": 3, "people": [person]}
    named, silent = (engine.run(Scenario.from_dict(one)) for one in (data | {"people": [person | {"plan": "tier_one"}]}, data))
    assert named.flows == silent.flows and sum(row.credit for row in named.flows["A"]) > 0


def test_a_parameter_may_be_quoted_in_a_change_as_in_a_file(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('region = "beijing"\nstart = "2025-01"\nmonths = 1\n[[people]]\nname = "A"\nbirth = "1990-01"\nsex = "male"\n'
                    'insured = "employee"\nwage = 9000\n', "utf-8")
    quoted, bare = (load(file, [f"rules.{name}=0.03"]) for name in ('"contribution.employee_rate"', "contribution.employee_rate"))
    assert quoted.rules == bare.rules and quoted.rules
