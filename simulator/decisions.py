"""What became of what people asked for: granted or refused, by which rule, from which source."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from simulator import months
from simulator.language import Text
from simulator.law import month as lawful
from simulator.law import mutual_aid, retirement, transfer, withdrawal
from simulator.parameters import PARAMETERS

if TYPE_CHECKING:
    from simulator.policy import Span
    from simulator.scenario import Event
    from simulator.timeline import Timeline

_GRANTED = Text("已办理", "granted")
_NOTED = {"stop": Text("已停缴", "noted"), "resume": Text("已续缴", "noted")}

Answers: TypeAlias = dict[int, tuple[Text, str | None]]     # by the law's code

# The answers of the law, by what was asked: (text, the parameter that decided, if one did).
_DIED = Text("人已去世，不再办理", "has died: nothing more is done")
_RETIRED: Answers = {lawful.NOTHING_OWED: (Text("退休人员不缴费，无断缴与续缴", "a retiree pays no premium to stop or resume"), None)}
ANSWERS: dict[str, Answers] = {
    "stop": _RETIRED,
    "resume": {**_RETIRED,
               lawful.NEVER_INSURED: (Text("此前未参保，须写明参保身份", "was never insured: say insured as what"), None)},
    "back_pay": {
        lawful.NOTHING_OWED: (Text("没有欠缴月份", "no month is owed"), None),
        lawful.TOO_LONG_AGO: (Text("断缴超过可补缴月数，当地不予补缴", "the gap is longer than the months that may be paid later"),
                              "arrears.back_pay_months"),
        lawful.NOT_ENROLLED: (Text("居民断保的年份须在重新参保（续缴）的当月补缴",
                                   "residents pay missed years back in the month in which they come back"), None),
        lawful.NO_WHOLE_YEAR: (Text("居民按整年补缴，申请的或尚未补缴的不足一年",
                                      "residents pay whole years back: less than one is asked for or left"),
                               "waiting.resident_year_months"),
    },
    "retire": {
        retirement.YEARS_SHORT: (Text("医保缴费年限还差 {amount} 个月，可继续缴费或趸缴",
                                      "{amount} months of contribution are missing: pay on, or pay them in one sum"),
                                 "retirement.years_male"),
        retirement.LOCAL_YEARS_SHORT: (Text("当地缴费年限还差 {amount} 个月，可继续缴费或趸缴",
                                            "{amount} local months of contribution are missing: pay on, or pay them in one sum"),
                                       "retirement.local_years"),
        retirement.TOO_YOUNG: (Text("未到可以退休的年龄", "is not of an age to retire"), "retirement.early_most"),
        retirement.ALREADY_RETIRED: (Text("已经退休", "is retired already"), None),
        retirement.NOT_INSURED: (Text("未参加职工医保", "is not in the employee scheme"), None),
    },
    "move": {
        transfer.RETIREE_STAYS: (Text("退休人员不办理医保关系转移", "retirees' insurance does not move"), "transfer.retirees"),
        transfer.BALANCE_NOT_TAKEN: (Text("转入地不接收个人账户资金", "the new area does not take the balance"),
                                     "transfer.accepts_balance"),
        transfer.SAME_AREA: (Text("同一统筹地区，无须转移", "the same pooling area: nothing moves"), None),
        transfer.NOT_INSURED: (Text("未参加职工医保，无可转移", "is not in the employee scheme"), None),
    },
    "withdraw": {
        withdrawal.REASON_NOT_ALLOWED: (Text("当地规定不因此支付个人账户资金", "the area does not pay out for this reason"),
                                        "withdrawal.reasons"),
        withdrawal.NOTHING_THERE: (Text("没有可支付的资金", "there is nothing to pay out"), "withdrawal.free_share"),
        withdrawal.MORE_THAN_THERE: (Text("超过可支付的金额", "more than can be paid out"), "withdrawal.reasons"),
        withdrawal.WHOLE_ONLY: (Text("此种情形须一次性全部支取并销户", "for this reason the whole is paid and the account closed"),
                                "withdrawal.closing_reasons"),
        withdrawal.ALREADY_CLOSED: (Text("账户已注销", "the account is closed"), None),
        withdrawal.IN_TRANSIT: (Text("资金正在转移途中，转移办结前不支付", "the balance is on its way to another area: not paid meanwhile"),
                                "transfer.working_days"),
    },
    "premium": {
        mutual_aid.NOT_STARTED: (Text("当地家庭共济尚未开始", "mutual aid has not started there"), "aid.start"),
        mutual_aid.NOT_REGISTERED: (Text("没有有效的共济授权", "no authorisation is in force"), None),
        mutual_aid.RELATION_NOT_ALLOWED: (Text("该亲属关系不在共济范围内", "the relation is not one that may be helped"),
                                          "aid.relations"),
        mutual_aid.USE_NOT_ALLOWED: (Text("该用途不允许", "the use is not allowed"), "aid.uses"),
        mutual_aid.GIVER_NOT_INSURED: (Text("共济人未正常参保或账户已注销", "the giver is not insured, or the account is closed"),
                                       None),
        mutual_aid.TAKER_NOT_INSURED: (Text("被共济人未正常参保", "the taker is not insured"), None),
        mutual_aid.NOT_ACROSS_CITIES: (Text("省内跨市共济尚未开始", "aid across cities has not started"), "aid.across_cities"),
        mutual_aid.NOT_ACROSS_PROVINCES: (Text("跨省共济尚未开始", "aid across provinces has not started"),
                                          "aid.across_provinces"),
        mutual_aid.TOO_MANY_PEOPLE: (Text("超过共济人数上限", "more relatives than may be helped"), "aid.people"),
        mutual_aid.NOT_ENOUGH_MONEY: (Text("可用资金或额度不足", "not enough money, or limit, is left"), "aid.money"),
        mutual_aid.LIMIT_REACHED: (Text("超过授权限额", "over the limit of the authorisation"), None),
        mutual_aid.AREA_LIMIT: (Text("超过当地限额", "over the area's limit"), "aid.limits"),
        mutual_aid.OWN_USE_NOT_ALLOWED: (Text("当地不允许用账户为本人购买", "the area does not let the account pay this for oneself"),
                                         "spending.commercial"),
        mutual_aid.OWN_RESIDENT_PREMIUM: (Text("账户不为本人支付居民医保费", "an account pays no resident premium of its holder"), None),
        mutual_aid.OWN_MONEY_NOT_ENOUGH: (Text("可用于购买的账户资金不足", "not enough of the money that may pay it"),
                                          "spending.commercial_keep"),
        mutual_aid.OWN_ACCOUNT_FROZEN: (Text("断缴期间账户冻结", "the account is frozen in a gap"), "arrears.account_usable"),
        mutual_aid.WALLET_LIMIT: (Text("超过医保钱包当日限额", "over the wallet's limit of the day"), "aid.wallet_transfers"),
    },
}
ANSWERS["aid"] = ANSWERS["premium"]
_WORKING_DAYS = {"withdraw": "withdrawal.working_days", "move": "transfer.working_days"}


@dataclass(frozen=True)
class Decision:
    """One request and its answer. `span` is the rule that decided, with source and grade, where one did; `due` the
    last day on which money that was granted is paid out, or has arrived in the new area; `event` what of the scenario
    asked, but for the bills that an authorisation was to help with."""
    month: str
    day: date
    who: str
    type: str
    granted: bool
    amount_fen: int
    reason: Text
    param: str | None = None
    span: Span | None = None
    due: date | None = None
    event: Event | None = None


def decision(timeline: Timeline, month: int, number: int, code: int, amount_fen: int, day_number: int,
             area: int) -> Decision:
    """The answer to an event (or, for a negative number, of an authorisation to a bill) as a `Decision`."""
    rules_of, day = timeline.asked_by(number), date.fromordinal(day_number)
    event: Any = timeline.events[number] if number >= 0 else None        # of whatever kind
    if event is None:
        kind, who = "aid", timeline.names[timeline.aids[-1 - number].taker]
    else:
        kind, who = event.type, event.who
    table, _ = timeline.table(rules_of, area)
    if kind == "move" and code == transfer.BALANCE_NOT_TAKEN:
        table, _ = timeline.table(rules_of, timeline.areas.index(event.region))
    if code == 0:
        due = None
        if kind in _WORKING_DAYS and amount_fen:
            count = getattr(table.row_on(day), PARAMETERS[_WORKING_DAYS[kind]].field)
            due = date.fromordinal(months.working_day_after(day.toordinal(), count))
        return Decision(months.month_text(month), day, who, kind, True, amount_fen, _NOTED.get(kind, _GRANTED), due=due,
                        event=event)
    text, param = (_DIED, None) if code == lawful.HAS_DIED else ANSWERS[kind][code]
    if param == "retirement.years_male" and timeline.people[rules_of].sex == "female":
        param = "retirement.years_female"
    if param == "withdrawal.reasons" and event.reason == "free" and code == withdrawal.MORE_THAN_THERE:
        param = "withdrawal.free_share"
    if param == "spending.commercial_keep" and event.kind == "long_term_care":
        param = None
    elif param == "spending.commercial_keep" and not table.span(param, day).compiled:
        param = "spending.commercial"
    text = text.format(amount=amount_fen)
    return Decision(months.month_text(month), day, who, kind, False, 0, text, param, table.span(param, day) if param else None,
                    event=event)
