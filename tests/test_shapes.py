"""The shipped JSON Schemas are those of the program: what it reads they accept, and they refuse what it refuses."""
import json
import sys
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from test_cli import command  # noqa: F401  (a fixture)

from simulator import policy, shapes
from simulator.parameters import PARAMETERS, Malformed
from simulator.problems import InputError
from simulator.scenario import Scenario
from simulator.toml_files import read_toml

ROOT = Path(__file__).parent.parent
BASE = tomllib.loads("""title = "t"
region = "beijing"
start = "2025-01"
months = 12
[[people]]
name = "A"
birth = "1980-05"
sex = "male"
insured = "employee"
wage = 10000.50
[[people]]
name = "B"
birth = 1950-01-02
sex = "female"
insured = "retiree"
[[aid]]
from = "A"
to = "B"
relation = "parent"
since = "2025-02"
[[events]]
on = 2025-03-01
who = "A"
type = "stop"
cause = "job_loss"
""", parse_float=Decimal)


def is_accepted(kind, data):
    return not shapes.objections(kind, data)


def is_read(data):
    try:
        Scenario.from_dict(data)
    except InputError:
        return False
    return True


def changed(data, path, value):
    """A copy with a value put at a path, or taken away."""
    key, *rest = path
    copied = dict(data) if isinstance(data, dict) else list(data)
    if rest:
        copied[key] = changed(copied.get(key, {}) if isinstance(copied, dict) else copied[key], rest, value)
    elif value is None:
        del copied[key]
    else:
        copied[key] = value
    return copied


def test_the_shipped_schemas_are_up_to_date():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import schemas
    finally:
        sys.path.remove(str(ROOT / "tools"))
    there = {path: path.read_text("utf-8") for path in shapes.FOLDER.glob("*")}
    assert schemas.files() == there, "run: python tools/schemas.py"
    for text in there.values():
        Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("kind, folder", [("scenario", ROOT / "scenarios"), ("region", policy.FOLDER)])
def test_every_file_of_the_project_fits(kind, folder):
    paths = [path for path in folder.rglob("*.toml") if path.parent.name != "population"]
    assert len(paths) > 50
    assert not {path.name: objections for path in paths if (objections := shapes.objections(kind, read_toml(path)[0]))}


@pytest.mark.parametrize("path, value", [
    (("people", 0, "wage"), "8000.00"), (("people", 0, "wage"), 8000), (("region",), 510100), (("region",), "成都"),
    (("people", 0, "birth"), date(1980, 5, 6)), (("people", 0, "wage_growth"), Decimal("-0.05")), (("rules_as_of",), "2025-01-01"),
    (("aid", 0, "until"), "2025-11"), (("aid", 0, "until"), date(2025, 11, 5)), (("aid", 0, "uses"), ["premium"]),
    (("events", 0, "on"), "2025-03-01"), (("people", 0, "opening"), {"carried": 5}), (("expect",), [{"month": "2025-01", "closing": 5}]),
    (("rules",), {"credit.employee_rate": [{"from": date(2025, 1, 1), "value": Decimal("0.02")}]}),
    (("rules",), {"aid.start": [{"from": date(2025, 1, 1), "value": "never"}]}),
    (("title",), None), (("aid",), None), (("people", 0, "wage"), None)])
def test_what_the_program_reads_fits(path, value):
    data = changed(BASE, path, value)
    assert is_read(data) and is_accepted("scenario", data)


@pytest.mark.parametrize("path, value", [
    (("people", 0, "wage"), -1), (("people", 0, "wage"), True), (("people", 0, "wage"), [1]), (("region",), None), (("months",), 0),
    (("months",), 1201), (("months",), "12"), (("start",), "2025-1"), (("start",), "2025-01-01"), (("people", 0, "sex"), "m"),
    (("people", 0, "wages"), 5), (("people",), []), (("events", 0, "cause"), None), (("events", 0, "type"), "stopp"),
    (("events", 0, "amount"), 5), (("aid", 0, "uses"), []), (("aid", 0, "relation"), "friend"), (("regoin",), "beijing"),
    (("rules",), {"credit.employe_rate": [{"from": date(2025, 1, 1), "value": 0}]}),
    (("rules",), {"credit.employee_rate": [{"from": date(2025, 1, 1), "value": 2}]}),
    (("rules",), {"credit.employee_rate": [{"value": 0}]}), (("expect",), [{"month": "2025-01", "clsing": 5}])])
def test_what_has_another_shape_is_refused_by_both(path, value):
    data = changed(BASE, path, value)
    assert not is_read(data) and not is_accepted("scenario", data)


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_s_schema_takes_what_its_kind_compiles(name):
    """Every value of every region file, and things it cannot be."""
    kind, found = PARAMETERS[name].kind, []
    for one in [policy.region("national"), *policy.regions()]:
        for entries in (one.entries, *(own for _, own in one.plans.values())):
            found += [entry.value for entry in entries.get(name, ())]
    validator = Draft202012Validator(kind.schema)
    assert found and all(validator.is_valid(shapes._as_json(value)) for value in found)
    for wrong in (-1, "nonsense", {"nonsense": 1}, [{"nonsense": 1}], True, 10**15):
        with pytest.raises(Malformed):
            kind.compile(wrong)
        assert not validator.is_valid(wrong), wrong


def test_sweeps_have_a_schema_too():
    good = {"base": "b.toml", "grid": {"region": "all", "people": {"A": {"wage": {"from": 1, "to": 5, "step": 2}}}, "months": [1, 2]},
            "cases": [{"name": "a"}, {"name": "b", "set": {"months": 5}}]}
    assert is_accepted("sweep", good)
    for path, value in ((("base",), None), (("grid", "region"), "everywhere"), (("grid", "months"), 5), (("cases", 0, "name"), None),
                        (("cases",), []), (("gird",), {}), (("grid", "months"), [])):
        assert not is_accepted("sweep", changed(good, path, value)), path
    assert not is_accepted("sweep", {"base": "b.toml"})


def test_check_goes_by_them(tmp_path, command, monkeypatch):  # noqa: F811
    file = tmp_path / "a.toml"
    file.write_bytes((ROOT / "scenarios" / "kunshan.toml").read_bytes())
    (tmp_path / "s.toml").write_text('title = "三地"\nbase = "a.toml"\n[grid]\nregion = ["北京", "昆山"]\nmonths = [72, 84, 96]\n', "utf-8")
    code, out, _ = command("check", tmp_path)
    assert code == 0 and "三地（6 次运行）" in out
    (tmp_path / "s.toml").write_text('base = "a.toml"\n[grid]\nregion = ["北京", "昆山"]\nmonths = [72, 0, -5]\n', "utf-8")
    code, out, _ = command("check", tmp_path, "--lang", "en")
    assert code == 2 and out.count("s.toml:4: months") == 2
    (tmp_path / "s.toml").unlink()
    monkeypatch.setattr(shapes, "objections", lambda kind, data: [(("people", 0, "wage"), "too much")])
    code, out, _ = command("check", file, "--lang", "en")
    assert code == 2 and "people[0].wage – against schemas/scenario.json: too much" in out and "a.toml:" in out


def test_check_does_without_the_library(monkeypatch):
    shapes._validator.cache_clear()
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    assert is_accepted("scenario", {"nothing": "of it"})
    shapes._validator.cache_clear()
