"""What holds for every household, whatever happens to it and whatever rules it tries.

Each property is tried on lives drawn by `any_life`, always the same ones, and on those of `tests/cases/lives`, which once
broke one. `make properties` draws many more, and others each time.
"""
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from any_life import EVERYWHERE, SOME, WAGES, any_life, yuan
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

import simulator
from simulator import money, months, policy, questions
from simulator.columns import INFLOWS, OUTFLOWS
from simulator.law.account import Flows, Pockets
from simulator.parameters import PARAMETERS, REASONS
from simulator.scenario import load, read
from simulator.scenario_text import to_toml

CASES = sorted((Path(__file__).parent / "cases" / "lives").glob("*.toml"))


def holds(life=None, **more):
    """A property of lives: of drawn ones, and of those kept. `more` is {name: (strategy, what a kept life gets)}."""
    def decorated(test):
        test = given(life=any_life() if life is None else life, **{name: strategy for name, (strategy, _) in more.items()})(test)
        for path in CASES if life is None else ():
            test = example(life=load(path).data, **{name: kept for name, (_, kept) in more.items()})(test)
        return test
    return decorated


def rows(result):
    """(person, month's place, its `Flows`) of everybody and every month."""
    return ((name, place, row) for name, flows in result.flows.items() for place, row in enumerate(flows))


def answers(result):
    """What was granted and refused, as far as a reader sees it."""
    return [(one.month, one.day, one.who, one.type, one.granted, one.amount_fen, one.reason, one.param, one.due)
            for one in result.decisions]


# ── of every life: conservation, no negative pocket, closing is final ───────────────────────────────

@settings(max_examples=4 * settings().max_examples)
@holds()
def test_of_any_life(life):
    """Everything that can be seen in one run."""
    result = simulator.run(life)
    for hold in (money_is_neither_made_nor_lost, what_is_billed_is_what_the_file_says, nothing_is_ever_negative, closing_is_final,
                 the_file_says_all):
        hold(result)


def money_is_neither_made_nor_lost(result):
    """Each month closes with what it opened with, plus what came in, less what went out; it opens with what the month before
    closed with, the first with the file's opening; the balance is in the three pockets; a bill is paid by pool, account,
    relatives and cash, and by nobody else; what relatives give is what relatives get. What heirs and movers get has left an
    account of the household before: all that was transferred in, up to any month, is no more than all that was transferred out.

    Nothing of this asks the engine's own check, which a fault could have made blind.
    """
    for person in result.scenario.people:
        before = person.opening.current + person.opening.carried + person.opening.withdrawable
        for row in result.flows[person.name]:
            assert row.opening == before
            assert row.closing == row.opening + sum(getattr(row, name) for name in INFLOWS) - sum(getattr(row, name) for name in OUTFLOWS)
            assert row.closing == row.current + row.carried + row.withdrawable
            assert row.medical == row.reimbursed + row.spent + row.aid_received + row.cash_paid
            before = row.closing
    on_the_way = 0
    for of_month in zip(*result.flows.values()):
        assert sum(row.aid_given for row in of_month) == sum(row.aid_received for row in of_month)
        on_the_way += sum(row.transfer_out - row.transfer_in for row in of_month)
        assert on_the_way >= 0


def what_is_billed_is_what_the_file_says(result):
    """A person's bills of a month are the regular ones and the events of the month, whoever pays them: none is lost,
    none is counted twice, and nobody else's is paid. The month of a death is lived to its end; after it there are none."""
    for person in result.scenario.people:
        died = min((months.month_number(one.on) for one in result.scenario.events
                    if one.who == person.name and one.type == "withdraw" and one.reason == "death"), default=result.scenario.end)
        regular = person.medical.pharmacy + person.medical.primary + person.medical.secondary + person.medical.tertiary
        for place, row in enumerate(result.flows[person.name]):
            own = [one.amount for one in result.scenario.events if one.type == "medical" and one.who == person.name
                   and months.month_number(one.on) == result.scenario.start + place]
            assert row.medical == (regular + sum(own) if result.scenario.start + place <= died else 0)


def nothing_is_ever_negative(result):
    """No column of the ledger is below zero, the pockets and interest included: no rule there is charges an overdraft, and no
    rate of a what-if can be below zero."""
    for name, place, row in rows(result):
        assert min(row) >= 0, (name, place, dict(zip(row._fields, row)))


