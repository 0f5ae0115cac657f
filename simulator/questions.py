"""Single questions, answered by the law: late fee, retirement, withdrawal, who may draw on whom."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from simulator import labels, months, policy
from simulator.decisions import ANSWERS
from simulator.language import Text
from simulator.law import arrears, mutual_aid, retirement, withdrawal
from simulator.law.account import ALL, FREE, NONE, RESIDENT, Pockets
from simulator.law.month import helps_another
from simulator.money import PPM
from simulator.parameters import REASONS, RELATIONS, USES
from simulator.problems import InputError, Problem

if TYPE_CHECKING:
    from simulator.ledger import Result


@dataclass(frozen=True)
class LateFee:
    """The late fee on a principal: `days` with both ends counted, `fee_fen`, and the rules it went by, rates first, oldest first."""
    days: int
    fee_fen: int
    spans: tuple[policy.Span, ...]


def late_fee(principal_fen: int, first: date, last: date, region: str = "national") -> LateFee:
    """The late fee from a first to a last day, both counted, by a region's rules of the last day.

    InputError if they are not known for that day, or no rate for the first one.
    """
    found = policy.region(region)
    _check_known(found, first, last)
    table = policy.RuleTable(found, max(months.month_number(last), months.month_number(found.covers)), 1)
    fee_fen = arrears.late_fee(principal_fen, first.toordinal(), last.toordinal(), table.row_on(last))
    rates = tuple(span for span in table.spans["arrears.late_fee_daily_rate"] if span.start <= last)
    rates = tuple(span for span, after in zip(rates, (*rates[1:], None)) if after is None or after.start > first)
    names = ["arrears.fee_rounding"]
    if fee_fen >= principal_fen > 0:                          # with a cap it could be no more
        names.append("arrears.fee_cap")
    return LateFee(max(0, (last - first).days + 1), fee_fen, rates + _spans(table, names, last))


def _check_known(found: policy.Region, first: date, last: date) -> None:
    """InputError for a late fee of days before the first rate, or by local rules before the region's first month."""
    rate = policy.spans(found, "arrears.late_fee_daily_rate")[0].start
    if min(first, last) < rate:
        raise InputError([Problem("FROM", Text(f"{rate} 之前的滞纳金日率没有收录", f"no rate of late fees is known before {rate}"))])
    if found.parent and last < found.covers:
        raise InputError([Problem("TO", Text(
            f"{found.name.zh} 的规则自 {found.covers} 起有记录；截止日更早的，不写 --region（按全国规则）",
            f"the rules of {found.name.en} are known from {found.covers} on; for an earlier day leave out --region (national rules)"))])


@dataclass(frozen=True)
class Retirement:
    """The statutory month (a month's number), the delay against the age before 2025, and the age at it in months."""
    month: int
    delay_months: int
    age_months: int
    span: policy.Span

    @property
    def age(self) -> str:
        """`60y3m`."""
        years, rest = divmod(self.age_months, 12)
        return f"{years}y{rest}m" if rest else f"{years}y"


def statutory_retirement(birth_month: int, sex: str, career: str = "worker") -> Retirement:
    """When somebody born in a month (its number) reaches statutory retirement age."""
    table = policy.RuleTable(policy.region("national"), months.month_number("2025-01"), 1)
    month, delay = retirement.statutory_month(birth_month, sex == "female", career == "cadre", table.rows[0])
    return Retirement(month, delay, month - birth_month, table.span("retirement.delay_start", date(2025, 1, 1)))


@dataclass(frozen=True)
class Withdrawal:
    """Whether money may be taken out: how much (None where no balance was given), why, how soon, and by which rules.

    `at_most` where only a part of the balance is free, and the balance does not tell which: no more than the amount.
    """
    allowed: bool
    amount_fen: int | None
    reason: Text
    working_days: int
    spans: tuple[policy.Span, ...]
    at_most: bool = False


def can_withdraw(region: str, reason: str, on: date, balance_fen: int | None = None) -> Withdrawal:
    """Whether a region pays out for a reason on a day, and how much of a balance."""
    found = policy.region(region)
    if on < found.covers:
        raise InputError([Problem("--on", Text(f"{found.name.zh} 的规则自 {found.covers} 起有记录",
                                               f"the rules of {found.name.en} are known from {found.covers} on"))])
    table = policy.RuleTable(found, months.month_number(on), 1)
    rules = table.row_on(on)
    what, asked = REASONS.index(reason), labels.REASONS[reason]
    there_fen = 1 if balance_fen is None else balance_fen       # no balance given: any will do
    pockets = Pockets(0, 0, there_fen) if what == FREE else Pockets(0, there_fen, 0)
    answer, amount_fen = withdrawal.decide(what, ALL, pockets, 0, False, rules)
    names = ["withdrawal.reasons"]
    if answer != withdrawal.PAID:
        return Withdrawal(False, 0, ANSWERS["withdraw"][answer][0], 0, _spans(table, names, on))
    names.append("withdrawal.working_days")
    text = Text(f"{asked.zh}：可以提取", f"{asked.en}: paid out")
    if rules.withdrawal_closing_reasons[what]:
        names.append("withdrawal.closing_reasons")
        text = Text(text.zh + "，一次付清并销户", text.en + ", all at once, and the account is closed")
    elif what == FREE:
        names.append("withdrawal.free_share")
        if 0 < rules.withdrawal_free_share_ppm < PPM:
            share = table.span("withdrawal.free_share", on).value
            text = Text(f"每笔计入额中仅 {share} 可以自由支取", f"only {share} of each credit may be taken out freely")
        if rules.withdrawal_free_share_ppm == 0:
            names.append("withdrawal.free_balance_until")
            until = table.span("withdrawal.free_balance_until", on).value
            text = Text(f"仅 {until} 以前计入的资金可以自由支取", f"only money credited up to {until} may be taken out freely")
    return Withdrawal(True, None if balance_fen is None else amount_fen, text, rules.withdrawal_working_days,
                      _spans(table, names, on), what == FREE and rules.withdrawal_free_share_ppm < PPM)


