"""Populations: the same law as for one household, chance that depends on nothing else, results in fixed memory."""
import json
import os
import random
import re
from pathlib import Path

import numpy as np
import pytest
from any_life import EVERYWHERE, any_life
from hypothesis import given, settings

import simulator
from simulator import cli, months, proof, shards
from simulator.language import use_language
from simulator.law.account import Flows
from simulator.parameters import PARAMETERS
from simulator.populations import draws, lives, sketch, story
from simulator.populations.file import Population, load
from simulator.populations.interpreter import Interpreter
from simulator.populations.lives import COUNTED, LASTING, OWN
from simulator.populations.run import population
from simulator.populations.world import Model
from simulator.problems import InputError

ROOT = Path(__file__).parents[1]
HOUSEHOLDS = int(os.environ.get("HOUSEHOLDS", "300"))         # how many are held against the single engine; ten thousand by hand
compiled = pytest.mark.xdist_group("compiled")              # in one process: compiling takes a minute

REGIONS = EVERYWHERE
AGES = [{"from": 20, "to": 44, "share": 0.5}, {"from": 45, "to": 61, "share": 0.5}]
OLD = [{"from": 58, "to": 90, "share": 1}]
LIVES = {
    "care": {"never": 0.1, "frailty": 0.7, "growth": 0.03,
             "outpatient": [{"below": 50, "yearly": 6, "median": 180, "spread": 1.2}, {"yearly": 9, "median": 300, "spread": 1.3}],
             "outpatient_places": {"pharmacy": 0.4, "primary": 0.2, "secondary": 0.2, "tertiary": 0.2},
             "inpatient": [{"yearly": 0.25, "median": 9000, "spread": 0.9}],
             "inpatient_places": {"primary": 0.2, "secondary": 0.4, "tertiary": 0.4}},
    "work": {"stops": [{"yearly": 0.4}], "causes": {"job_loss": 0.4, "own_choice": 0.2, "employer_arrears": 0.4},
             "gaps": [{"months": 1, "share": 0.3}, {"months": 4, "share": 0.3}, {"months": 14, "share": 0.3}, {"share": 0.1}],
             "back_pays": 0.5, "returns_flexible": 0.3, "tops_up": 0.7},
    "death": {"female": [{"yearly": 0.03}], "male": [{"below": 60, "yearly": 0.02}, {"yearly": 0.06}]},
    "moves": {"yearly": [{"yearly": 0.1}]},
    "aid": {"share": 0.4, "relations": {"spouse": 0.3, "parent": 0.3, "child": 0.2, "sibling": 0.2},
            "premium": {"amount": 400, "month": 10, "share": 0.6}},
}


def everywhere(regions, joins="2024-09", **more):
    """A population of three kinds of people in each of some regions, to whom everything happens."""
    groups = []
    for place, id in enumerate(regions):
        name = f"{place} {id}"
        groups += [{"name": f"{name} a", "region": id, "people": 1000, "insured": "employee", "age": AGES, "cadre": 0.4,
                    "wage": {"median": 7000, "spread": 0.7, "growth": 0.04}, "contributed": 0.9,
                    "opening": {"median": 2500, "spread": 1.1, "empty": 0.2}},
                   {"name": f"{name} b", "region": id, "people": 1000, "insured": "flexible", "age": AGES, "joins": joins,
                    "wage": {"median": 5000, "spread": 0.5}},
                   {"name": f"{name} c", "region": id, "people": 1000, "insured": "retiree", "age": OLD,
                    "opening": {"median": 3000, "spread": 1.0}}]
    return {"title": "各地", "start": "2023-05", "months": 44, "groups": groups, **LIVES, **more}


@pytest.fixture(scope="module")
def small():
    return Model(Population.from_dict(everywhere(REGIONS[:5], months=40)))


# ── one law ──

@compiled
def test_a_population_is_the_single_engine_to_the_fen():
    """Every flow of every month of random households over all regions, each told as a scenario and run by itself."""
    from simulator.populations.machine import Machine
    model = Model(Population.from_dict(everywhere(REGIONS)))
    engine, draw, kinds = Machine(model), random.Random(5), set()
    for number in range(HOUSEHOLDS):
        group, seed = draw.randrange(len(model.groups)), number
        scenario = story.scenario(model, group, number, seed)
        counts = engine.live(group, model.group_key(group, seed), np.array([number]))
        first = model.groups[group]["joins"]
        flows = simulator.run(scenario).flows[str(story.HOLDER)]
        found = [tuple(row) for row in counts.sums[0][:, [COUNTED.index(name) for name in Flows._fields]].tolist()]
        area = model.areas.index(scenario.region)
        wanted = [row._replace(area=row.area if any(event.type == "move" for event in scenario.events) else area) for row in flows]
        moved = any(event.type == "move" for event in scenario.events)
        for place, row in enumerate(wanted, first):
            assert found[place][moved:] == tuple(row)[moved:], (model.names[group], number, place)
        assert not any(map(any, found[first + len(flows):])) and not counts.broken[0]
        kinds |= {event.type for event in scenario.events}
    assert kinds >= {"medical", "stop", "resume", "back_pay", "move", "premium", "withdraw"}