def closing_is_final(result):
    """Once money was paid out for a reason that closes the account, it ends the month with nothing and stays so: nothing is
    credited, earned, received, spent or given, until the person takes up insurance anew (`resume`); what comes
    back for the bills of a gap that is paid afterwards is paid out at once. The dead do not: for them
    nothing is ever granted again, no month is contributed and nothing is owed.
    """
    start = result.scenario.start
    for who, flows in result.flows.items():
        closed, dead = _closings(result, who)
        resumed = [months.month_number(one.on) for one in result.scenario.events if one.type == "resume" and one.who == who]
        for place, row in enumerate(flows):
            month = start + place
            if any(at <= month and not any(at < again <= month for again in resumed) for at in closed):
                assert (row.closing, row.current, row.carried, row.withdrawable) == (0, 0, 0, 0), place
                if month not in closed:
                    used = {*INFLOWS, *OUTFLOWS} - {"refund", "withdrawn"}
                    assert not any(getattr(row, name) for name in used) and row.refund == row.withdrawn, place
            if dead is not None and month > dead:
                used = row._replace(area=0, medical=0, cash_paid=0, aid_received=0)
                assert used == Flows(*[0] * len(Flows._fields)), place
        if dead is not None:
            assert not any(one.granted for one in result.decisions if one.who == who and months.month_number(one.day) > dead
                           and one.type != "aid")


def _closings(result, name):
    """(the months in which a person's account was closed, the month of death or None)."""
    closed, dead = [], None
    asked = [one for one in result.timeline.events if one.who == name and one.type == "withdraw"]
    answered = [one for one in result.decisions if one.who == name and one.type == "withdraw"]
    for request, answer in zip(asked, answered):
        rules = result.timeline.rows[result.timeline.row_on(result.people.index(name), _area(result, name, request.on), request.on)]
        if answer.granted and rules.withdrawal_closing_reasons[REASONS.index(request.reason)]:
            closed.append(months.month_number(request.on))
            if request.reason == "death":
                dead = closed[-1]
    return closed, dead


def _area(result, name, day):
    return result.row(months.month_number(day), name).area


@holds(any_life(least=2), reason=(st.sampled_from(REASONS), "remote_residence"), day=(st.integers(32, 700), 40), owes=(st.booleans(), True))
def test_what_closes_an_account_closes_it_for_good(life, reason, day, owes):
    """The same where every reason is one to close the account, also those after which people stay insured, and somebody asks:
    perhaps with months owed, which are paid afterwards; the dead try to take up insurance again."""
    start, last = months.first_day(months.month_number(life["start"])), _last_day(life)
    days = [min(start + timedelta(count), last) for count in (0, day, day + 40)]
    kinds = [{"type": "stop", "cause": "employer_arrears"}, {"type": "withdraw", "reason": reason}, {"type": "back_pay"}]
    asked = [{"on": day, "who": life["people"][0]["name"], **one} for day, one in zip(days, kinds)][not owes:]
    if reason == "death":
        asked.append({**asked[-1], "type": "resume", "insured": "employee"})
    rules = {f"withdrawal.{name}": [{"from": start, "value": list(REASONS)}] for name in ("reasons", "closing_reasons")}
    closing_is_final(simulator.run({**life, "events": [*life.get("events", ()), *asked], "rules": {**life.get("rules", {}), **rules}}))


def _last_day(life):
    return months.last_day(months.month_number(life["start"]) + life["months"] - 1)


def the_file_says_all(result):
    """What is written of a scenario reads back as the same scenario."""
    assert read(to_toml(result.scenario).encode()) == result.scenario

# ── a higher wage never credits less ────────────────────────────────────────────────────────────

@holds(any_life(but={"credit.deduction_rates"}), wage=(WAGES, None),
       insured=(st.sampled_from(["employee", "flexible"]), None))
