"""The scenario file: what it may say, and how everything wrong with it is said at once."""
import pytest

from simulator import money
from simulator.problems import InputError
from simulator.scenario import Scenario, load

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
    ('wage = 8000.00', 'wage = -1', 11, "out of range"),
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
])
def test_single_mistakes(old, new, line, word, tmp_path):
    found = problems(GOOD.replace(old, new), tmp_path)
    assert any(problem.line == line and word in problem.message.en for problem in found), [
        (problem.line, problem.message.en) for problem in found]


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


def test_variations_leave_the_first_scenario_alone(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD, "utf-8")
    scenario = load(file)
    assert scenario.in_region("上海").region == "shanghai" and scenario.region == "beijing"
    changed = scenario.with_rules({"credit.employee_rate": 0.03})
    assert changed.what_if[0].compiled == 30000 and not scenario.what_if