@compiled
@settings(max_examples=max(40, HOUSEHOLDS // 10))
@given(life=any_life(REGIONS))
def test_the_compiled_month_is_the_plain_one_whatever_happens(life):
    """Households to which everything happens, prepaid bills, heirs, limits and other rules too, in all regions."""
    from compiled_law import both
    plain, fast = both(simulator.Scenario.from_dict(life))
    assert plain == fast


@compiled
def test_interpreter_and_machine_count_the_same(small):
    from simulator.populations.machine import Machine
    engines = Interpreter(small), Machine(small)
    for group in (0, 1, 2, 4):
        plain, fast = (engine.live(group, small.group_key(group, 3), np.arange(12)) for engine in engines)
        for part in ("sums", "sketch", "differences", "broken"):
            assert (getattr(plain, part) == getattr(fast, part)).all(), (group, part)


# ── chance ──

@compiled
def test_chunks_threads_and_order_change_no_byte(small):
    from simulator.populations.machine import Machine
    given = everywhere(REGIONS[:5], months=40, panel=3)
    runs = [dict(population(given, 1500, 9, piece=piece, workers=workers, compiled=True).files())
            for piece, workers in ((1000, 1), (37, 2), (1_000_000, 2))]
    assert runs[0] == runs[1] == runs[2]
    engine, shuffled = Machine(small), np.random.default_rng(1).permutation(300)
    one, other = (engine.live(2, small.group_key(2, 9), numbers) for numbers in (np.arange(300), shuffled))
    assert (one.sums == other.sums).all() and (one.sketch == other.sketch).all()
    assert dict(population(given, 1500, 10, compiled=True).files()) != runs[0]


def test_draws_are_even_and_apart():
    drawn = np.array([draws.draw(key, month, purpose) for key in range(40) for month in range(40) for purpose in range(10)])
    assert len(set(drawn.tolist())) == len(drawn) and drawn.max() < 2**62
    for part in (drawn & draws.HALF, drawn >> draws.BITS):
        counts = np.histogram(part, 16, (0, draws.ONE))[0]
        assert ((counts - len(drawn) / 16)**2 / (len(drawn) / 16)).sum() < 44    # chi-square, 15 degrees: one in ten thousand
    assert draws.draw(1, 2, 3) == 101533724011717850


@compiled
def test_the_compiled_draw_is_the_plain_one():
    from simulator.populations.machine import _bits_of, _draw
    pick = random.Random(2)
    for _ in range(2000):
        key, month, purpose = pick.randrange(2**62), pick.randrange(1200), pick.randrange(32)
        assert _draw(key, month, purpose) == draws.draw(key, month, purpose)
    assert [_bits_of(number) for number in (0, 1, 63, 64, 2**43)] == [0, 1, 6, 7, 44]


def test_quantiles_of_what_is_drawn_are_those_stated():
    shapes = [*draws.exponential(), *draws.lognormal("0.8")]
    even = [draws.ONE * (2 * place + 1) // 20_000 for place in range(10_000)]
    waits, costs = ([draws.quantile(shapes, table, u) / draws.UNIT for u in even] for table in (0, 1))
    assert abs(np.mean(waits) - 1) < 0.005 and abs(np.median(costs) - 1) < 0.001 and abs(np.log(costs).std() - 0.8) < 0.01


def test_visits_come_as_often_as_stated():
    given = everywhere(["beijing"], months=48, care={**LIVES["care"], "never": 0, "frailty": 0, "inpatient": [], "outpatient": [
        {"yearly": 4, "median": 100}]}, death={}, moves={}, work={}, aid=None)
    given["groups"] = given["groups"][:1]
    result = population({key: value for key, value in given.items() if value is not None}, 300, 4, compiled=False)
    treated, lived = (sum(result.represented(name)) for name in ("is_treated", "lives"))
    assert abs(12 * treated / lived - 4) < 0.2
    counts = result.sums[0, 0, :12].sum(axis=0)              # the first year, before costs grow: a hundred yuan a visit
    assert counts[COUNTED.index("medical")] >= 10_000 * counts[COUNTED.index("is_treated")] > 0


def test_prices_grow_by_a_little_less_than_stated():
    """100,000.00 × 1.1, as the page says of it: ⌊1.1 × 2²⁰⌋ = 1,153,433 of 2²⁰."""
    model = Model(Population.from_dict({"start": "2024-01", "months": 13, "groups": [alone()], "care": {"growth": "0.1"}}))
    assert [10_000_000 * model.world["calendar"][place]["cost"] >> draws.UNIT_BITS for place in (11, 12)] == [10_000_000, 10_999_994]


def alone(region="昆山", people=1000, name="a", **more):
    """A group to whom nothing happens that a test does not ask for."""
    return {"name": name, "region": region, "people": people, "insured": "employee", "female": 0,
            "age": [{"from": 29, "to": 29, "share": 1}], "wage": {"median": 8000}, **more}


def treated(yearly, frailty=0, months=48, **more):
    """Visits a year of a person who may see doctors."""
    care = {"frailty": frailty, "outpatient": yearly, "outpatient_places": {"pharmacy": 1}}
    given = {"title": "x", "start": "2024-01", "months": months, "groups": [alone()], "care": care, **more}
    result = population(given, 4000, 1, compiled=True)
    found = result.represented("is_treated")
    return [sum(found[first:first + 12]) / 1000 for first in range(0, months, 12)]


@compiled
@pytest.mark.parametrize("yearly, frailty", [(2, 0), (6.5, 0), (10.5, 0), (12, 0), (2, 0.6)])
def test_visits_are_as_many_as_stated_on_average_over_people(yearly, frailty):
    found = treated([{"yearly": yearly, "median": 100}], frailty)
    assert sum(found) / 4 == pytest.approx(yearly, rel=0.02)


@compiled
def test_whoever_sees_no_doctor_at_first_does_when_older():
    """The chance of the next twelve months is that of the age; it is not decided for life at the start."""
    found = treated([{"below": 30, "yearly": 0, "median": 100}, {"yearly": 6, "median": 100}])
    assert found[0] == 0 and found[2] == pytest.approx(6, rel=0.05)
    found = treated([{"below": 30, "yearly": 0.01, "median": 100}, {"yearly": 6, "median": 100}])
    assert found[0] < 0.1 and found[2] == pytest.approx(6, rel=0.05)


@compiled
def test_who_is_back_may_stop_again_within_the_year():
    """Each year has its own stop, also one that begins in a gap: so no later year has fewer months without a premium than the first."""
    work = {"stops": [{"yearly": 1}], "causes": {"job_loss": 1}, "gaps": [{"months": 4, "share": 1}]}
    result = population({"title": "x", "start": "2024-01", "months": 60, "groups": [alone()], "work": work}, 4000, 1, compiled=True)
    gaps = result.represented("is_in_gap")
    assert sum(gaps[24:]) / 36 > sum(gaps[:12]) / 12        # 0.31 and 0.29; it would be 0.25


@compiled
def test_as_many_move_as_stated_whatever_the_size_of_the_areas():
    groups = [alone("beijing", 900, "a", opening={"median": 1000}), alone("shanghai", 100, "b", opening={"median": 1000})]
    result = population({"title": "x", "start": "2024-01", "months": 12, "groups": groups, "moves": {"yearly": [{"yearly": 0.2}]}},
                        10_000, 1, compiled=True)
    for group, people in enumerate((900, 100)):
        sums = result.sums[group, 0, :, COUNTED.index("area")]
        moved = abs(int(sums[-1]) - int(sums[0])) / result.accounts[group]
        assert moved == pytest.approx(0.2 * 11.5 / 12, rel=0.15), people    # seen in the month after


def test_every_group_has_an_account_or_the_run_is_refused():
    groups = [alone(people=people, name=str(people)) for people in (1_000_000, 500, 3)]
    given = {"title": "x", "start": "2024-01", "months": 2, "groups": groups}
    result = population(given, 3, 1)
    assert result.accounts == [1, 1, 1] and result.represented("lives") == [1_000_503] * 2
    assert population(given, 50, 1).accounts == [48, 1, 1]
    with pytest.raises(InputError, match="3"):
        population(given, 2, 1)


def test_accounts_are_shared_out_in_proportion():
    model = Model(Population.from_dict({"title": "x", "start": "2024-01", "months": 2, "groups": [
        alone(people=people, name=str(people)) for people in (44, 54, 25)]}))
    assert model.accounts_of(13) == [5, 6, 2] and model.accounts_of(123) == [44, 54, 25]
    for accounts in range(3, 200):
        found = model.accounts_of(accounts)
        assert sum(found) == accounts and all(abs(one - accounts * people / 123) < 1.01 for one, people in zip(found, (44, 54, 25)))


def test_a_panel_has_no_account_twice():
    """Of twelve accounts a group would have one more than it has of thirteen."""
    given = {"title": "x", "start": "2024-01", "months": 1, "panel": 12, "groups": [
        alone(people=people, name=str(people)) for people in (44, 54, 25)]}
    rows = [(row["group"], row["account"]) for row in population(given, 13, 1).panel()]
    assert len(rows) == len(set(rows)) >= 11


def test_who_has_died_is_not_empty():
    """An account that death has closed is nobody's: not among the empty ones, nor among the balances."""
    death = {name: [{"yearly": 1}] for name in ("female", "male")}
    given = {"title": "x", "start": "2024-01", "months": 14, "groups": [alone(opening={"median": 5000})], "death": death}
    result = population(given, 40, 1)
    assert sum(result.represented("is_empty")) == 0
    assert sum(result.sketch[0][:, 0]) == 0 and result.represented("lives")[-1] == 0
    assert not any("-0.01" in note for note in result.notes())


def test_a_fan_of_one_month_shows_it(recwarn):
    figure = population({"title": "x", "start": "2024-01", "months": 1, "groups": [alone()]}, 30, 1).plot(0)
    axes = figure.axes[0]
    low, high = axes.get_xlim()
    assert high - low == 30 and "a" in axes.get_title(loc="left") and not [one for one in recwarn if "xlim" in str(one.message)]


# ── what-ifs ──

def test_a_what_if_equal_to_the_law_changes_nothing():
    same = {"contribution.employee_rate": [{"from": "2023-05-01", "value": "0.02"}]}
    result = population(everywhere(["jiangsu/suzhou"], months=30, what_if=same), 90, 1, compiled=False)
    assert (result.sums[:, 0] == result.sums[:, 1]).all()
    assert all(one.worse == one.better == 0 and one.alike > 0 for one in result.differences())


def test_a_what_if_meets_the_luck_of_its_base():
    more = {"credit.employee_rate": [{"from": "2024-01-01", "value": "0.03"}]}
    result = population(everywhere(["jiangsu/suzhou"], months=30, what_if=more), 90, 1, compiled=False)
    assert result.represented("medical") == result.represented("medical", what_if=True)
    first, last = result.differences()[1], result.differences()[-1]
    assert first.worse == first.better == 0 and last.better > 0 and last.worse == 0 and last.quantiles_fen[-1] > 0
    assert result.represented("credit")[-1] < result.represented("credit", what_if=True)[-1]


# ── distributions ──

def test_quantiles_are_within_their_error():
    pick = np.random.default_rng(3)
    amounts = (np.exp(pick.normal(12, 1.7, 30_000))).astype(np.int64)
    counts = np.zeros(sketch.BUCKETS, dtype=np.int64)
    for amount in amounts.tolist():
        counts[sketch.bucket(amount)] += 1
    shares = [share / 100 for share in range(1, 100)]
    found = sketch.quantiles_fen(counts, shares)
    exact = np.quantile(amounts, shares, method="inverted_cdf")
    assert (abs(found - exact) <= 0.01 * exact).all()
    halves = [np.bincount([sketch.bucket(int(one)) for one in part], minlength=sketch.BUCKETS) for part in (amounts[:999], amounts[999:])]
    assert (halves[0] + halves[1] == counts).all()
    assert sketch.quantiles_fen(np.zeros(sketch.BUCKETS), [0.5]) == [-1]


# ── results ──

def test_amounts_stand_for_people_and_add_up(small):
    result = population(everywhere(REGIONS[:5], months=40), 150, 1, compiled=False)
    frame = result.frame()
    assert sum(result.accounts) == 150 and frame["lives"].iloc[0] == 10_000     # those who join later are not there yet
    inflow = frame[["opening", "credit", "back_credit", "interest", "refund", "transfer_in"]].sum(axis=1)
    outflow = frame[["spent", "aid_given", "premium_given", "withdrawn", "transfer_out"]].sum(axis=1)
    assert ((inflow - outflow - frame["closing"]).abs() < 0.01 * len(result.groups)).all()  # a fen a group and flow, from rounding
    assert result.yearly("lives")[2026] == frame["lives"].iloc[-1]


def test_a_life_of_a_result_is_a_scenario():
    result = population(everywhere(["beijing"], months=24, panel=4), 12, 1, compiled=False)
    rows = [row for row in result.panel() if row["group"] == "0 beijing a"]
    number = rows[0]["account"]
    told = simulator.run(result.life("0 beijing a", number)).flows["本人"]
    assert [row["closing"] for row in rows if row["account"] == number] == [row.closing for row in told]
    use_language("en")
    aided = [life for life in (result.life("0 beijing a", number) for number in range(result.accounts[0])) if len(life.people) == 2]
    assert {name for life in aided for name in simulator.run(life).people} == {"holder", "relative"}


def test_nothing_missed_is_left_to_the_next_household():
    model = Model(Population.from_dict(everywhere(["beijing", "hainan"], months=60)))
    engine, written = Interpreter(model), set()
    house = engine.house()
    books = [engine.book(0)]
    for place, group in enumerate(engine.groups):
        for number in range(25):
            lives.live_all(model.group_key(place, 1), [number], group, engine.manners, engine.world, model.rows, house, books)
            if house.accounts[0].gap_number:
                written.add(number)
            left = {name for missed in house.missed for name in missed.__slots__ if name != "due_day" and any(getattr(missed, name))}
            assert not left, (place, number)
    assert len(written) > 10


def test_a_broken_identity_stops_the_run(monkeypatch):
    monkeypatch.setattr(lives, "broken", lambda row, before: 1)
    with pytest.raises(AssertionError, match="identity"):
        population(everywhere(["beijing"], "2023-06", months=3), 3, 1, compiled=False)


def test_a_fen_lost_between_two_months_stops_the_run(monkeypatch):
    def lossy(months, account, rules):
        quiet_months(months, account, rules)
        account.pockets = account.pockets._replace(carried=account.pockets.carried - 1)
    quiet_months = lives.quiet_months
    monkeypatch.setattr(lives, "quiet_months", lossy)
    with pytest.raises(AssertionError, match="identity"):
        population(everywhere(["beijing"], "2023-06", months=12), 3, 1, compiled=False)


def test_the_basis_is_what_is_in_force_within_the_span():
    """Beijing in 2030: a value of each parameter, the three bases twice, as they grow each July; those of 2029 are there at the start."""
    given = everywhere(["beijing"], joins="2030-03", months=12) | {"start": "2030-01"}
    result = population(given, 3, 1, compiled=False)
    use_language("en")
    assert f"{len(PARAMETERS) + 3} values" in result.basis_text()
    assert "Of them 6 are projected, the first from 2029-07 on" in result.basis_text()
    result = population(everywhere(["beijing"], joins="2024-06", months=12) | {"start": "2024-01"}, 3, 1, compiled=False)
    assert "projected" not in result.basis_text()


def test_what_is_asked_of_a_result_has_to_be_there():
    result = population(everywhere(["beijing"], months=24), 12, 1, compiled=False)
    assert result.histogram("2024-12") == result.histogram(2024 * 12 + 11) and sum(many for *_, many in result.histogram("2024-12")) == 12
    assert result.life("0 beijing a", result.accounts[0] - 1).title
    for ask, said in ((lambda: result.life("0 beijing a", 2000), "number"), (lambda: result.life("0 beijing a", -1), "number"),
                      (lambda: result.life("nobody", 0), "group"), (lambda: result.frame(9), "group"),
                      (lambda: result.frame(what_if=True), "what_if"), (lambda: result.yearly("credit", what_if=True), "what_if"),
                      (lambda: result.quantiles_fen(what_if=True), "what_if"), (lambda: result.life(0, 0, what_if=True), "what_if"),
                      (lambda: result.histogram("2024-11"), "month"), (lambda: result.histogram(7), "month"),
                      (lambda: result.quantiles_fen((0.5, 90)), "shares"), (lambda: result.quantiles_fen((1.5,)), "shares"),
                      (lambda: result.quantiles_fen((-0.5,)), "shares"), (lambda: result.quantiles_fen((float("nan"),)), "shares"),
                      (lambda: result.quantiles_fen(("a",)), "shares"), (lambda: result.quantiles_fen(()), "shares"),
                      (lambda: result.differences((1.5,)), "shares"), (lambda: result.represented("area"), "name"),
                      (lambda: result.yearly_share("closing"), "name"), (lambda: result.shares("closing"), "name")):
        with pytest.raises(InputError) as caught:
            ask()
        assert [problem.key for problem in caught.value.problems] == [said]
    for ask in (result.represented, result.yearly, result.yearly_share, result.shares):
        with pytest.raises(InputError, match=r"没有这一列：is_emty；是否想写 is_empty？"):
            ask("is_emty")
    least, most = result.quantiles_fen((0, 1))[1][-1]
    assert 0 <= least < most


def test_numbers_of_numpy_are_numbers():
    assert population(everywhere(["beijing"], months=24), accounts=np.int64(3), seed=np.int64(2), workers=np.int64(1)).accounts


@pytest.mark.parametrize("given", [{"accounts": 0}, {"accounts": -1}, {"accounts": 2_000_000_001}, {"accounts": 1.5}, {"seed": -1},
                                   {"seed": 2**62}, {"piece": -1}, {"piece": 0}, {"piece": 1_000_001}, {"accounts": True},
                                   {"workers": 0}, {"workers": -1}, {"workers": "2"}])
def test_numbers_out_of_range_are_refused(given, tmp_path):
    name, = given
    with pytest.raises(InputError) as caught:
        population(everywhere(["beijing"], months=24), **{"accounts": 3, **given}, out=tmp_path / "out")
    assert [problem.key for problem in caught.value.problems] == [name] and not (tmp_path / "out").exists()


def test_nothing_is_gone_on_with_without_a_folder():
    with pytest.raises(InputError) as caught:
        population(everywhere(["beijing"], months=24), 3, 1, resume=True)
    assert [problem.key for problem in caught.value.problems] == ["resume"]


def test_sums_that_leave_64_bits_stop_the_run():
    result = population(everywhere(["beijing"], months=24), 3, 1, compiled=False)
    counts = Interpreter(result.model).live(0, 1, np.arange(1))
    counts.sums[0, 5, 0] = 2**62
    result.add(0, counts)
    with pytest.raises(InputError, match="64"):
        result.add(0, counts)


# ── files ──

def test_everything_wrong_is_said_at_once(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text('''
start = "2024-01"
months = 12
[[groups]]
name = "a"
region = "beijin"
people = 10
insured = "employed"
age = [{ from = 20, to = 30, share = 0.5 }]
wages = 3
[care]
outpatient = [{ below = 40, yearly = 400, median = 5 }]
[what_if]
"credit.employee_rat" = [{ from = 2024-01-01, value = 0.03 }]
''', "utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    said = str(caught.value)
    for part in ("6: groups[0].region", "beijing", "8: groups[0].insured", "employee", "10: groups[0].wages",
                 "12: care.outpatient[0].yearly", "credit.employee_rate"):
        assert part in said, part


def test_what_no_field_can_know_is_said_with_the_rest(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text('''start = "2024-01"
months = 12
[[groups]]
name = "a"
region = "beijing"
people = 10
insured = "employee"
cadr = 0.5
age = [{ from = 30, to = 20, share = 0.5 }]
[[groups]]
name = "a"
region = "beijing"
people = 10
joins = "2025-01"
insured = "retiree"
age = [{ from = 60, to = 70, share = 1 }]
opening = { median = 100_000_000, spread = 3 }
[care]
outpatient = [{ yearly = 4, median = 5 }, { below = 40, yearly = 4, median = 5 }]
inpatient_places = { primary = 0.5, tertiry = 0.4 }
[work]
stops = [{ yearly = 0.1 }]
gaps = [{ months = 2, share = 0.5 }]
[aid]
share = 0.1
relations = { spouse = 0.5 }
''', "utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    found = {(problem.line, problem.key) for problem in caught.value.problems}
    assert found == {
        (8, "groups[0].cadr"), (3, "groups[0].wage"), (9, "groups[0].age[0]"), (9, "groups[0].age"), (11, "groups[1].name"),
        (14, "groups[1].joins"), (17, "groups[1].opening"), (19, "care.outpatient[0]"), (19, "care.outpatient[1]"),
        (18, "care.outpatient_places"), (20, "care.inpatient_places"), (20, "care.inpatient_places.tertiry"), (21, "work.causes"),
        (23, "work.gaps"), (26, "aid.relations")}


def test_what_the_rules_have_against_a_file_is_said_with_its_line(tmp_path):
    path = tmp_path / "early.toml"
    lines = ['title = "例"', 'start = "2019-01"', "months = 12", "[[groups]]", 'name = "a"', 'region = "beijing"', "people = 10",
             'insured = "retiree"', "age = [{ from = 60, to = 70, share = 1 }]", "[[groups]]", 'name = "b"', 'region = "kunshan"',
             "people = 10", 'insured = "retiree"', "age = [{ from = 60, to = 70, share = 1 }]", "[what_if]",
             '"contribution.base_ceiling" = [{ from = 2024-01-01, value = 100 }]']
    for start, wanted in (("2019-01", [(2, "start")] * 2), ("2024-01", [(17, "what_if.contribution.base_ceiling")] * 2)):
        path.write_text("\n".join(lines).replace("2019-01", start), "utf-8")
        with pytest.raises(InputError) as caught:
            population(path)
        assert [(problem.line, problem.key, problem.file) for problem in caught.value.problems] == [(*one, str(path)) for one in wanted]


def growing(**changes):
    """A population without care, whose one group has the wage or opening of `changes`."""
    given = everywhere(["beijing"], "2023-06", months=24)
    return {**given, **changes, "groups": [{**given["groups"][0], **changes.get("groups", {})}]}


@pytest.mark.parametrize("change, key", [
    ({"groups": {"opening": {"median": 100_000_000, "spread": 3}}}, r"groups\[0\].opening"),       # e^(3 × 3.49) = 35,000 times that
    ({"groups": {"wage": {"median": 20_000, "growth": 1}}, "months": 400}, r"groups\[0\].wage"),   # 2^34 times 20,000 yuan
    ({"care": {"growth": 1}, "months": 600}, "care.growth"),
    ({"care": {**LIVES["care"], "growth": 0.5}, "months": 600}, r"care.outpatient\[0\]"),
    ({"what_if": {"contribution.base_floor": [{"from": "2024-01-01", "value": 90_000_000_000}],
                  "contribution.base_ceiling": [{"from": "2024-01-01", "value": 90_000_000_000}]}}, "what_if"),
    ({"what_if": {"projection.wage_growth": [{"from": "2024-01-01", "value": 1}]}, "months": 600}, "what_if"),
    ({"what_if": {"interest.carried_rate": [{"from": "2024-01-01", "value": 1}]}, "months": 600}, "what_if"),
    ({"what_if": {"pooling.ceiling": [{"from": "2024-01-01", "value": 90_000_000_000}]}}, "what_if"),
])
def test_what_leaves_64_bits_is_refused(change, key):
    with pytest.raises(InputError, match=key) as caught:
        Model(Population.from_dict(growing(**change)))
    assert "64" in str(caught.value)


@compiled
def test_the_largest_amounts_that_are_allowed_are_computed_exactly():
    """Just below the limit, in fen: 23,058,430,092.13 ÷ e^(3 × 3.49) is 653,000 yuan."""
    from simulator.populations.machine import Machine
    model = Model(Population.from_dict(growing(groups={"opening": {"median": 600_000, "spread": 3},
                                                       "wage": {"median": 600_000, "spread": 3}})))
    plain, fast = (engine.live(0, model.group_key(0, 3), np.arange(3000)) for engine in (Interpreter(model), Machine(model)))
    assert (plain.sums == fast.sums).all() and not fast.broken[0]


@pytest.mark.parametrize("change, said", [
    ({"work": {**LIVES["work"], "gaps": [{"months": 2, "share": 0.5}]}}, "加起来|之和"),
    ({"care": {**LIVES["care"], "inpatient": [{"below": 40, "yearly": 0.1, "median": 5}]}}, "最后一段"),
    ({"aid": {"share": 0.1, "relations": {"spouse": 0.5}}}, "之和"),
    ({"care": {"outpatient": LIVES["care"]["outpatient"]}}, "outpatient_places"),
    ({"start": "2019-01", "months": 90}, "start"),
])
def test_what_no_field_can_know_is_checked(change, said):
    with pytest.raises(InputError, match=said):
        Model(Population.from_dict(everywhere(["beijing"]) | change))


# ── the command ──

def written(path, given):
    path.write_text(json.dumps(given), "utf-8")
    return path


@pytest.fixture
def example(tmp_path):
    lines = ['title = "例"', 'start = "2024-01"', "months = 24", "panel = 2", "[[groups]]", 'name = "昆山"', 'region = "昆山"',
             "people = 5000", 'insured = "employee"', "age = [{ from = 25, to = 50, share = 1 }]", "wage = { median = 8000, spread = 0.4 }",
             "[what_if]", '"interest.carried_rate" = [{ from = 2024-06-01, value = 0.02 }]']
    path = tmp_path / "example.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def command(capsys, *words):
    with pytest.raises(SystemExit) as left:
        cli.main([str(word) for word in words])
    return left.value.code or 0, capsys.readouterr()


def test_the_command_writes_proves_and_goes_on(example, tmp_path, capsys):
    out = tmp_path / "out"
    code, said = command(capsys, "population", example, "--accounts", 40, "--out", out)
    assert code == 0 and "40 个账户代表 5,000 人" in said.out and "假设之下" in said.out
    assert said.out.endswith(f"{out}：flows.csv、balances.csv、differences.csv、panel.csv、balances.svg\n")
    names = {path.name for path in out.iterdir()}
    assert names >= {"flows.csv", "balances.csv", "differences.csv", "panel.csv", "balances.svg", "manifest.json", "population.toml"}
    assert "昆山" in (out / "flows.csv").read_text("utf-8-sig")
    assert command(capsys, "population", example, "--accounts", 40, "--out", out)[0] == 2      # never mixed
    assert command(capsys, "population", example, "--accounts", 40, "--out", out, "--resume")[0] == 0
    assert command(capsys, "population", example, "--accounts", 41, "--out", out, "--resume")[0] == 2
    assert command(capsys, "verify", out)[0] == 0
    with (out / "flows.csv").open("a") as file:
        file.write("1")
    assert command(capsys, "verify", out)[0] == 1


def test_a_table_that_contradicts_the_pieces_is_found_with_right_hashes_too(example, tmp_path):
    out = tmp_path / "out"
    population(example, accounts=40, out=out)
    use_language("en")                                      # the picture is compared in the language it was drawn in
    found = proof.verify(out, sample=0)
    assert found.ok and found.rebuilt == ("flows.csv", "balances.csv", "differences.csv", "panel.csv", "balances.svg")
    for name in found.rebuilt:
        path = out / name
        before, manifest = path.read_bytes(), (out / "manifest.json").read_bytes()
        path.write_bytes(re.sub(rb"\d(?=[^\d]*$)", lambda digit: b"%d" % ((int(digit[0]) + 1) % 10), before))
        data = json.loads(manifest)
        data["outputs"][name] = shards.hash_of(path.read_bytes())
        data["sha256"] = shards._digest(data)
        (out / "manifest.json").write_text(json.dumps(data), "utf-8")
        assert shards.verify(out) == []
        assert [problem.file for problem in proof.verify(out, sample=0).problems] == [str(path)]
        path.write_bytes(before)
        (out / "manifest.json").write_bytes(manifest)


def test_json_and_english(example, tmp_path, capsys):
    code, said = command(capsys, "population", example, "--accounts", 20, "--seed", 3, "--out", tmp_path / "a", "--json")
    data = json.loads(said.out)
    assert code == 0 and data["accounts"] == 20 and data["seed"] == 3 and set(data["years"]) == {"law", "what_if"}
    assert data["years"]["law"]["lives"]["2024"] == 5000
    use_language("en")
    code, said = command(capsys, "population", example, "--accounts", 20, "--out", tmp_path / "b", "--lang", "en")
    assert code == 0 and "Under the what-if" in said.out


@pytest.mark.parametrize("people, lang, heads, cells", [
    (17, "zh", ["年（金额：元）", "年末人数（人）"], ["17", "32,640.00"]),
    (17, "en", ["year (money: yuan)", "people"], ["17", "32,640.00"]),
    (999_999, "zh", ["年（金额：万元）", "年末人数（人）"], ["999,999", "191,999.81"]),
    (1_000_000, "zh", ["年（金额：万元）", "年末人数（万人）"], ["100.0", "192,000.00"]),
    (100_000_000, "en", ["year (money: billion yuan)", "million people"], ["100.0", "192.00"]),
    (100_000_000, "zh", ["年（金额：亿元）", "年末人数（万人）"], ["10,000.0", "1,920.00"])])
def test_the_table_of_a_population_has_units_of_its_size(people, lang, heads, cells):
    """Twelve months of 2 % of 8,000 for each."""
    use_language(lang)
    result = population({"start": "2024-01", "months": 12, "groups": [alone("beijing", people=people)]}, 17, 1, compiled=False)
    found, rows = result.table()
    assert found[:2] == heads and rows[0][1:3] == cells and result.table(0) == (found, rows)


def test_ctrl_c_keeps_what_is_finished_and_the_rest_is_done_later(example, tmp_path, capsys, monkeypatch):
    from simulator.populations import run
    done, live, pieces = [], run._live, run._pieces

    def interrupted(*piece):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(piece)
        return live(*piece)
    words = ("population", example, "--accounts", 40, "--out", tmp_path / "out")
    monkeypatch.setattr(run, "_live", interrupted)
    monkeypatch.setattr(run, "_pieces", lambda *_: interrupted())                   # before there is a folder
    done += [()] * 3
    assert command(capsys, *words) == (130, ("", "已停止。\n")) and not (tmp_path / "out").exists()
    done.clear()
    monkeypatch.setattr(run, "_pieces", pieces)
    code, said = command(capsys, *words)
    assert code == 130 and "--resume" in said.err and len(list((tmp_path / "out" / "pieces").iterdir())) == 3
    monkeypatch.setattr(run, "_live", live)
    assert command(capsys, *words, "--resume")[0] == 0
    assert command(capsys, *words[:-1], tmp_path / "whole")[0] == 0
    names = [path.relative_to(tmp_path / "whole") for path in (tmp_path / "whole").rglob("*.*")]
    assert len(names) > 6 and all((tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes() for name in names)


def test_a_wrong_file_leaves_nothing(tmp_path, capsys):
    path = written(tmp_path / "wrong.toml", {})
    code, said = command(capsys, "population", path, "--out", tmp_path / "out")
    assert code == 2 and "wrong.toml" in said.err and not (tmp_path / "out").exists()


# ── what is kept of the compiler's work ──

@compiled
def test_a_folder_that_cannot_be_written_is_passed_over(monkeypatch, tmp_path):
    from simulator.populations import machine
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert machine.cache_folder().startswith(str(tmp_path / "cache"))
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file"))
    monkeypatch.setattr(machine.tempfile, "gettempdir", lambda: str(tmp_path / "file"))
    assert machine.cache_folder() is None


@compiled
@pytest.mark.parametrize("damage", ["half", "empty index", "full disk", "full disk of the index"])
def test_a_cache_that_cannot_be_used_stops_no_run(damage, monkeypatch, tmp_path):
    """What is compiled is right whatever lies in its folder, and the next who comes finds it kept there."""
    from numba import types
    from numba.core.caching import IndexDataCacheFile

    from simulator.populations import machine

    def hits():
        compiled_ = machine._compiled(months.calendar_month, (types.int64,))
        assert compiled_(14) == 3
        return sum(compiled_.stats.cache_hits.values())
    monkeypatch.setattr(machine.numba.config, "CACHE_DIR", str(tmp_path))
    if "disk" in damage:
        def full(*_):
            raise OSError(28, "No space left on device")
        with monkeypatch.context() as broken:
            broken.setattr(IndexDataCacheFile, "_save_index" if "index" in damage else "_save_data", full)
            assert hits() == 0
    else:
        assert hits() == 0 and hits() == 1
        file, = tmp_path.rglob("*.nbi" if "index" in damage else "*.nbc")
        file.write_bytes(b"" if "index" in damage else file.read_bytes()[:100])
    assert hits() == 0
    assert hits() == 1


def test_columns_are_those_of_the_ledger():
    assert set(Flows._fields) < set(COUNTED) and len(COUNTED) == len(set(COUNTED))
    assert COUNTED[:len(LASTING)] == LASTING and set(OWN).isdisjoint(LASTING)
    assert len(COUNTED) % 8 == len(LASTING) % 8 == 0                               # whole lines of the processor's cache