def test_a_higher_wage_never_credits_less(life, wage, insured):
    """On the way up from no wage to one beyond every ceiling: who earns more is credited no less, month for month, of premiums
    and of back-payments; nobody else's credit changes.

    It does not hold
    - where somebody asks for a stated sum on closing the account: with more money there the sum may be refused, or granted,
      as it is not, or is, the whole of the balance, and a closed account is credited nothing (no such request is drawn here);
    - beyond one unit of rounding where a share of the base is taken out of the credit (`credit.deduction_rates`: two roundings);
      with a what-if that takes out more than is paid in, not at all (none is drawn here).
    """
    life = {**life, "events": [{key: value for key, value in one.items() if (one["type"], key) != ("withdraw", "amount")}
                               for one in life.get("events", ())]}
    me, *others = life["people"]
    wages = sorted({0, 5000, 8000, 20_000, 60_000, wage, wage + Decimal("0.01")})
    results = [simulator.run({**life, "people": [{**me, "insured": insured, "wage": one}, *others]}) for one in wages]
    plain = results[0]
    slack = max((rules.credit_rounding // 4 for rules in plain.timeline.rows if any(band[1] for band in rules.credit_deduction_rates)),
                default=0)
    for plain, richer in pairwise(results):
        for (name, place, row), (_, _, other) in zip(rows(plain), rows(richer), strict=True):
            if name == me["name"]:
                assert other.credit >= row.credit - slack, place
                assert other.back_credit >= row.back_credit - slack * row.contributed_months, place
            else:
                assert (other.credit, other.back_credit) == (row.credit, row.back_credit), (name, place)


# ── a later payment never costs a lower fee ─────────────────────────────────────────────────────

@given(principal=yuan(100_000), last=st.dates(date(2003, 1, 1), date(2027, 12, 31)), days=st.integers(-2, 6000), more=st.integers(0, 400))
def test_a_later_day_never_costs_a_lower_fee(principal, last, days, more):
    """For a principal in arrears since one day, each day more costs as much or more, also across the change of 2011 from 2 ‰ to
    0.5 ‰ a day: every part is charged at its own rate."""
    first = max(date(1998, 12, 14), last - timedelta(days))     # no rate is known before
    fees = [questions.late_fee(money.fen(principal), first, day).fee_fen for day in (last, last + timedelta(more))]
    assert fees[1] >= fees[0] >= 0


@given(region=st.sampled_from(EVERYWHERE), month=st.integers(months.month_number("2021-01"), months.month_number("2026-06")),
       gap=st.integers(1, 8), wage=WAGES, paid=st.integers(0, 200), more=st.integers(0, 200),
       cause=st.sampled_from(["employer_arrears", "job_loss"]),
       count=st.sampled_from([None, "legal", "settlement", "thirty days"]), due=st.sampled_from([None, 1, 28, 31]), payer=st.booleans())
def test_paying_a_gap_later_never_costs_a_lower_fee(region, month, gap, wage, paid, more, cause, count, due, payer):
    """A gap that is over, paid in full on some day or on a later one: the fee of the later day is no lower, in every area, by
    each way of counting days and with each due day, whoever owes it.

    It does not hold, and is left out,
    - across a day on which the rules of arrears change: the rules of the day of payment decide, and later ones may be milder;
    - where the later payment is refused, because the gap is too long by then, or pays other months.
    """
    rules = {"arrears.day_count": count, "arrears.due_day": due, "arrears.fee_payer": "defaulter" if payer else None}
    back = months.first_day(month + gap)
    days = [back + timedelta(paid), back + timedelta(paid + more)]
    life = {"region": region, "start": months.month_text(month), "months": gap + 15,
            "people": [{"name": "甲", "birth": "1990-01", "sex": "male", "insured": "employee", "wage": wage}],
            "rules": {name: [{"from": date(1998, 12, 14), "value": value}] for name, value in rules.items() if value}}
    stopped = [{"on": months.first_day(month), "who": "甲", "type": "stop", "cause": cause}, {"on": back, "who": "甲", "type": "resume"}]
    first, later = (simulator.run({**life, "events": [*stopped, {"on": day, "who": "甲", "type": "back_pay"}]}) for day in days)
    table = first.timeline.rows
    fields = [name for name in table[0]._fields if name.startswith("arrears_") and "late_fee_daily_rate" not in name]
    assume(len({tuple(getattr(row, name) for name in fields) for row in table}) == 1)
    one, other = first.decisions[-1], later.decisions[-1]
    assume(one.granted and other.granted and one.amount_fen == other.amount_fen)
    fees = [sum(row.late_fee_paid for row in result.flows["甲"]) for result in (first, later)]
    event(f"fee {'due' if fees[1] else 'none'}")
    assert fees[1] >= fees[0]


# ── splitting a span ────────────────────────────────────────────────────────────────────────────

@settings(max_examples=2 * settings().max_examples)
@holds(cut=(st.integers(1, 25), 3))
def test_a_shorter_span_is_the_beginning_of_a_longer_one(life, cut):
    """The first months of a scenario are those of the same scenario with fewer months: nothing that happens later, no rule that
    starts later and no year to which rules are projected reaches back. Rows and answers are the same to the last fen.

    A file takes no event beyond its span: of the shorter scenario those are left out.
    """
    whole = simulator.run(life)
    length = min(cut, life["months"])
    end = whole.scenario.start + length
    part = simulator.run({**life, "months": length,
                          "events": [one for one in life.get("events", ()) if months.month_number(one["on"]) < end]})
    assert part.flows == {name: flows[:length] for name, flows in whole.flows.items()}
    assert answers(part) == [one for one in answers(whole) if months.month_number(one[0]) < end]


YEARS = {"interest.year_start", "interest.settlement", "pooling.year_start", "contribution.base_year_start"}


@given(life=any_life(SOME, 24, ("medical", "premium"), but=YEARS), later=any_life(SOME, 24))
def test_two_years_are_the_one_and_then_the_other(life, later):
    """A scenario of two years ends as one of the first year and then one of the second, which begins with what the first left:
    the balances in their pockets and the months contributed.

    A file can say no more of a past than that. So it holds from January to January, in areas whose interest, pool and account
    years end there, for lives whose first year leaves nothing else behind: no gap, wait or arrears, no money on its way, no
    change of status or place, no wage but the one of the file. In the second year anything may happen, but that nobody's first
    enrolment can begin with its first month: a file that starts with it takes it as one that has been.
    """
    january = (int(life["start"][:4]) + 1) * 12
    names = [one["name"] for one in life["people"]]
    life = {**life, "start": months.month_text(january - 12), "people": [
        {key: value for key, value in one.items() if key != "wage_growth"} for one in life["people"]], "rules": {
        name: [{**one, "from": date(1999, 1, 1)} for one in given[:1]] for name, given in life.get("rules", {}).items()}}
    first = [{**one, "on": _moved(one["on"], january - 12)} for one in life.get("events", ()) if not one.get("prepaid")]
    then = [{**one, "on": _moved(one["on"], january)} for one in later.get("events", ())]
    then = [one for one in then if {one["who"], one.get("to", one["who"])} <= {*names}
            and not (one["type"] == "resume" and one["on"] < months.first_day(january + 1))]
    whole = simulator.run({**life, "months": 24, "events": [*first, *then]})
    rules = whole.timeline.rows
    assume(all(one.interest_year_start_month == one.pooling_year_start_month == 1 and one.interest_settlement_in_month[11]
               for one in rules))
    left = {name: flows[11] for name, flows in whole.flows.items()}
    assume(all(flows[11].status == flows[0].status == flows[12].status for flows in whole.flows.values()))
    assume(not any(row.gap_months or row.waiting_months or row.arrears for row in left.values()))
    year = simulator.run({**life, "months": 12, "events": first})
    people = [{**one, "contributed_months": left[one["name"]].contributed_months, "opening": {
        pocket: Decimal(getattr(left[one["name"]], pocket)).scaleb(-2) for pocket in Pockets._fields}} for one in life["people"]]
    second = simulator.run({**life, "start": months.month_text(january), "months": 12, "people": people, "events": then})
    event(f"{len(first)} and {len(then)} events")
    assert {name: year.flows[name] + second.flows[name] for name in names} == whole.flows


def _moved(day, january):
    """The same day of the year that begins with a January."""
    month = january + months.month_number(day) % 12
    return min(months.first_day(month) + timedelta(months.day(day).day - 1), months.last_day(month))


# ── names and order ─────────────────────────────────────────────────────────────────────────────

@settings(max_examples=2 * settings().max_examples)
@holds(any_life(least=2), order=(st.permutations(range(4)), None), turn=(st.integers(0, 7), None))
def test_names_and_order_change_nothing(life, order, turn):
    """Other names, people in another order and events in another order of the file: everybody's months and answers are the same.

    Two things have an order that counts, and keep it here: aid, which is drawn on as it was registered, and events of one day,
    which happen as they are listed. Who is named first is the holder the summary is about, and nothing else.
    """
    plain = simulator.run(life)
    new = {name: f"{name}二" for name in plain.people}
    people = [{**one, "name": new[one["name"]]} for one in life["people"]]
    shuffled = [people[place] for place in order if place < len(people)]

    def renamed(one):
        return {key: new[value] if key in ("who", "from", "to") else value for key, value in one.items()}
    events = [renamed(one) for one in life.get("events", ())]
    by_day = sorted(enumerate(events), key=lambda one: ((months.day(one[1]["on"]).day + turn) % 7, months.day(one[1]["on"]), one[0]))
    other = simulator.run({**life, "people": shuffled, "aid": [renamed(one) for one in life.get("aid", ())],
                           "events": [one for _, one in by_day]})

    def of_place(result, row):
        return row._replace(area=result.timeline.areas[row.area])
    assert ({new[name]: [of_place(plain, row) for row in flows] for name, flows in plain.flows.items()}
            == {name: [of_place(other, row) for row in flows] for name, flows in other.flows.items()})
    assert (sorted(repr((*one[:2], new[one[2]], *one[3:])) for one in answers(plain)) == sorted(map(repr, answers(other))))


@settings(max_examples=settings().max_examples // 3)
@holds()
def test_a_region_is_the_same_by_every_name(life):
    """Id, Chinese name, English name and GB/T 2260 code of a region are the same region, where two do not share a name."""
    named = {one: policy.region(one) for one in {life["region"]} | {one["region"] for one in life["people"] if "region" in one}}
    plain = simulator.run(life)
    for word in (lambda one: one.name.zh, lambda one: int(one.code)):
        other = {**life, "region": word(policy.region(life["region"])), "people": [
            {**one, "region": word(named[one["region"]])} if "region" in one else one for one in life["people"]]}
        assert simulator.run(other).flows == plain.flows


# ── a what-if that is the law ───────────────────────────────────────────────────────────────────

@holds(any_life(EVERYWHERE, rules=False), names=(st.lists(st.sampled_from(list(PARAMETERS)), min_size=1, max_size=12, unique=True), None))
def test_a_what_if_of_what_is_the_law_changes_nothing(life, names):
    """A what-if that states of some parameters just what is in force, at all times, former values and projected ones included,
    changes no number and no answer but the source that is named.

    A what-if counts wherever the household is: so this is for lives in one place.
    """
    life = {**life, "people": [{key: value for key, value in one.items() if key not in ("region", "plan")} for one in life["people"]],
            "events": [one for one in life.get("events", ()) if one["type"] != "move"]}
    plain = simulator.run(life)
    (table, _), = plain.timeline.tables.values()
    rules = {name: [{"from": span.start, "value": span.value} for span in table.spans[name]] for name in names}
    other = simulator.run({**life, "rules": rules})
    assert other.flows == plain.flows and answers(other) == answers(plain)
    assert list(other.timeline.rows) == list(plain.timeline.rows)


@settings(max_examples=settings().max_examples // 3)
@holds(any_life(EVERYWHERE))
def test_an_empty_what_if_is_none(life):
    """`[rules]` with parameters that have no entries is as no `[rules]`."""
    life = {key: value for key, value in life.items() if key != "rules"}
    assert simulator.run({**life, "rules": {"credit.rounding": [], "pooling.rate": []}}).flows == simulator.run(life).flows


# ── a zero fee rate ─────────────────────────────────────────────────────────────────────────────

@holds()
def test_a_zero_fee_rate_gives_zero_fee_and_changes_nothing_else(life):
    """With a late fee of 0 a day from the beginning on, no fee is due and none is paid; and as late fees never enter the account
    or the premium, every other number is what it was."""
    plain = simulator.run(life)
    zero = {"arrears.late_fee_daily_rate": [{"from": date(1990, 1, 1), "value": 0}]}
    free = simulator.run({**life, "rules": {**life.get("rules", {}), **zero}})
    for (_, _, row), (_, _, other) in zip(rows(plain), rows(free), strict=True):
        assert other == row._replace(late_fee_accrued=0, late_fee_paid=0)
    assert answers(free) == answers(plain)
    event("fees" if any(row.late_fee_accrued for _, _, row in rows(plain)) else "no fees")
