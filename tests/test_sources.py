"""The statements of the source texts as scenarios: all of them are there, and what is refused changes nothing."""
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import simulator
from simulator import months
from simulator.policy import GRADES
from simulator.scenario import load

FOLDER = Path(__file__).parent.parent / "scenarios" / "sources"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}

KNOWN = {f"{text}.{number}" for text, count in enumerate((8, 13, 7, 4, 11)) for number in range(1, count + 1)}
NOT_SIMULATED = {"4.3", "4.4"}                              # procedure; fees of a channel that does not exist
BOTH_SIDES = {"0.1", "0.4", "0.5", "2.7", "4.6", "4.11"}    # has ended or begun on a date: before and after it
WHAT_IFS = {"1.2", "1.3", "1.10", "1.12", "4.2"}            # off by default, and once turned on
BY_NO_RULE = {"账户已注销"}                                 # refused by the facts, not by a parameter


def ids(stem):
    """The ids a file name begins with: `0.4-beijing-…`, or `2.1-3.1-…` where two are the same act."""
    found = re.fullmatch(r"((?:\d\.\d+-)+)[a-z0-9-]+", stem)
    assert found, f"{stem}: a name begins with an id"
    return found[1].strip("-").split("-")


def files_of(id):
    return [stem for stem in FILES if id in ids(stem)]


def data_of(stem):
    return tomllib.loads(FILES[stem].read_text("utf-8"), parse_float=Decimal)


def refusals(stem):
    return [one for one in simulator.run(FILES[stem]).decisions if not one.granted]


# ── which there are ──

def test_every_statement_that_can_be_simulated_is():
    assert {id for stem in FILES for id in ids(stem)} == KNOWN - NOT_SIMULATED


def test_the_first_line_names_the_statement():
    for stem, path in FILES.items():
        chinese, english = path.read_text("utf-8").splitlines()[0], re.search(r"^# Sources? (.*)", path.read_text("utf-8"), re.M)
        for id in ids(stem):
            assert re.match(rf"# 来源 .*{re.escape(id)}(?!\d)", chinese) and english and id in english[1], stem


def test_the_readme_lists_every_file_and_what_is_left_out():
    text = (FOLDER / "README.md").read_text("utf-8")
    for id in KNOWN - NOT_SIMULATED:
        listed = re.search(rf"^\| {re.escape(id)} \| (.*) \|$", text, re.M)
        assert listed and set(re.findall(r"`([^`]+)`", listed[1])) == set(files_of(id)), id
    left_out = text.split("## 不能模拟的说法")[1].split("##")[0]
    assert set(re.findall(r"^\| (\d\.\d+) \|", left_out, re.M)) == NOT_SIMULATED


def test_every_expectation_holds_two_columns_at_least():
    for stem in FILES:
        for wanted in data_of(stem)["expect"]:
            assert len(set(wanted) - {"month", "who"}) >= 2, (stem, wanted)


@pytest.mark.parametrize("id", sorted(BOTH_SIDES))
def test_what_changed_on_a_date_is_shown_on_both_sides_of_it(id):
    before = [stem for stem in files_of(id) if "-before-" in stem]
    assert before
    for stem in before:
        day = stem.split("-before-")[1]
        turn = months.month_number(day if "-" in day else f"{day}-01")
        assert load(FILES[stem]).end <= turn <= load(FILES[stem.replace("-before-", "-after-")]).start, stem


@pytest.mark.parametrize("id", sorted(WHAT_IFS))
def test_what_is_off_by_default_is_shown_off_and_on(id):
    with_rules = {stem for stem in files_of(id) if "rules" in data_of(stem)}
    assert with_rules == {stem for stem in files_of(id) if stem.endswith("-what-if")} and with_rules != set(files_of(id))


@pytest.mark.parametrize("what_if, default", [("1.2-dazhou-what-if", "1.2-dazhou-refused"),
                                              ("1.3-dazhou-what-if", "1.3-dazhou-to-the-person")])
def test_a_disputed_statement_differs_from_the_law_by_its_rules_only(what_if, default):
    data = {**data_of(what_if), "expect": data_of(default)["expect"]}
    assert simulator.run(data).expectations()               # it comes out differently,
    data.pop("rules")
    assert not simulator.run(data).expectations()           # but not without its [rules]


def test_only_what_ifs_lay_rules_over_the_law():
    laid = {stem for stem in FILES if "rules" in data_of(stem)}
    assert laid == {stem for stem in FILES if stem.endswith("-what-if")} | {"1.1-dazhou-transfer-refused"}


# ── what is refused ──

def test_every_kind_of_request_is_refused_somewhere():
    assert {one.type for stem in FILES for one in refusals(stem)} == {"withdraw", "aid", "back_pay", "premium", "retire", "move"}


@pytest.mark.parametrize("stem", FILES)
def test_a_refusal_says_why(stem):
    for refused in refusals(stem):
        assert re.search(r"[\u4e00-\u9fff]", refused.reason.zh) and re.search(r"[a-z]", refused.reason.en)
        assert not re.search(r"[\u4e00-\u9fff{]", refused.reason.en) and refused.amount_fen == 0
        if refused.param is None:
            assert refused.reason.zh in BY_NO_RULE
        else:
            assert refused.span.source.title and refused.span.grade in GRADES and refused.span.start <= refused.day


@pytest.mark.parametrize("stem", FILES)
def test_what_is_refused_leaves_the_ledger_as_it_was(stem):
    result, data = simulator.run(FILES[stem]), data_of(stem)
    for refused in refusals(stem):
        if refused.type != "aid":
            kept = [event for event in data["events"] if _asked(event) != (refused.day, refused.who, refused.type)]
            assert len(kept) == len(data["events"]) - 1
            assert simulator.run({**data, "events": kept}).flows == result.flows
        elif not result.total("aid_received", refused.who):         # else only cut short, by a limit
            kept = [link for link in data["aid"] if link["to"] != refused.who]
            assert len(kept) < len(data["aid"])
            assert simulator.run({**data, "aid": kept}).flows == result.flows


def test_all_that_is_refused_together_changes_nothing_either():
    for stem, path in FILES.items():
        refused = {(one.day, one.who, one.type) for one in refusals(stem) if one.type != "aid"}
        if refused:
            data = data_of(stem)
            data["events"] = [event for event in data["events"] if _asked(event) not in refused]
            assert simulator.run(data).flows == simulator.run(path).flows, stem


def _asked(event):
    return event["on"], event["who"], event["type"]
