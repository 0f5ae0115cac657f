"""Single questions, answered by the law without a scenario: late fee, retirement, withdrawal."""
from dataclasses import dataclass
from datetime import date

from simulator import labels, months, policy
from simulator.decisions import ANSWERS
from simulator.language import Text
from simulator.law import arrears, retirement, withdrawal
from simulator.law.account import ALL, FREE, Pockets
from simulator.parameters import REASONS
from simulator.problems import InputError, Problem


@dataclass(frozen=True)
class LateFee:
    """The late fee on a principal: `days` with both ends counted, `fee_fen`, and the rates it went by, oldest first."""
    days: int
    fee_fen: int
    rates: tuple


def late_fee(principal_fen, first, last, region="national"):
    """The late fee from a first to a last day, both counted, by a region's rules of the last day."""
    table = policy.RuleTable(policy.region(region), months.month_number(last), 1)
    fee_fen = arrears.late_fee(principal_fen, first.toordinal(), last.toordinal(), table.row_on(last))
    rates = tuple(span for span in table.spans["arrears.late_fee_daily_rate"] if span.start <= last)
    rates = tuple(span for span, after in zip(rates, (*rates[1:], None)) if after is None or after.start > first)
    return LateFee(max(0, (last - first).days + 1), fee_fen, rates)


@dataclass(frozen=True)
class Retirement:
    """The statutory month (a month's number), the delay against the age before 2025, and the age at it in months."""
    month: int
    delay_months: int
    age_months: int
    span: policy.Span

    @property
    def age(self):
        """`60y3m`."""
        years, rest = divmod(self.age_months, 12)
        return f"{years}y{rest}m" if rest else f"{years}y"


def statutory_retirement(birth_month, sex, career="worker"):
    """When somebody born in a month (its number) reaches statutory retirement age."""
    table = policy.RuleTable(policy.region("national"), months.month_number("2025-01"), 1)
    month, delay = retirement.statutory_month(birth_month, sex == "female", career == "cadre", table.rows[0])
    return Retirement(month, delay, month - birth_month, table.span("retirement.delay_start", date(2025, 1, 1)))


@dataclass(frozen=True)
class Withdrawal:
    """Whether money may be taken out: how much (None where no balance was given), why, how soon, and by which rules."""
    allowed: bool
    amount_fen: int | None
    reason: Text
    working_days: int
    spans: tuple


def can_withdraw(region, reason, on, balance_fen=None):
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
        if rules.withdrawal_free_share_ppm == 0:
            names.append("withdrawal.free_balance_until")
            until = table.span("withdrawal.free_balance_until", on).value
            text = Text(f"仅 {until} 以前计入的资金可以自由支取", f"only money credited up to {until} may be taken out freely")
    return Withdrawal(True, None if balance_fen is None else amount_fen, text, rules.withdrawal_working_days,
                      _spans(table, names, on))


def _spans(table, names, on):
    return tuple(table.span(name, on) for name in names)
