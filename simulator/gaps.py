"""What a gap in contributions costs: the same life without it, with it paid back, and with it left unpaid."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from simulator import engine, months
from simulator.language import Text

if TYPE_CHECKING:
    from simulator.ledger import Result
    from simulator.scenario import Scenario

PAYING = ("stop", "resume", "back_pay")                     # the events of a gap
EMPLOYER = "employer_arrears"


@dataclass(frozen=True)
class Gap:
    """A gap against the same life without one, over the whole span, fen.

    `refused` says why the missed months could not be paid back. `premium_fen` is what was paid more (less: negative),
    `lost_fen` what the pool paid less, `credit_fen` what was credited less, `interest_fen` how much less interest there was.
    `worse_by_fen` is what the person has less at the end: in the account, and in hand after cash, premiums and a late fee of
    one's own. Where no relative draws on the account, it is the sum of these.
    """
    months: int
    paid_on: date | None
    refused: Text | None
    uncovered_months: int
    waiting_months: int
    premium_fen: int
    late_fee_fen: int
    lost_fen: int
    credit_fen: int
    interest_fen: int
    worse_by_fen: int
    result: Result


def gap(scenario: Scenario, first_month: int, count: int, cause: str, paid_on: date | None = None) -> Gap:
    """The `Gap` of the first person who misses `count` months from a month (its number) on, and then pays again.

    `paid_on` is the day on which the missed months are paid back, None if they never are. The gaps that the scenario
    has itself do not count.
    """
    return _against(engine.run(without_gaps(scenario)), scenario, first_month, count, cause, paid_on)


def by_length(scenario: Scenario, first_month: int, most: int, cause: str,
              day_of_month: int | None = None) -> list[Gap]:
    """Gaps of one month to `most`, paid back on a day of the month in which paying begins again, or never."""
    base = engine.run(without_gaps(scenario))
    return [_against(base, scenario, first_month, count, cause,
                     _day(first_month + count, day_of_month) if day_of_month else None) for count in range(1, most + 1)]


def by_day(scenario: Scenario, first_month: int, count: int, cause: str, day_of_month: int, most: int) -> list[Gap]:
    """One gap, paid back in each of `most` months from the one on in which paying begins again."""
    base = engine.run(without_gaps(scenario))
    return [_against(base, scenario, first_month, count, cause, _day(first_month + count + later, day_of_month))
            for later in range(most)]


def without_gaps(scenario: Scenario) -> Scenario:
    """The scenario without the gaps of its first person."""
    who = scenario.people[0].name
    events = [one for one in scenario.data.get("events", ()) if one["who"] != who or one["type"] not in PAYING or _is_new_job(one)]
    return scenario.varied(events=events, expect=[])


def _is_new_job(event: dict[str, Any]) -> bool:
    """A return that says more than that premiums are paid again: as what, or at which wage."""
    return event["type"] == "resume" and ("wage" in event or "insured" in event)


def with_gap(scenario: Scenario, first_month: int, count: int, cause: str, paid_on: date | None = None) -> Scenario:
    """The scenario with one gap of its first person, and no other."""
    base = without_gaps(scenario)
    who, again = scenario.people[0].name, first_month + count
    others: list[dict[str, Any]] = []
    back: dict[str, Any] = {"on": months.first_day(again), "who": who, "type": "resume"}
    for one in base.data["events"]:
        if one["who"] == who and _is_new_job(one) and first_month <= months.month_number(months.day(one["on"])) < again:
            back = {**one, **back}                          # a new job within the gap begins when it is over
        else:
            others.append(one)
    events = [{"on": months.first_day(first_month), "who": who, "type": "stop", "cause": cause}, back]
    if paid_on:
        events.append({"on": paid_on, "who": who, "type": "back_pay"})
    return base.varied(events=[*others, *events])


def _against(base: Result, scenario: Scenario, first_month: int, count: int, cause: str, paid_on: date | None) -> Gap:
    result = engine.run(with_gap(scenario, first_month, count, cause, paid_on))
    was, now = base.summary(), result.summary()
    refused = next((one.reason for one in result.decisions if one.type == "back_pay" and not one.granted), None)
    late_fee_fen = result.total("late_fee_paid")
    rows, rows_before = result.flows[result.holder], base.flows[base.holder]
    return Gap(
        count, paid_on, refused,
        uncovered_months=sum(row.eligible < before.eligible for row, before in zip(rows, rows_before)),
        waiting_months=max(row.waiting_months for row in rows),
        premium_fen=now["premium_paid"] - was["premium_paid"],
        late_fee_fen=late_fee_fen,
        lost_fen=was["reimbursed"] + was["refund"] - now["reimbursed"] - now["refund"],
        credit_fen=was["credit"] + was["back_credit"] - now["credit"] - now["back_credit"],
        interest_fen=was["interest"] - now["interest"],
        worse_by_fen=_left(was) - _left(now) + (0 if cause == EMPLOYER else late_fee_fen),
        result=result)


def _left(summary: dict[str, int]) -> int:
    """What a person has at the end: the account, with what is on its way to another area, less what was paid out of pocket."""
    kept = summary["closing"] + summary["withdrawn"] + summary["transfer_out"] - summary["transfer_in"]
    return kept - summary["cash_paid"] - summary["premium_paid"]


def _day(month: int, day_of_month: int) -> date:
    return months.first_day(month).replace(day=min(day_of_month, months.last_day(month).day))