def _spans(table: policy.RuleTable, names: Iterable[str], on: date) -> tuple[policy.Span, ...]:
    return tuple(table.span(name, on) for name in names)


WITHDRAWAL_RULES = ("withdrawal.reasons", "withdrawal.closing_reasons", "withdrawal.free_share", "withdrawal.free_balance_until",
                    "withdrawal.working_days")


def withdrawal_history(region: str, reason: str) -> list[tuple[date, Withdrawal]]:
    """How a region's answer changed: (first day, `Withdrawal`), oldest first, without a balance; the last one goes on."""
    found = policy.region(region)
    turns = {max(span.start, found.covers) for name in WITHDRAWAL_RULES for span in policy.spans(found, name)}
    history: list[tuple[date, Withdrawal]] = []
    for day in sorted(turns):
        answer = can_withdraw(region, reason, day)
        if not history or _said(answer) != _said(history[-1][1]):
            history.append((day, answer))
    return history


def _said(answer: Withdrawal) -> tuple[object, ...]:
    return answer.allowed, answer.reason, answer.working_days, [span.entry for span in answer.spans]


@dataclass(frozen=True)
class Draw:
    """Whether one person may draw on another's account for a use, up to how much now, or why not and by which rule."""
    giver: str
    to: str
    relation: str
    use: str
    allowed: bool
    giveable_fen: int
    reason: Text
    span: policy.Span | None = None


def who_may_draw(result: Result, day: date) -> list[Draw]:
    """The `Draw`s of every authorisation of a result on a day of it, one for each use that aid can have.

    What may be given is what the account holds at the end of that day's month.
    """
    timeline, month = result.timeline, months.month_number(day)
    rows = [result.row(month, name) for name in result.people]
    closed = {name for name in result.people if _is_closed(result, name, day)}
    gives = [NONE if row.gap_months or row.status == RESIDENT or name in closed else row.status for name, row in zip(result.people, rows)]
    takes = [NONE if row.gap_months else row.status for row in rows]
    found = []
    for number, aid in enumerate(timeline.aids):
        giver, taker = rows[aid.giver], rows[aid.taker]
        rules = timeline.rows[timeline.row_on(aid.giver, giver.area, day)]
        people_before = sum(helps_another(place, aid, day.toordinal(), timeline.aids) for place in range(number))
        left_fen = mutual_aid.giveable(Pockets(giver.current, giver.carried, giver.withdrawable), rules)
        for use, name in enumerate(USES):
            answer = mutual_aid.may_give(
                aid, use, day.toordinal(), people_before, gives[aid.giver], takes[aid.taker],
                timeline.cities[giver.area] == timeline.cities[taker.area],
                timeline.provinces[giver.area] == timeline.provinces[taker.area], rules)
            text, param = (_MAY, None) if answer == mutual_aid.ALLOWED else ANSWERS["aid"][answer]
            table, _ = timeline.table(aid.giver, giver.area)
            found.append(Draw(result.people[aid.giver], result.people[aid.taker], RELATIONS[aid.relation], name,
                              answer == mutual_aid.ALLOWED, left_fen, text, table.span(param, day) if param else None))
    return found


def _is_closed(result: Result, name: str, day: date) -> bool:
    """Whether somebody's account has been closed up to the end of a day's month, and not opened again by a return."""
    closed, until = False, months.last_day(months.month_number(day))
    for one in sorted(result.decisions, key=lambda decision: decision.day):
        if one.who == name and one.granted and one.day <= until:
            if one.type == "resume":
                closed = False
            elif one.type == "withdraw":
                table, _ = result.timeline.table(result.people.index(name), result.row(months.month_number(one.day), name).area)
                closing = cast("list[str]", table.span("withdrawal.closing_reasons", one.day).value)
                closed |= any(event.type == "withdraw" and (event.who, event.on) == (name, one.day) and event.reason in closing
                              for event in result.scenario.events)
    return closed


_MAY = Text("可以", "yes")
