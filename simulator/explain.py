"""Why every number of a month is what it is: the law itself, watched at work, as a clerk's worksheet.

The month is carried out by copies of the law's own functions that note each call: what it was given, what came out,
which rules it read. The worksheet puts into words what was noted. No rule is written a second time here, one is cited
where the law read it, and every column must add up to the ledger.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import groupby
from types import FunctionType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from unicodedata import east_asian_width

from simulator import labels, money, months, policy
from simulator.columns import COLUMNS, INFLOWS, OUTFLOWS, TEXT_COLUMNS
from simulator.language import Text, in_language, say
from simulator.law import account as law
from simulator.law import arrears, interest, mutual_aid, pooling, retirement
from simulator.law.month import household_month
from simulator.ledger import LedgerError
from simulator.parameters import FOREVER, PARAMETERS, PLACES, REASONS, RELATIONS, STATUSES, Rounding
from simulator.problems import each

if TYPE_CHECKING:
    from simulator.decisions import Decision
    from simulator.law.rules import Rules
    from simulator.ledger import Result
    from simulator.parameters import Cell
    from simulator.policy import Span

VERSION = 1
WIDTH = 110                                                 # of a terminal; a Chinese character takes two columns

SECTIONS = (
    Text("一、月初、账户年度、到账", "1  Opening, account year, arrivals"),
    Text("二、身份与工资", "2  Status and wage"),
    Text("三、缴费与计入", "3  Premium and credit"),
    Text("四、待遇资格", "4  Eligibility"),
    Text("五、就医费用", "5  Bills"),
    Text("六、从账户缴纳保费", "6  Premiums out of the account"),
    Text("七、退休、提取、转移、计息", "7  Retirement, withdrawals, moves, interest"),
    Text("八、欠费", "8  Arrears"),
    Text("九、月末", "9  Closing"),
)
ROUNDINGS = {money.ROUNDINGS[name]: text for name, text in {
    "fen half up": Text("分四舍五入", "half up to the fen"), "fen up": Text("见厘进分", "up to the fen"),
    "fen down": Text("舍去分以下", "down to the fen"), "jiao half up": Text("角四舍五入", "half up to the jiao"),
    "jiao up": Text("见分进角", "up to the jiao"), "jiao down": Text("舍去角以下", "down to the jiao"),
    "yuan half up": Text("元四舍五入", "half up to the yuan"), "yuan up": Text("见角进元", "up to the yuan"),
    "yuan down": Text("舍去元以下", "down to the yuan")}.items()}
BILLS = 5                                                   # the section told bill by bill
GROUPS = (Text("在职", "employees"), Text("在职年长组", "senior employees"), Text("退休", "retirees"),
          Text("退休年长组", "senior retirees"), Text("居民", "residents"))
PREMIUMS = {law.RESIDENT_PREMIUM: Text("居民医保费", "resident premium"),
            law.LONG_TERM_CARE_PREMIUM: Text("长期护理保险费", "long-term-care premium"),
            law.COMMERCIAL_PREMIUM: Text("商业健康险保费", "commercial premium")}
# What moves an account's money, or its months of contribution, by the function of the law that does it.
MOVES = {"month.receive": Text("转入", "moved in"), "month.back_pay": Text("补缴", "back-payment"),
         "month.make_good": Text("追补报销", "bills of the gap"), "month.pool_pays": Text("统筹前支付", "paid before the pool"),
         "month.own_account_pays": Text("本人医疗支出", "own care"), "month.draw_aid": Text("共济支出", "aid given"),
         "month.pay_own_premium": Text("代缴保费", "premium"), "month.pay_relatives_premium": Text("代缴保费", "premium"),
         "month.withdraw": Text("提取、清算", "withdrawal"),
         "month.come_back": Text("预付退款", "prepaid bill refunded"), "month.move": Text("转出", "moved out"),
         "month.settle_interest": Text("利息", "interest"), "month.count_months": Text("本月", "this month"),
         "month.ask_to_retire": Text("趸缴", "topped up")}
OPENING = Text("月初", "opening")
TOTAL = Text("以上各项之和", "sum of the above")
_FIELDS = {parameter.field: parameter.name for parameter in PARAMETERS.values()}
_CHECKED = (*(name for name in COLUMNS if name not in TEXT_COLUMNS), "employer_premium")


# ── what an explanation is ─────────────────────────────────────────────────────────────────────────

class Operand(NamedTuple):
    """What goes into a number; `param` and `span` where a rule gives it."""
    label: Text
    shown: Text
    param: str | None = None
    span: Span | None = None


Terms: TypeAlias = list["Operand | Text | str"]             # of a formula, with the signs between them
Formula: TypeAlias = Text | Terms


@dataclass(frozen=True)
class Line:
    """One step of the worksheet.

    `column` is the ledger's, or None for a step between. Lines with `part` add up to the one of their column without.
    `result` is in fen, in months, or 0 and 1, as `unit` says; `exact` is its value before rounding.
    """
    section: int
    column: str | None
    label: Text
    formula: Text
    numbers: Text
    result: int
    operands: tuple[Operand, ...] = ()
    exact: str = ""
    rounding: Text | None = None
    unit: str = "yuan"
    part: bool = False

    @property
    def sources(self) -> tuple[tuple[str, Span], ...]:
        """(parameter, Span) of the rules it rests on, each once."""
        return tuple({(one.param, one.span.start, one.span.entry.region): (one.param, one.span)
                      for one in self.operands if one.param and one.span}.values())

    @property
    def shown(self) -> str:
        """The result as the screen has it."""
        if self.unit == "yuan":
            return money.shown(self.result)
        return str(_months(self.result)) if self.unit == "months" else say("否是"[self.result], ("no", "yes")[self.result])


@dataclass(frozen=True)
class Explanation:
    """Every number of a person's month; `explanation["credit"]` is the line of a column."""
    title: str
    month: str
    who: str
    region: Text
    status: Text
    lines: tuple[Line, ...]
    decisions: tuple[Decision, ...]

    def __getitem__(self, column: str) -> Line:
        return {line.column: line for line in self.lines if not line.part}[column]

    def data(self) -> dict[str, Any]:
        """Plain data for JSON and the dashboard: money in yuan, texts in the language in use."""
        return {"version": VERSION, "title": self.title, "month": self.month, "who": self.who, "region": str(self.region),
                "status": str(self.status), "lines": [_line_data(line) for line in self.lines],
                "decisions": [_decision_data(one) for one in self.decisions]}

    def text(self, width: int = WIDTH) -> str:
        """The worksheet for a terminal, in the language in use."""
        rows = [say(f"{self.month} 个人账户计算单：{self.who}（{self.region}，{self.status}）　单位：元",
                    f"Worksheet {self.month}: {self.who} ({self.region}, {self.status}), in yuan"),
                *[in_language(self.title)] * bool(self.title)]
        for section, found in groupby(self.lines, key=lambda line: line.section):
            rows += ["", str(SECTIONS[section - 1])]
            lines = list(found)
            for line, after in zip(lines, [*lines[1:], None]):
                rows += _line_rows(line, width)
                if line.formula is not TOTAL and (after is None or after.formula is TOTAL or after.sources != line.sources):
                    rows += _source_rows(line.sources, width)       # what the next line repeats is said once; a total says none
        if self.decisions:
            rows += ["", say("办理结果", "What became of requests")]
        for one in self.decisions:
            sources = [(one.param, one.span)] if one.param and one.span else []
            rows += _wrapped(_decision_text(one), width, "  ") + _source_rows(sources, width)
        return "\n".join(rows)


def explain(result: Result, month: str | int, who: str | None = None) -> Explanation:
    """Why every number of a month (`2025-07` or its number) is what it is, for a person of the result (the first one by default).

    Raises InputError for a month or person that is not there, LedgerError if a column does not add up.
    """
    number, name = each([lambda: result.month_number(month), lambda: result.name_of(who)])
    return _Sheet(result, number, result.people.index(name)).explanation()


# ── the law, watched ───────────────────────────────────────────────────────────────────────────────

class Call:
    """One call of a function of the law: its result, the calls within it, the rules it `read` as {parameter: row}.

    What it was given are attributes, `call.base_fen`, accounts as they were at the time. A function of the month keeps
    all accounts of the household as they were `before` and `after`.
    """
    before: Sequence[law.Account] = ()
    after: Sequence[law.Account] = ()

    def __init__(self, name: str, args: dict[str, Any], caller: Call | None = None) -> None:
        self.name, self.args, self.caller = name, args, caller
        self.result: Any = None
        self.calls: list[Call] = []
        self.read: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("args", ()):
            return self.args[name]
        raise AttributeError(name)

    def every(self, *names: str) -> Iterator[Call]:
        """All calls of some functions within this one, in order."""
        for call in self.calls:
            if call.name in names:
                yield call
            yield from call.every(*names)

    def one(self, *names: str) -> Any:
        """The first call of some functions within this one, or None."""
        return next(self.every(*names), None)

    def own(self, *names: str) -> Any:
        """The first call of some functions by this one itself, or None."""
        return next((call for call in self.calls if call.name in names), None)

    def row_of(self, param: str) -> int | None:
        """The row in which this call, or one within it, read a parameter; None if it did not."""
        return self.read.get(param, next((row for call in self.calls if (row := call.row_of(param)) is not None), None))

    def row_read(self, param: str) -> int:
        """The same. LedgerError if the law did not read it."""
        row = self.row_of(param)
        if row is None:
            raise LedgerError(f"{self.name} did not read {param}")
        return row


class _Row:
    """A row of rules that notes who reads what."""
    __slots__ = ("number", "rules", "stack")

    def __init__(self, number: int, rules: Rules, stack: list[Call]) -> None:
        self.number, self.rules, self.stack = number, rules, stack

    def __getattr__(self, field: str) -> Cell:
        self.stack[-1].read[_FIELDS[field]] = self.number
        value: Cell = getattr(self.rules, field)
        return value


# No steps of their own: what they do is done by the step that calls them.
PARTS = {f"month.{name}" for name in (
    "begin_years", "declare_wage", "pay_dues", "credited", "count_paid_month", "pay_own_bill", "note_aid", "giver_status",
    "taker_status", "row_on", "note_if_paid", "shorten_gap", "wait_off", "count_as_paid", "in_part", "waits_with_a_part", "not_frozen",
    "may_draw")}


class _Watch:
    """Watched copies of the law's functions, which call one another's copies. The law itself stays as it is."""

    def __init__(self, rows: list[Rules], accounts: list[law.Account]) -> None:
        self.root, self.accounts = Call("", {}), accounts
        self.copies: dict[Any, Any] = {}
        self.stack = [self.root]
        self.rows = [_Row(number, rules, self.stack) for number, rules in enumerate(rows)]

    def copy(self, thing: Any) -> Any:
        """The watched copy of a function or module of the law; anything else as it is."""
        is_module = isinstance(thing, ModuleType) and thing.__name__.startswith("simulator.law.")
        if not is_module and not (isinstance(thing, FunctionType) and thing.__module__.startswith("simulator.")):
            return thing
        if thing not in self.copies:
            names: dict[str, Any] = {}
            name = f"{thing.__module__.rpartition('.')[2]}.{thing.__name__}" if not is_module else ""
            if is_module:
                self.copies[thing] = SimpleNamespace()
                names = vars(self.copies[thing])
            else:
                function = FunctionType(thing.__code__, names, thing.__name__, thing.__defaults__)
                self.copies[thing] = function if name in PARTS else partial(self.noted, function, name)
            names.update((key, self.copy(value)) for key, value in (vars(thing) if is_module else thing.__globals__).items())
        return self.copies[thing]

    def noted(self, function: FunctionType, name: str, *args: Any, **named: Any) -> Any:
        """Call a function and note the call."""
        given = {**dict(zip(function.__code__.co_varnames, args)), **named}
        call = Call(name, {key: self.kept(value) for key, value in given.items()}, self.stack[-1])
        if name.startswith("month."):
            call.before = [copy(account) for account in self.accounts]
            if "account" in call.args:
                call.args["who"] = next(who for who, one in enumerate(self.accounts) if one is given["account"])
        self.stack[-1].calls.append(call)
        self.stack.append(call)
        call.result = function(*args, **named)
        self.stack.pop()
        if call.before:
            call.after = [copy(account) for account in self.accounts]
        return call.result

    @staticmethod
    def kept(value: Any) -> Any:
        """An argument as it is at the time of the call."""
        if isinstance(value, _Row):
            return value.rules
        return copy(value) if isinstance(value, law.Account | law.AidGiven) else value

    def ask(self, function: Callable[..., Any], *args: Any) -> Call:
        """Call a function of the law by itself; returns its `Call`."""
        self.copy(function)(*args)
        return self.root.calls[-1]


# ── the worksheet while it is written ──────────────────────────────────────────────────────────────

class _Sheet:
    """One person's month, chapter by chapter in legal order."""

    def __init__(self, result: Result, month: int, who: int) -> None:
        self.result, self.month, self.who, self.name = result, month, who, result.people[who]
        self.timeline, self.start = result.timeline, result.scenario.start
        self.row, self.section = result.row(month, self.name), 1
        self.lines: list[Line] = []
        self.replay()
        self.person, self.household = self.people[who], self.watch.root.calls[-1]
        self.opened = self.of("month.open_month")[0]
        self.before, self.after = self.opened.before[who], self.opened.after[who]

    def replay(self) -> None:
        """Carry the household up to the month, and through the month under watch, as through those that may be paid back in it."""
        timeline, who = self.timeline, self.who
        accounts = timeline.opening_accounts()
        missed = [law.Missed(self.result.scenario.months) for _ in accounts]
        given = [law.AidGiven() for _ in timeline.aids]
        self.earning: list[tuple[int, law.Pockets]] = []    # months whose interest is not credited yet: (row, Pockets)
        self.watch = _Watch(timeline.rows, accounts)
        watched: tuple[Callable[..., None], list[Any]] = self.watch.copy(household_month), self.watch.rows
        pays_back = any(event.type == "back_pay" and event.who == self.name and months.month_number(event.on) == self.month
                        for event in timeline.events)
        for month in range(self.start, self.month):
            people, products = timeline.month(month, accounts), accounts[who].products
            tallies = [law.Tally() for _ in accounts]
            carry, rows = watched if pays_back and self.is_missed(month) else (household_month, timeline.rows)
            carry(accounts, people, missed, timeline.aids, given, rows, self.start, tallies, [])
            mine, row = accounts[who], people[who].row
            went_on = mine.products == interest.accrue(products, mine.pockets, timeline.rows[row])
            self.earning = [*(self.earning if went_on else ()), (row, mine.pockets)] if any(mine.products) else []
        self.gap_bills = list(missed[who].refund_fen)       # what the pool would pay of the bills of missed months
        self.people = timeline.month(self.month, accounts)
        for account in accounts:
            account.dues = law.NO_DUES                      # that it be worked out before our eyes
        tallies, (carry, rows) = [law.Tally() for _ in accounts], watched
        carry(accounts, self.people, missed, timeline.aids, given, rows, self.start, tallies, [])
        self.misses = {call.person.month: call for call in self.watch.root.every("month.miss") if call.who == who}
        if (replayed := law.flows(tallies[who])) != self.row:
            raise LedgerError(f"replayed {replayed}, the ledger has {self.row}")

    def is_missed(self, month: int) -> bool:
        """Whether the person owes a premium of a month and has not paid it in it."""
        row = self.result.row(month, self.name)
        return row.gap_months > 0 and row.status in (law.EMPLOYEE, law.FLEXIBLE)

    def explanation(self) -> Explanation:
        chapters = (self.arrivals, self.wage, self.contribution, self.eligibility, self.bills, self.premiums, self.leaving,
                    self.arrears, self.closing)
        for self.section, chapter in enumerate(chapters, 1):
            chapter()
        month = months.month_text(self.month)
        return Explanation(self.result.scenario.title, month, self.name, policy.region(self.timeline.areas[self.row.area]).name,
                           labels.STATUSES[STATUSES[self.row.status]], tuple(self.with_totals()),
                           tuple(one for one in self.result.decisions if (one.month, one.who) == (month, self.name)))

    def with_totals(self) -> Iterator[Line]:
        """The lines, each column of several followed by its total. LedgerError where a column is not the ledger's."""
        parts: dict[str | None, list[Line]] = {}
        held: list[Line] = []
        for line in self.lines:
            parts.setdefault(line.column, []).append(line)
        for column in _CHECKED:
            explained = [line.result for line in parts.get(column, ())]
            if sum(explained) != getattr(self.row, column):
                raise LedgerError(f"{self.name} {months.month_text(self.month)} {column}: explained {explained}, "
                                  f"the ledger has {getattr(self.row, column)}")
        for line, after in zip(self.lines, [*self.lines[1:], None]):
            found = parts[line.column]
            is_part = line.column is not None and len(found) > 1
            yield replace(line, part=is_part)
            if line.column and is_part and line is found[-1]:
                total, name = sum(one.result for one in found), labels.COLUMNS[line.column]
                held.append(Line(line.section, line.column, Text(f"{name.zh}合计", f"{name.en}, total"), TOTAL,
                                 _text(f"{_added([one.result for one in found])} = {money.shown(total)}"), total,
                                 tuple(rule for one in found for rule in one.operands if rule.span), money.shown(total)))
            if line.section != BILLS or after is None or after.section != BILLS:
                yield from held
                held = []

    def of(self, *names: str) -> list[Call]:
        """The person's own calls of some functions, in order."""
        return [call for call in self.household.every(*names) if call.args.get("who") == self.who]

    # ── lines and what they are made of ──

    def put(self, column: str | None, formula: Formula, result: int, numbers: Text | str | None = None,
            rounded: Call | None = None, detail: Text | None = None, unit: str = "yuan",
            because: Sequence[Operand] = ()) -> None:
        """Add a line.

        `formula` is a list of operands and of the signs between them, which gives the words and the numbers; or it is
        words, beside `numbers` (by default the result). `rounded` is the call in which the law rounds: what its result
        and the line's differ by are whole fen. `because` are rules that decide without standing in the formula.
        """
        operands: tuple[Operand, ...] = ()
        amount = abs(result)
        if isinstance(formula, list):
            operands = tuple(one for one in formula if isinstance(one, Operand))
            numbers = _joined("", [one.shown if isinstance(one, Operand) else one for one in formula])
            formula = _joined("", [one.label if isinstance(one, Operand) else one for one in formula])
        elif numbers is None:
            numbers = money.shown(amount) if amount and unit == "yuan" else ""
        exact, rounding, numbers = Fraction(amount), None, _text(numbers)
        if rounded:
            division = rounded if rounded.name == "money.divided" else list(rounded.every("money.divided"))[-1]
            exact = Fraction(division.numerator, division.denominator) + amount - division.result
            rounding, above = ROUNDINGS[division.rounding], rounded.caller      # read here, or by who called `share`
            found = self.read(rounded, *_ROUNDINGS)
            if above and not found:
                found = self.rules(above, *(param for param in _ROUNDINGS if param in above.read))
            because = [*because, *found]
        shown = _exact(exact) if unit == "yuan" else str(result)
        if re.search(r" [+−×÷] |m(in|ax)\(", numbers.zh):                   # something was reckoned
            numbers = _joined("", (numbers, f" = {shown}", f" → {money.shown(amount)}" if exact != amount else ""))
        label = _joined(_COLON, [one for one in (column and labels.COLUMNS[column], detail) if one])
        label = Text(label.zh, label.en[:1].upper() + label.en[1:])
        self.lines.append(Line(self.section, column, label, formula, numbers, result, (*operands, *because), shown,
                               rounding, unit))

    def rule(self, call: Call, param: str, shown: Text | str | int | None = None, label: Text | None = None,
             day: date | None = None) -> Operand:
        """An operand that a rule gives. LedgerError if the law did not read it in this call."""
        return self.rule_of_row(call.row_read(param), param, shown, label, day)

    def rules(self, call: Call, *params: str) -> list[Operand]:
        return [self.rule(call, param) for param in params]

    def read(self, call: Call, *params: str) -> list[Operand]:
        """Those of some rules that the law read in a call."""
        return self.rules(call, *(param for param in params if call.row_of(param) is not None))

    def around(self, *params: str) -> list[Operand]:
        """Rules of the person's month that speak of a thing, whether or not the law had to read them."""
        return [self.rule_of_row(self.person.row, param) for param in params]

    def rule_on(self, day: date, param: str) -> Operand:
        """A rule of an earlier day, of the area in which the person was."""
        area = self.result.row(months.month_number(day), self.name).area
        return self.rule_of_row(self.timeline.row_on(self.who, area, day), param)

    def rule_of_row(self, row: int, param: str, shown: Text | str | int | None = None, label: Text | None = None,
                    day: date | None = None) -> Operand:
        """A rule as an operand; what is `shown` of a table is for the caller to say, as text or number."""
        table, first = next((table, first) for table, first in self.timeline.tables.values()
                            if first <= row < first + len(table.rows))
        span, parameter = table.span(param, day or table.turns[row - first]), PARAMETERS[param]
        if shown is None:                                   # a code of the law is said as its file says it
            shown = (labels.word(param, str(span.value)) if span.unit in ("choice", "rounding", "date") else
                     getattr(self.timeline.rows[row], parameter.field))
        if isinstance(shown, int):
            shown = {"share": _percent, "yuan": _yuan, "months": _months}.get(span.unit, str)(shown)
        return Operand(label or parameter.label, _text(shown if isinstance(shown, str | Text) else ""), param, span)

    @property
    def years(self) -> str:
        return "retirement.years_female" if self.person.is_female else "retirement.years_male"

    # ── 1 ──

    def arrivals(self) -> None:
        pockets, moved = self.before.pockets, Text("年度结转", "carried over")
        self.put("opening", Text("上月月末余额", "closing balance of the month before") if self.month > self.start else
                 Text("情景给定", "given by the scenario"), self.row.opening, _movement(zip(_POCKETS, pockets)))
        self.opening_moves: list[tuple[Text, law.Pockets]] = []     # what steps 1 and 3 do to the pockets
        forward = self.opened.own("interest.carry_forward")
        if forward and pockets.current:
            self.opening_moves.append((moved, _less(forward.result, pockets)))
            self.put(None, Text("账户年度开始，当年资金并入历年资金", "a new account year: current-year money joins carried-over"),
                     forward.result.carried, _added([pockets.carried, pockets.current]), detail=moved,
                     because=self.rules(self.opened, "interest.year_start"))
        if received := self.opened.own("month.receive"):
            days = [one.day for one in self.result.decisions if one.granted and (one.who, one.type) == (self.name, "move")]
            self.arrive("transfer_in", Text("转移", "move"), days, "transfer.working_days", received.account.arriving_fen)
        if refund := self.before.refund_fen - self.after.refund_fen:
            days = [one.on for one in self.timeline.events
                    if one.who == self.name and one.type == "medical" and one.prepaid]
            self.arrive("refund", Text("垫付费用报销", "prepaid bill"), days, "pooling.prepaid_working_days", refund)
            if not self.paid_out(self.opened):
                self.opening_moves.append((_lower("refund"), law.Pockets(refund, 0, 0)))

    def paid_out(self, call: Call) -> bool:
        """Whether a refund within a call went to somebody who has no account; if so, say it."""
        refund = call.own("month.pay_refund")
        if refund is None or not refund.refund_fen or refund.after[self.who].pockets != refund.before[self.who].pockets:
            return False
        self.put("withdrawn", Text("没有个人账户，付给本人", "there is no account: paid out"), refund.refund_fen)
        return True

    def arrive(self, column: str, detail: Text, days: list[date], param: str, amount: int) -> None:
        """Money that was on its way, by the rules of the day it left."""
        day = [day for day in days if self.section > 1 or months.month_number(day) < self.month][-1]
        wait = self.rule_on(day, param)
        self.put(column, Text(f"{day} 起 {wait.shown.zh} 个工作日后到账", f"{wait.shown.en} working days after {day}"),
                 amount, detail=detail, because=[wait])

    # ── 2 ──

    def wage(self) -> None:
        if self.before.is_retiring:
            self.put(None, Text("上月已办退休，本月起为退休人员", "retired last month: a retiree from this month on"), 1,
                     unit="flag", detail=Text("退休", "retirement"), because=self.around(self.years))
        call = self.opened.own("contribution.declared_wage")
        if call is None or call.result == (call.wage_fen, call.declared_fen):
            return
        wage, declared = call.result
        formula: Formula
        if call.own("money.share"):
            formula = [_given("原工资", "wage so far", call.wage_fen), " × (1 + ",
                       _given("年增长率（情景给定）", "yearly growth (scenario)", _percent(call.growth_ppm)), ")"]
        elif declared != call.declared_fen:
            formula = Text("现工资，作为缴费基数的依据", "the wage now, on which the base rests")
        else:
            formula = Text("新工资，下一缴费年度起影响缴费基数", "the new wage, acting from the next base year on")
        self.put(None, formula, wage, rounded=call.own("money.share"), detail=Text("工资", "wage"),
                 because=self.read(call, "contribution.base_year_start", "contribution.wage_change"))

    # ── 3 ──

    def contribution(self) -> None:
        if (base := self.opened.one("contribution.base")).result:
            self.base(base, "base")
        self.credit()
        for column, whose in _PREMIUM_COLUMNS if self.pays else ():
            self.premium(column, self.opened, whose)
        if missed := self.opened.own("month.miss"):
            self.missed(missed)
        for call in self.of("month.back_pay"):
            self.back_payment(call)

    @property
    def pays(self) -> bool:
        """Whether this month's premium, if the person owes one, is paid."""
        status = self.row.status
        return status == law.RETIREE or (status in (law.EMPLOYEE, law.FLEXIBLE) and self.after.unpaid_by < 0)

    def base(self, call: Call, column: str | None, detail: Text | None = None) -> None:
        bounded = call.one("contribution.contribution_base")
        if bounded is None:
            self.put(column, [*self.rules(call, "contribution.flexible_base")], call.result, detail=detail)
            return
        own = bounded.own("money.divided")
        floor, *ceiling = self.read(call, "contribution.base_floor", "contribution.base_ceiling")
        wage = _given("申报工资", "declared wage", own.result)
        if own.result < call.result:
            formula = Text("申报工资低于下限，取下限", "the declared wage is below the floor, which counts")
            numbers: list[Text | str] = [wage.shown, " < ", floor.shown]
        elif own.result > call.result:
            formula = Text("申报工资高于上限，取上限", "the declared wage is above the ceiling, which counts")
            numbers = [wage.shown, " > ", ceiling[0].shown]
        else:
            formula = Text("申报工资，在下限与上限之间", "the declared wage, between floor and ceiling")
            numbers = [floor.shown, " ≤ ", wage.shown, " ≤ ", ceiling[0].shown]
        rounding = self.rules(call, "contribution.base_rounding") if own.result != own.numerator else []
        self.put(column, formula, call.result, _joined("", numbers), detail=detail, because=[wage, floor, *ceiling, *rounding])

    def credit(self) -> None:
        status, call = self.row.status, self.opened.one("credit.credit")
        nothing = (Text("未参保，不计入", "not insured") if status == law.NONE else
                   Text("居民医保没有个人账户", "the resident scheme has no account") if status == law.RESIDENT else
                   Text("本月未缴费，不计入", "this month is not paid") if not self.pays else
                   Text("账户已注销，不再计入", "the account is closed: nothing is credited") if self.after.is_closed else None)
        if nothing:
            self.put("credit", nothing, 0)
            return
        self.credit_of(call, "credit")
        split = self.opened.one("credit.freely_withdrawable")
        if split.result:
            self.put(None, [_given("当月计入", "credit", split.credit_fen), " × ", self.rule(split, "withdrawal.free_share")],
                     split.result, rounded=split, detail=Text("当月计入中可自由支取", "free part of the credit"))
        self.opening_moves.append((_lower("credit"), law.Pockets(call.result - split.result, 0, split.result)))

    def credit_of(self, call: Call, column: str | None, detail: Text | None = None) -> None:
        """What the credit of a month comes to, paid now or later, and what is taken out of it."""
        gross, put = call.own("credit.gross_credit"), partial(self.put, column, detail=detail)
        {law.EMPLOYEE: self.employee_credit, law.FLEXIBLE: self.flexible_credit, law.RETIREE: self.retiree_credit}[
            call.status](gross, put)
        if call.result < gross.result:
            detail = _joined(Text("，", ", "), [one for one in (detail, Text("扣除", "deduction")) if one])
            self.deduction(call.own("credit.deduction"), gross.result - call.result, partial(self.put, column, detail=detail))

    def employee_credit(self, gross: Call, put: Callable[..., None]) -> None:
        """A share of the base; until the reform, by age, part of the employer's premium as well."""
        bands, band = gross.rules.credit_employee_age_bands, gross.one("credit.age_band").result
        by_rate, by_amount = self.by_age(gross, "credit.employee_age_bands", bands, band, _percent, _yuan)
        rate = self.rule(gross, "credit.employee_rate")
        formula = [_base(gross), " × ", *_bracketed(_plus([rate], *[by_rate] if band[1] else []))]
        put(_plus(formula, *[by_amount] if band[2] else []), gross.result, rounded=gross)

    def flexible_credit(self, gross: Call, put: Callable[..., None]) -> None:
        put([_base(gross), " × ", self.rule(gross, "credit.flexible_rate")], gross.result, rounded=gross)

    def retiree_credit(self, gross: Call, put: Callable[..., None]) -> None:
        """An amount by age, or a share of the own pension, by the month; or a sum for the year."""
        monthly, share = gross.own("credit.retiree_monthly_credit"), gross.one("money.share")
        bands, band = gross.rules.credit_retiree_monthly, monthly.own("credit.age_band").result
        amount, rate, least, most = self.by_age(monthly, "credit.retiree_monthly", bands, band, _yuan, _percent, _yuan, _yuan)
        pension = (_given("本人养老金", "own pension", monthly.pension_fen) if self.timeline.people[self.who].pension else
                   self.rule_of_row(self.person.row, "retirement.average_pension"))
        by_pension: Terms = [pension, " × ", rate]
        if band[3]:
            by_pension = ["max(", *by_pension, ", ", least._replace(label=Text("最低额", "minimum")), ")"]
        if band[4] < money.NO_LIMIT:
            by_pension = ["min(", *by_pension, ", ", most._replace(label=Text("最高额", "maximum")), ")"]
        formula = _plus([amount] if band[1] else [], *by_pension if band[2] or band[3] else [])
        if formula:
            put(formula, monthly.result, rounded=share if band[2] and band[3] <= share.result <= band[4] else None)
        bands, band = gross.rules.credit_retiree_yearly, gross.own("credit.age_band").result
        because = self.rules(self.opened, "credit.retiree_yearly_paid")
        if band[1] and gross.yearly_months:
            put([*self.by_age(gross, "credit.retiree_yearly", bands, band, _yuan), " × ",
                 _given("本次计入的月数", "months credited now", _text(gross.yearly_months)), " ÷ 12"],
                gross.result - monthly.result, rounded=gross, because=because)
        elif not formula:
            put(Text("按年一次计入，不在本月", "credited once a year, not this month") if band[1] else
                Text("当地退休人员不计入", "retirees are not credited here"), 0, because=because)

    def by_age(self, call: Call, param: str, bands: Any, band: Any,
               *kinds: Callable[[int], Text]) -> list[Operand]:
        """The columns of an age band as operands, the band in their label."""
        place, label = bands.index(band), PARAMETERS[param].label
        low, high = bands[place - 1][0] if place else 0, band[0]
        if low or high != FOREVER:
            zh, en = ((f"{low} 岁起", f"from {low}") if high == FOREVER else (f"不满 {high} 岁", f"under {high}") if not low
                      else (f"{low}–{high - 1} 岁", f"{low} to {high - 1}"))
            label = Text(f"{label.zh}（{zh}）", f"{label.en} ({en})")
        return [self.rule(call, param, kind(value), label) for kind, value in zip(kinds, band[1:])]

    def deduction(self, call: Call, taken: int, put: Callable[..., None]) -> None:
        by_base, monthly = call.own("money.share"), call.rules.credit_deductions_fen[call.status - 1]
        formula: Terms = []
        if by_base:
            formula += [_base(call), " × ", self.rule(call, "credit.deduction_rates", _percent(by_base.rate_ppm))]
        if monthly:
            formula = _plus(formula, self.rule(call, "credit.deductions", monthly))
            if call.result - (by_base.result if by_base else 0) != monthly:
                formula += [" × ", _given("月数", "months", _text(call.yearly_months))]
        if taken < call.result:
            formula = ["min(", *formula, ", ", _given("计入额", "the credit", taken), ")"]
        put(formula, -taken, rounded=by_base if taken == call.result else None)

    def premium(self, column: str | None, month: Call, whose: str, detail: Text | None = None, because: Sequence[Operand] = ()) -> None:
        """A rate of the base, and of the own premium a fixed sum, as a call of the law for a month came to them."""
        call = month.one(f"contribution.{whose}_premium")
        if not call.result:
            return
        kind = "employer_" if whose == "employer" else ("employee_", "flexible_", "retiree_")[call.status - 1]
        fixed, share = f"contribution.{kind.replace('employee_', '')}fixed_monthly", call.own("money.share")
        monthly = call.fixed_fen if whose == "own" else 0
        formula: Terms = [_base(call), " × ", self.rule(call, f"contribution.{kind}rate")] if share else []
        by_month = [self.rule(month.one("contribution.fixed_monthly"), fixed, monthly)] if monthly else []
        self.put(column, _plus(formula, *by_month), call.result, rounded=share, detail=detail, because=because)

    def missed(self, call: Call) -> None:
        """A month that is not paid: what is owed, and what will be credited once it is."""
        own, employer, credit = (call.own(name) for name in ("contribution.own_premium", "contribution.employer_premium", "credit.credit"))
        if flexible := call.own("contribution.flexible_base"):      # who has left the employer would pay on another base
            self.base(flexible, None, Text("欠缴的缴费基数", "base of what is owed"))
        self.premium(None, call, "own", Text("欠缴的个人部分", "own part owed"))
        self.premium(None, call, "employer", Text("欠缴的单位部分", "employer's part owed"))
        self.credit_of(credit, None, Text("补缴后计入", "credited once it is paid"))
        due, amount = self.rule(call, "arrears.due_day"), money.shown(credit.result)
        whose = (Text("单位欠缴", "the employer's fault") if call.account.unpaid_by == law.BY_EMPLOYER else
                 Text("个人断缴", "one's own fault"))
        self.put(None, Text(f"{whose.zh}，截止日 {due.shown.zh} 日，挂账；补缴后计入账户 {amount}",
                            f"{whose.en}, due by day {due.shown.en}; {amount} is credited once it is paid"),
                 own.result + employer.result, detail=Text("本月欠缴", "missed this month"),
                 numbers=_movement([(Text("个人", "own part"), own.result), (Text("单位", "employer's part"), employer.result)]),
                 because=[due])

    def back_payment(self, call: Call) -> None:
        """Missed months paid on a day: what is paid, what is credited, the bills of the gap, the late fees."""
        missed, fees = call.missed, sorted(call.every("arrears.month_late_fee"), key=lambda fee: fee.place)
        for column, whose in _PREMIUM_COLUMNS:
            for fee in fees:
                self.premium(column, self.misses[fee.place], whose, self.back_paid(fee.place),
                             [self.by_fault(call, "arrears.back_pay_months", missed.fault[fee.place])])
        for fee in fees if not call.account.is_closed and call.account.status != law.NONE else ():
            credit = self.misses[fee.place].own("credit.credit")
            if credit.result:
                self.credit_of(credit, "back_credit", self.back_paid(fee.place))
        for gap in call.every("month.make_good"):
            asked = gap.own("arrears.is_retroactive")
            to_account = sum(gap.after[self.who].pockets) > sum(gap.before[self.who].pockets)
            first, length = arrears.first_of_gap(missed, gap.place), arrears.gap_length(missed, gap.place)
            is_latest = first == gap.before[self.who].last_gap
            for place in range(first, self.person.month + 1 if is_latest else first + length) if asked.result else ():
                if self.gap_bills[place]:
                    because = [self.by_fault(asked, "arrears.retroactive_months", asked.fault)]
                    name, month = self.back_paid(place), months.month_text(self.start + place)
                    if place >= first + length:             # after the gap, before it was paid
                        name = Text(f"{month}，补缴之前", f"{month}, before the back-payment")
                    self.put("refund", Text("该月统筹应付额，追补报销", "the pool's part of the month's bills"), self.gap_bills[place],
                             detail=name, because=because)
                    if not to_account:
                        self.put("withdrawn", Text("没有个人账户，付给本人", "there is no account: paid out"), self.gap_bills[place],
                                 detail=name, because=because)
        for fee in fees:
            self.late_fee("late_fee_paid", fee)

    def by_fault(self, call: Call, param: str, fault: int) -> Operand:
        """A rule that counts months by whose fault it was."""
        row = call.row_read(param)
        count: int = getattr(self.timeline.rows[row], PARAMETERS[param].field)[fault]
        return self.rule_of_row(row, param, Text("不限", "no limit") if count == FOREVER else _months(count))

    def back_paid(self, place: int) -> Text:
        name = months.month_text(self.start + place)
        return Text(f"补缴 {name}", f"back-payment of {name}")

    def late_fee(self, column: str, month: Call) -> None:
        """The late fee on a missed month: principal × daily rate × days, each part and each rate by itself."""
        fees = list(month.every("arrears.late_fee"))
        by_part = len(fees) > 1                             # own and employer's part, deferred differently
        for number, fee in enumerate(fees):
            if not fee.result:
                continue
            until, rate_days = fee.last_day, 0
            formula: Terms = []
            for since, rate in fee.rules.arrears_late_fee_daily_rate_ppm:           # newest first, as the law reads them
                first, last = max(fee.first_day, since), until
                if first <= last:
                    until, rate_days = since - 1, rate_days + (last - first + 1) * rate
                    formula = _plus([self.rule(fee, "arrears.late_fee_daily_rate", _percent(rate), day=date.fromordinal(first)),
                                     " × ", _given(f"天数（{_day(first)} 至 {_day(last)}）", f"days ({_day(first)} to {_day(last)})",
                                                   _text(last - first + 1))], *formula)
            division, principal = fee.own("money.divided"), _given("欠缴额", "principal", fee.principal_fen)
            if division.numerator != fee.principal_fen * rate_days:
                raise LedgerError(f"late fee: {rate_days} × {fee.principal_fen} explained, {division.numerator} counted")
            formula = [principal, " × ", *(formula if len(formula) == 3 else _bracketed(formula))]
            because, is_capped = self.rules(month, "arrears.day_count"), fee.result < division.result
            first_day = months.first_day(self.start + month.place)
            if month.rules.arrears_day_count == months.LEGAL:
                because.append(self.rule_on(first_day, "arrears.due_day"))
            if is_capped:
                formula = ["min(", *formula, ", ", principal, ")"]
                because += self.rules(fee, "arrears.fee_cap")
            if month.missed.waiver_months[month.place]:
                because += [self.rule_on(first_day, f"arrears.waiver_{name}") for name in ("months", "part")]
            if month.missed.fault[month.place] == law.BY_ONESELF:
                because += self.rules(month, "arrears.fee_payer")
            detail = _text(months.month_text(self.start + month.place))
            if by_part:
                part = (Text("个人部分", "own part"), Text("单位部分", "employer's part"))[number]
                detail = Text(f"{detail.zh} {part.zh}", f"{detail.en}, {part.en}")
            self.put(column, formula, fee.result, rounded=None if is_capped else fee, because=because, detail=detail)

    # ── 4 ──

    def eligibility(self) -> None:
        row, status, before = self.row, labels.STATUSES[STATUSES[self.row.status]], self.before
        why, because = Text(f"{status.zh}，无断缴，无等待期", f"{status.en}, no gap, no wait"), self.around(
            {law.RETIREE: self.years, law.RESIDENT: "waiting.resident_months"}.get(row.status, "waiting.months"))
        if row.status == law.NONE:
            why, because = status, []
        elif self.after.unpaid_by >= 0:
            why, because = Text("本月未缴费，停止享受", "this month is not paid"), self.around("waiting.free_gap_months")
        elif row.waiting_months:
            why, because = Text("待遇等待期未满", "the wait is not over"), self.running_wait()
        self.put("eligible", why, row.eligible, unit="flag", because=because)
        if row.gap_months:
            self.put("gap_months", Text("连续未缴费的月数", "months without a premium in a row"), row.gap_months,
                     _counted(OPENING, before.gap_months, row.gap_months), unit="months", because=self.around("waiting.free_gap_months"))
        if row.waiting_months or before.waiting_months:
            self.waiting(self.opened.own("month.count_months"))

    def waiting(self, counts: Call) -> None:
        now, before, left = self.row.waiting_months, self.before.waiting_months, counts.before[self.who].waiting_months
        waits = zip(*([call for call in counts.calls if call.name in names] for names in (
            ("waiting.wait_after_gap", "waiting.first_wait"), ("waiting.from_this_month",))))
        reckoned = counts.own("month.wait_in_reckoning")
        good = [call for call in (*self.opened.every("month.make_good"), *[reckoned] * bool(reckoned))
                if call.after[self.who].waiting_months < call.before[self.who].waiting_months]
        begun = max(waits, key=lambda wait: wait[1].result, default=None)
        formula: Formula = Text("上月尚余，缴费一个月减一", "what was left, one less for a month paid")
        numbers, because = _counted(OPENING, before, now), self.running_wait()
        if begun and begun[1].result == now > 0:
            wait, starts = begun
            because = self.read(counts, *(f"waiting.{name}" for name in (
                "first_enrolment_months", "free_gap_months", "gap_count", "months", "resident_long_years", "starts")))
            if resident := wait.own("waiting.resident_wait"):
                formula = self.resident_wait(resident, starts)
            else:
                unpaid = wait.args.get("unpaid_months")
                formula = Text(f"断缴 {unpaid} 个月后恢复缴费", f"paying again after a gap of {unpaid} months") if unpaid else Text(
                    "首次参保", "first enrolment")
                numbers = _counted(Text("等待", "wait"), wait.result, now)
        elif self.before.is_retiring:
            formula, because = Text("退休后不再等待", "retirement ends the wait"), self.around(self.years)
        elif good:
            asked = good[0].one("arrears.is_retroactive")
            most = self.by_fault(asked, "arrears.retroactive_months", asked.fault)
            formula = Text(f"断缴 {asked.gap_months} 个月已全部补缴，视同未断缴（{most.label.zh}：{most.shown.zh}）",
                           f"the gap of {_months(asked.gap_months).en} is paid in full, as if it had not been "
                           f"({most.label.en}: {most.shown.en})")
            numbers = _movement([(OPENING, before), (MOVES["month.back_pay"], left - before), (MOVES["month.count_months"], now - left)],
                                str)
            because = [most, *because]
        self.put("waiting_months", formula, now, numbers, unit="months", because=because)

    def running_wait(self) -> list[Operand]:
        """What set the wait that goes on, in the month and the area in which it began."""
        month = self.month
        while month > self.start and (before := self.result.row(month - 1, self.name).waiting_months) and (
                before >= self.result.row(month, self.name).waiting_months):
            month -= 1
        status = self.result.row(month, self.name).status
        after_a_gap = month > self.start and self.result.row(month - 1, self.name).gap_months
        return [self.rule_on(months.first_day(month), "waiting.resident_months" if status == law.RESIDENT else
                             "waiting.months" if after_a_gap else "waiting.first_enrolment_months")]

    def resident_wait(self, call: Call, starts: Call) -> Terms:
        """A fixed wait, and more for each year of the gap beyond the first that is not paid back."""
        years, repaid, rules = max(1, call.unpaid_months // 12), call.repaid_years, call.rules
        missed = _given(f"断缴 {call.unpaid_months} 个月的整年数，至少一年",
                        f"whole years of the {call.unpaid_months} months missed, at least one", _text(years))
        formula: Terms = [self.rule(call, "waiting.resident_months", _text(rules.waiting_resident_months)), " + ",
                          "(" if years > repaid else "max(0, ", missed, " − 1"]
        if repaid:
            formula += [" − ", _given("补缴的年数", "years paid back", _text(repaid))]
        formula += [") × ", self.rule(call, "waiting.resident_year_months", _text(rules.waiting_resident_year_months))]
        if years >= rules.waiting_resident_long_years:
            least = self.rule(call, "waiting.resident_long_months", _text(rules.waiting_resident_long_months))
            formula = ["max(", *formula, ", ", least, ")"]
        if starts.result > call.result:
            formula += [" + ", self.rule(starts, "waiting.starts", 1, Text("次月起算，多一个月", "one more where it starts a month later"))]
        return formula

    def retirement(self, call: Call) -> None:
        """Age and years, as somebody asks to retire or has reached statutory age: those that the law looked at."""
        person, status = call.person, call.account.status
        reached, earliest = ((person.statutory_month, person.earliest_month) if status == law.EMPLOYEE else
                             (person.flexible_statutory_month, person.flexible_earliest_month))
        self.age(reached, earliest, status)
        missing = call.own("retirement.missing_months")
        if self.month >= earliest:
            self.missing_months(missing, is_granted=bool(call.after[self.who].is_retiring))

    def age(self, reached: int, earliest: int, status: int) -> None:
        """The statutory month with its delay, and before it the first one of one's own choice."""
        given, person = self.timeline.people[self.who], self.person
        rules = self.watch.rows[person.row]
        asked = [self.watch.ask(retirement.statutory_month, given.birth, person.is_female, is_cadre, rules) for is_cadre in (0, 1)]
        call = next(call for call in asked if call.result[0] == reached)
        kind = ("female_cadre" if call.is_cadre else "female_worker") if person.is_female else "male"
        age, delay = getattr(call.rules, f"retirement_age_{kind}_years"), call.result[1]
        because = [*self.rules(call, f"retirement.age_{kind}", "retirement.delay_start"),
                   *self.rules(call, *(f"retirement.delay_{name}{'_worker' * (kind == 'female_worker')}" for name in ("step", "most")))]
        if status == law.FLEXIBLE and person.is_female and given.career != "cadre":
            because += self.around("retirement.flexible_women")
        born, day, first = (months.month_text(month) for month in (given.birth, reached, earliest))
        self.put(None, Text(f"{born} 出生，{age} 岁，延迟 {delay} 个月：{day}", f"born {born}, {age} years, {delay} months later: {day}"),
                 delay, unit="months", because=because,
                 detail=Text("已达法定退休年龄，其中延迟", "statutory age is reached, delayed by") if self.month >= reached else
                 Text(f"{day} 达到法定退休年龄，其中延迟", f"statutory age is reached in {day}, delayed by"))
        if self.month < reached:
            choice = self.watch.ask(retirement.earliest_month, reached, delay, rules)
            self.put(None, ["min(", _given("延迟月数", "months later", _text(delay)), ", ",
                            self.rule(choice, "retirement.early_most", str(choice.rules.retirement_early_most_months)), ")"],
                     reached - earliest, unit="months",
                     detail=Text(f"{first} 起可自愿退休，提前", f"may retire by choice from {first} on, earlier by"))

    def missing_months(self, call: Call, is_granted: bool) -> None:
        """The months of contribution that are missing: of all, or of those in the area."""
        years, local_years = self.rules(call, self.years, "retirement.local_years")
        formula: Terms = ["max(0, 12 × ", years._replace(label=Text("规定年限", "years required")), " − ",
                          _given("累计月数", "months so far", _text(call.contributed_months))]
        if call.rules.retirement_local_years:
            formula += [", 12 × ", local_years._replace(label=Text("本地规定年限", "years required in the area")), " − ",
                        _given("本地月数", "months in the area", _text(call.local_months))]
        then = Text("（下月起退休）", " (a retiree from next month on)") if is_granted else Text("（继续缴费）", " (goes on paying)")
        self.put(None, [*formula, ")"], call.result, unit="months", because=[local_years],
                 detail=_joined("", (Text("医保缴费年限尚差", "months of contribution missing"), then)))

    # ── 5 ──

    def bills(self) -> None:
        for call in self.of("month.pay_bill"):
            self.bill(self.person.bills[call.place], call.calls, call)
        self.aid("aid_given", self.household, lambda link: link.giver == self.who)

    def bill(self, bill: law.Bill, steps: list[Call], call: Call) -> None:
        kind = Text("住院", "inpatient") if bill.is_inpatient else Text("门诊", "outpatient")
        place, day, pays, first = labels.PLACES[PLACES[bill.place]], _day(bill.day), steps[0], len(self.lines)
        name = Text(f"{day} {place.zh}{kind.zh}", f"{day} {place.en}, {kind.en}")
        if pays.result[1]:
            self.put("spent", Text("统筹支付前先用当年资金", "this year's money pays before the pool"), pays.result[1], detail=name,
                     because=self.rules(pays, "spending.before_pool"))
        self.pool(pays, name, next((step for step in steps if step.name == "month.come_back"), None))
        own = next((step for step in steps if step.name == "month.own_account_pays"), None)
        if own and own.result:
            self.own_account(own, name)
        for step in steps[1:]:
            self.aid("aid_received", step, lambda _: True)
        paid = [(_lower(line.column), -line.result) for line in self.lines[first:]
                if line.column and line.column not in ("refund", "withdrawn")]
        cash = bill.cost_fen + sum(amount for _, amount in paid)
        is_frozen = own is None and not bill.is_prepaid
        if cash:
            self.put("cash_paid", Text("由本人垫付", "the patient has paid the bill") if bill.is_prepaid else
                     Text("断缴期间账户不可用", "the account cannot be used during the gap") if is_frozen else
                     Text("费用减以上支付", "the cost less what is paid above"), cash, detail=name,
                     numbers=_movement([(Text("费用", "cost"), bill.cost_fen), *paid]),
                     because=self.rules(call, "arrears.account_usable") if is_frozen else ())
        self.put("medical", Text("政策范围内费用，情景给定", "in-scope cost, given by the scenario"), bill.cost_fen, detail=name)
        self.lines.insert(first, self.lines.pop())          # what the bill is about comes before what pays it

    def pool(self, pays: Call, name: Text, comes_back: Call | None) -> None:
        """The pool's part of a bill, of a prepaid one perhaps with the call that brings it back; in a gap, what it would have paid."""
        call = pays.one("pooling.outpatient_share", "pooling.inpatient_share")
        if call is None:
            return
        in_wait = pays.own("month.pool_share").own("money.share")
        column: str | None = "reimbursed"
        detail = name
        if not self.row.eligible and (self.row.gap_months or not call.rules.waiting_pool_share_ppm):
            column, detail = None, _joined(_COLON, (name, Text("若补缴可追补报销", "reimbursed if the gap is paid")))
        elif comes_back and comes_back.own("month.pay_refund"):
            column = "refund"                               # within the month
        elif comes_back:
            column, detail = None, _joined(_COLON, (name, Text("统筹支付，将退回账户", "the pool's part, to the account later")))
        whole = (None, Text("等待期折减前", "before the wait's reduction")) if in_wait else (column, detail)
        (self.inpatient if pays.bill.is_inpatient else self.outpatient)(call, *whole)
        if in_wait:
            self.put(column, [_given("统筹支付额", "the pool's part", call.result[0]), " × ",
                              self.rule(pays, "waiting.pool_share")], in_wait.result, rounded=in_wait, detail=detail)
        if comes_back:
            self.paid_out(comes_back)

    def outpatient(self, call: Call, column: str | None, detail: Text) -> None:
        rules, group, place, so_far = call.rules, call.group, call.place, call.pool.paid
        cost = _given("费用", "cost", call.cost_fen)
        rate = self.rule(call, "pooling.rate", rules.pooling_rate_ppm[group][place],
                         Text(f"支付比例（{GROUPS[group].zh}）", f"share of {GROUPS[group].en}"))
        below = call.result[1].deductible - call.pool.deductible
        if rules.pooling_deductible_fen[group][place] and rules.pooling_rate_ppm[group][place]:
            self.deductible(call, cost, below, rules.pooling_deductible_fen[group][place])
        covered = [cost, *_less_given("起付", "deductible", below)]
        by_cost, by_payment = call.own("pooling._paid_by_cost"), call.own("pooling._paid_by_payment")
        if by_cost:
            self.by_cost(call, by_cost, rate, column, detail)
        elif by_payment is None:                            # not a place of the pool
            self.put(column, [cost, " × ", rate], 0, detail=detail)
        else:
            first, *more = (one for one in by_payment.calls if one.name == "money.divided")
            formula: Terms = [*_bracketed(covered), " × ", rate]
            uncapped, because = first.result, list[Operand]()
            if more:                                        # the second share begins within this bill, or before it
                room, used = more[0].numerator // money.PPM, more[0].result
                begins = self.rule(call, "pooling.upper_from", rules.pooling_upper_from_fen[group])
                if room:
                    left = _bracketed([begins, *_less_given("本年度已支付", "paid this year", so_far)])
                    self.put(None, [*left, " ÷ ", rate], used, rounded=more[0],
                             detail=Text("用满第一段的费用", "cost that fills the first segment"))
                covered += _less_given("第一段费用", "cost of the first segment", used)
                upper = self.rule(call, "pooling.upper_rate", rules.pooling_upper_rate_ppm[group][place])
                formula = _plus([_given("第一段余额", "left of the first segment", room)] if room else [],
                                *_bracketed(covered), " × ", upper)
                uncapped, because = more[1].result, [begins]
            self.capped(call, formula, uncapped, so_far, "pooling.ceiling", rules.pooling_ceiling_fen[group], column,
                        detail, because)

    def deductible(self, call: Call, cost: Operand, below: int, whole: int) -> None:
        """What of a bill is below the deductible: of the year, what is left of it, or of the visit."""
        used = call.pool.deductible if call.rules.pooling_deductible_per == pooling.YEAR else 0
        left = [self.rule(call, "pooling.deductible", whole), *_less_given("本年度已计", "counted this year", used)]
        self.put(None, ["min(", cost, ", ", *(left if used <= whole else ["max(0, ", *left, ")"]), ")"], below,
                 detail=Text("计入起付标准", "below the deductible"), because=self.rules(call, "pooling.deductible_per"))

    def capped(self, call: Call, formula: Terms, uncapped: int, so_far: int, param: str, ceiling: int,
               column: str | None, detail: Text, because: Sequence[Operand] = ()) -> None:
        """What the pool pays, or what the yearly ceiling leaves of it."""
        paid = call.result[0]
        if paid < uncapped and paid == call.cost_fen:       # where a rounding goes up
            formula = ["min(", *formula, ", ", _given("费用", "cost", call.cost_fen), ")"]
        elif paid < uncapped:
            left = [self.rule(call, param, ceiling), *_less_given("本年度已支付", "paid this year", so_far)]
            formula = ["min(", *formula, ", ", *(left if so_far <= ceiling else ["max(0, ", *left, ")"]), ")"]
        self.put(column, formula, paid, rounded=call if paid == uncapped else None, detail=detail, because=because)

    def by_cost(self, call: Call, by_cost: Call, rate: Operand, column: str | None, detail: Text) -> None:
        """Segments of the year's cost: those that this bill covers, at their rates."""
        rules, group = call.rules, call.group
        ceiling, upper_ppm = rules.pooling_ceiling_fen[group], rules.pooling_upper_rate_ppm[group][call.place]
        start = by_cost.from_fen
        end = max(start, min(by_cost.to_fen, ceiling))
        turn = max(start, min(end, rules.pooling_upper_from_fen[group]))
        if by_cost.own("money.divided").numerator != (turn - start) * by_cost.rate_ppm + (end - turn) * upper_ppm:
            raise LedgerError(f"segments from {start} by {turn} to {end} are not those that the pool counted")
        before = _given("此前累计费用（含起付）", "the year's cost before, with the deductible", start)
        formula: Terms = []
        now, begins = _given("累计费用", "the year's cost", end), self.rule(call, "pooling.upper_from", turn)
        if turn > start or end == turn:
            formula = ["(", begins if end > turn else now, " − ", before, ") × ", rate]
        if end > turn:
            formula = _plus(formula, "(", now, " − ", begins if turn > start else before, ") × ",
                            self.rule(call, "pooling.upper_rate", upper_ppm))
        is_capped = call.result[0] < by_cost.result         # where a rounding goes up
        if is_capped:
            formula = ["min(", *formula, ", ", _given("费用", "cost", call.cost_fen), ")"]
        self.put(column, formula, call.result[0], rounded=None if is_capped else by_cost, detail=detail,
                 because=[self.rule(call, "pooling.ceiling", ceiling)])

    def inpatient(self, call: Call, column: str | None, detail: Text) -> None:
        rules, group, place = call.rules, call.group, call.place
        deductible = rules.pooling_inpatient_deductible_fen[group][place]
        covered: Terms = [_given("费用", "cost", call.cost_fen)]
        if deductible:
            covered += [" − ", self.rule(call, "pooling.inpatient_deductible", deductible)]
        covered = ["max(0, ", *covered, ")"] if deductible > call.cost_fen else _bracketed(covered)
        rate = self.rule(call, "pooling.inpatient_rate", rules.pooling_inpatient_rate_ppm[group][place])
        self.capped(call, [*covered, " × ", rate], call.own("money.divided").result, call.pool.inpatient_paid,
                    "pooling.inpatient_ceiling", rules.pooling_inpatient_ceiling_fen[group], column, detail)

    def own_account(self, call: Call, name: Text) -> None:
        pay, frozen = call.own("spending.pay"), call.account.reserved_fen
        due, there, kept = (money.shown(amount) for amount in (call.due_fen, max(0, sum(pay.pockets) - frozen), frozen))
        formula = Text(f"应付 {due}，账户可用 {there}", f"due {due}, in the account {there}")
        if frozen:
            formula = Text(f"{formula.zh}（另为跨省共济冻结 {kept}）", f"{formula.en} ({kept} more are frozen for relatives)")
        self.put("spent", formula, call.result, _movement(zip(_POCKETS, _less(pay.pockets, pay.result[0]))),
                 detail=name, because=self.rules(pay, "spending.order"))

    def aid(self, column: str, within: Call, wanted: Callable[[law.Aid], bool]) -> None:
        """What relatives' authorisations pay within a call, for the sheet of the taker or the giver."""
        answers = {}
        for call in within.every("month.aid_answer", "month.draw_aid"):
            link = self.timeline.aids[call.number]
            if call.name == "month.aid_answer":
                answers[call.number] = call
            elif wanted(link):
                left_fen, cut = call.own("mutual_aid.within_limits").result
                name = f"{_day(call.day)} {self.timeline.names[link.giver if column == 'aid_received' else link.taker]}"
                formula: Terms = [_given("尚需支付", "still due", call.due_fen), ", ", self.giveable(call, _text(name))]
                if cut:
                    formula += [", ", _given("授权余额", "left of the limit", left_fen)]
                relation, number = labels.RELATIONS[RELATIONS[link.relation]], call.number + 1
                self.put(column, ["min(", *formula, ")"], call.result[0], because=[
                    *self.read(answers[call.number], "aid.start", "aid.relations", "aid.uses", "aid.across_cities",
                               "aid.across_provinces"), *self.rules(call, *_LIMITS.get(cut, ()))],
                    detail=Text(f"{name}（第 {number} 项授权，{relation.zh}）", f"{name} (authorisation {number}, {relation.en})"))

    def giveable(self, call: Call, name: Text) -> Operand:
        """What of the giver's account an authorisation may draw on, in a line of its own."""
        free, found = call.own("month.free_to_give"), call.one("mutual_aid.giveable")
        whole: Terms = [_given("当年资金", "current-year money", found.pockets.current), " + ",
                        _given("历年资金", "carried-over money", found.pockets.carried)]
        is_all, kept = found.rules.aid_money == mutual_aid.ALL_MONEY, found.rules.aid_keep_fen
        left = [*whole, " − ", self.rule(found, "aid.keep")] if kept else whole
        formula = left if is_all else ["min(", whole[-1], ", ", *left, ")"] if kept else whole[-1:]
        frozen = free.account.reserved_fen - free.given.frozen_fen
        formula = [*formula, *_less_given("为其他授权冻结", "frozen for other authorisations", frozen)]
        self.put(None, formula if free.result else ["max(0, ", *formula, ")"], free.result,
                 detail=_joined(_COLON, (name, Text("可共济资金", "money that may be given"))), because=self.rules(found, "aid.money"))
        return _given("可共济资金", "money that may be given", free.result)

    # ── 6 ──

    def premiums(self) -> None:
        for call in self.of("month.pay_premium"):
            act, mine = call.act, call.one("spending.available_for_premium")
            if sum(call.before[self.who].pockets) == sum(call.after[self.who].pockets):
                continue                                    # refused: the decision says why
            to, kind, day = self.timeline.names[act.to], PREMIUMS[act.what], _day(act.day)
            gives = list(call.every("month.pay_relatives_premium"))     # the last of the authorisations that were asked
            there = _yuan(mine.result) if mine else self.giveable(gives[-1], _text(f"{day} {to}")).shown
            self.put("premium_given", Text(f"全额支付，账户可用 {there}", f"paid whole; {there} may be used"), act.amount,
                     detail=Text(f"{day} {to} {kind.zh}", f"{day} {to}, {kind.en}"), because=self.read(
                         mine or call, "spending.commercial", "spending.commercial_keep", "aid.start", "aid.relations",
                         "aid.uses"))

    # ── 7 ──

    def leaving(self) -> None:
        earning, asked = self.earning, [call for call in self.of("month.ask_to_retire") if _may_ask(call.account)]
        for call in self.household.calls:
            if call in asked[-1:]:
                self.retirement(call)
            if call.args.get("who") == self.who:
                if accrued := call.own("interest.accrue"):
                    earning = [*earning, (self.person.row, accrued.pockets)]
                if settled := call.one("interest.settle"):
                    self.interest(call, settled, earning)
                    earning = []
                if (top_up := call.own("retirement.top_up")) and top_up.result:
                    self.top_up(top_up)
                if settled and call.name == "month.move":
                    self.move(call, settled.result[0])
            if call.name == "month.withdraw":               # on an heir's sheet too
                self.withdrawal(call)
        for call in self.of("month.reach_statutory_age"):
            if call.own("retirement.missing_months") and not asked:
                self.retirement(call)

    def move(self, call: Call, pockets: law.Pockets) -> None:
        """The balance leaves, and where no month lies between arrives."""
        self.put("transfer_out", Text("当年与历年资金随医保关系转出", "current-year and carried-over money leave"),
                 pockets.current + pockets.carried, detail=_text(_day(call.act.day)),
                 because=self.read(call, "transfer.working_days", "transfer.accepts_balance", "transfer.retirees"))
        if received := call.own("month.receive"):
            self.arrive("transfer_in", Text("转移", "move"), [date.fromordinal(call.act.day)], "transfer.working_days",
                        received.account.arriving_fen)

    def top_up(self, call: Call) -> None:
        share, rate = call.own("money.share"), self.rule(call, "retirement.top_up_rate")
        base = self.rule(call, "retirement.top_up_base", share.amount_fen)
        self.put(None, [base, " × ", rate], share.result, rounded=share, detail=Text("趸缴每月金额", "one-off payment, for a month"))
        self.put("premium_paid", [_given("所差月数", "missing months", _text(call.months)), " × ",
                                  _given("每月金额", "for a month", share.result)], call.result,
                 detail=Text("趸缴", "one-off payment"), because=[base, rate])

    def withdrawal(self, call: Call) -> None:
        """Money paid out, or handed to an heir."""
        decided = call.own("withdrawal.decide")
        if decided is None or decided.result[0]:
            return                                          # refused, or asked for the dead: the decision says why
        amount = decided.result[1]
        act, before, settled = call.act, call.before[call.who], call.one("interest.settle")
        if settled:                                         # the account is closed, with all that is on its way
            amount = sum(before.pockets) + settled.result[2] + before.arriving_fen + before.refund_fen
        gained = sum(call.after[act.to].pockets) - sum(call.before[act.to].pockets) if act.to >= 0 else -1
        is_inherited = gained == (amount if settled or act.to != call.who else 0)
        reason = labels.REASONS[REASONS[act.what]]
        because = self.rules(call, "withdrawal.reasons", *["withdrawal.closing_reasons"] * bool(settled))
        detail = Text(f"{_day(act.day)} {reason.zh}", f"{_day(act.day)} {reason.en}")
        if call.who == self.who:
            for column, coming in (("transfer_in", before.arriving_fen), ("refund", before.refund_fen)):
                if settled and coming:
                    self.put(column, Text("在途资金一并结清", "money on its way is paid out too"), coming, detail=detail,
                             because=because)
            self.put("transfer_out" if is_inherited else "withdrawn", Text("按申请支付", "as asked for") if not settled else
                     Text("全部结清并销户", "all of it, and the account is closed"), amount, detail=detail, because=because)
        if act.to == self.who and is_inherited:
            self.put("transfer_in", Text("继承的账户余额", "the balance inherited"), amount, because=because,
                     detail=_joined(" ", (detail, self.timeline.names[call.who])))

    def interest(self, call: Call, settled: Call, earning: Sequence[tuple[int, law.Pockets]]) -> None:
        """Interest since the last settlement: for each rate the sum of the months' balances, a twelfth of it."""
        products = law.NEW_PRODUCTS
        sums: dict[tuple[str, int], tuple[dict[Text, int], dict[int, int], Operand]] = {}   # by kind and rate
        for place, (row, pockets) in enumerate(earning):
            products = interest.accrue(products, pockets, self.timeline.rows[row])
            rates = self.watch.ask(interest.accrue, law.NEW_PRODUCTS, law.Pockets(1, 1, 1), self.watch.rows[row])
            for pocket, label, balance, ppm in zip(law.Pockets._fields, _POCKETS, pockets, rates.result):
                kind = "carried" if pocket == "carried" and rates.row_of("interest.carried_rate") is not None else "current"
                if balance and ppm:
                    names, balances, _ = sums.setdefault((kind, ppm), ({}, {}, self.rule(rates, f"interest.{kind}_rate", ppm)))
                    names[label] = balances[place] = balances.get(place, 0) + balance
        if products != settled.products:
            raise LedgerError(f"interest: {products} explained, {settled.products} earned")
        formula: Terms = []
        because = self.read(call, "interest.method", "interest.settlement")
        if settled.rules.interest_method == interest.CLOSING_BALANCE:
            # Some areas: the balance on the day stands for all the months, whatever was earned elsewhere before a move.
            rate, since = settled.rules.interest_current_rate_ppm, settled.own("interest.months_since").result - 1 + settled.is_over
            counted = sum(settled.pockets) * rate * since
            if counted and settled.result[2]:
                formula = [_given("结息日余额", "balance on the day", sum(settled.pockets)), " × ",
                           self.rule(settled, "interest.current_rate")]
                if since < 12:
                    formula += [" × ", _given("上次结息以来的月数", "months since the last settlement", _text(since)), " ÷ 12"]
        else:
            counted = sum(sum(by_month.values()) * ppm for (_, ppm), (_, by_month, _) in sums.items())
            for names, by_month, operand in sums.values():
                name, added = _joined(Text("、", ", "), names), _added(by_month.values())
                formula = _plus(formula, Operand(Text(f"{name.zh}各月末余额之和", f"month-end balances ({name.en})"),
                                                 _text(f"({added})" if " + " in added else added)), " × ", operand)
            if formula:
                formula = [*(_bracketed(formula) if len(sums) > 1 else formula), " ÷ 12"]
        if counted != settled.own("money.divided").numerator:
            raise LedgerError(f"interest: {counted} explained, {settled.own('money.divided').numerator} counted")
        if not formula:
            return
        self.put("interest", formula, settled.result[2], rounded=settled.own("money.divided"), because=because)
        if free := settled.result[0].withdrawable - settled.pockets.withdrawable:
            self.put(None, Text("可支取资金所生利息仍可支取", "what free money earns is free as well"), free,
                     detail=Text("其中可支取", "of it free"), because=because)

    # ── 8 ──

    def arrears(self) -> None:
        owed = self.of("month.close_month")[0].own("arrears.outstanding")
        if owed is None:
            return
        missed = owed.missed
        places = [place for place in range(self.month - self.start + 1)
                  if missed.is_owed[place] and arrears.is_payable(missed, place, owed.rules)]
        names = [months.month_text(self.start + place) for place in places]
        owing = Text(f"尚可补缴月份（{'、'.join(names)}）的欠缴额", f"owed for what may still be paid ({', '.join(names)})")
        too_long = Text("断缴超过可补缴月数，不能补缴", "the gap is longer than the months that may be paid later")
        self.put("arrears", owing if places else too_long, owed.result[0],
                 _added([missed.own_fen[place] + missed.employer_fen[place] for place in places]),
                 because=self.rules(owed, "arrears.back_pay_months"))
        for fee in sorted(owed.every("arrears.month_late_fee"), key=lambda fee: fee.place):
            self.late_fee("late_fee_accrued", fee)

    # ── 9 ──

    def closing(self) -> None:
        row = self.row
        for place, name in enumerate(law.Pockets._fields):
            terms = [(OPENING, self.before.pockets[place])]
            for call, change in self.moves(partial(_pocket, place)):
                if call is self.opened:
                    terms += [(move, moved[place]) for move, moved in self.opening_moves]
                else:
                    is_heir = call.name == "month.withdraw" and change > 0
                    terms.append((_lower("transfer_in") if is_heir else MOVES[call.name], change))
            if sum(amount for _, amount in terms) != getattr(row, name):
                raise LedgerError(f"{name}: explained {terms}, the ledger has {getattr(row, name)}")
            if any(amount for _, amount in terms):
                self.put(name, Text("月初加减本月变动", "opening and the month's moves"), getattr(row, name), _movement(terms),
                         because=self.around("withdrawal.free_share" if name == "withdrawable" else "interest.year_start"))
        if row.contributed_months:
            terms = [(MOVES[call.name], change) for call, change in self.moves(lambda account: account.contributed_months)]
            self.put("contributed_months", Text("月初累计加本月", "so far and this month"), row.contributed_months, unit="months",
                     numbers=_movement([(OPENING, self.before.contributed_months), *terms], str), because=self.around(self.years))
        self.put("closing", Text("月初余额加收入减支出", "opening, what came in, less what went out"), row.closing,
                 _movement([(_lower("opening"), row.opening), *((_lower(name), getattr(row, name)) for name in INFLOWS),
                            *((_lower(name), -getattr(row, name)) for name in OUTFLOWS)]))

    def moves(self, amount: Callable[[law.Account], int], call: Call | None = None) -> list[tuple[Call, int]]:
        """The functions of the month that changed an amount of the account: [(call, change)], in order."""
        call = call or self.household
        inner = [one for one in call.calls if one.before and one.name != "month.pay_refund"]    # the step that pays it says why
        whole, *within = (amount(one.after[self.who]) - amount(one.before[self.who]) for one in (call, *inner))
        own = [(call, whole - sum(within))] if whole != sum(within) else []
        nested = [move for one in inner for move in self.moves(amount, one)]
        return own + nested if call is self.opened else nested + own


# ── how numbers are written ────────────────────────────────────────────────────────────────────────

def _text(value: object) -> Text:
    return value if isinstance(value, Text) else Text(str(value), str(value))


def _joined(separator: Text | str, texts: Iterable[Text | str]) -> Text:
    separator, texts = _text(separator), [_text(one) for one in texts]
    return Text(*(separator[side].join(one[side] for one in texts) for side in (0, 1)))


def _lower(column: str) -> Text:
    """A column's name within a sentence."""
    name = labels.COLUMNS[column]
    return Text(name.zh, name.en[:1].lower() + name.en[1:])


def _given(zh: str, en: str, shown: Text | str | int) -> Operand:
    """An operand that no rule gives; fen, or a text."""
    return Operand(Text(zh, en), _yuan(shown) if isinstance(shown, int) else _text(shown))


def _base(call: Call) -> Operand:
    return _given("缴费基数", "base", call.base_fen)


def _less_given(zh: str, en: str, amount_fen: int) -> Terms:
    """` − ` and an amount, as the end of a formula; nothing where there is none."""
    return [" − ", _given(zh, en, amount_fen)] if amount_fen else []


def _plus(formula: Terms, *more: Operand | Text | str) -> Terms:
    return [*formula, *([" + "] if formula and more else []), *more]


def _bracketed(formula: Terms) -> Terms:
    return ["(", *formula, ")"] if len(formula) > 1 else formula


def _yuan(amount_fen: int) -> Text:
    return Text("不限", "no limit") if amount_fen >= money.NO_LIMIT else _text(money.shown(amount_fen))


def _percent(rate_ppm: int) -> Text:
    return _text(f"{rate_ppm / 10_000:.4f}".rstrip("0").rstrip(".") + " %")


def _months(count: int) -> Text:
    return Text(f"{count} 个月", f"{count} month{'' if count == 1 else 's'}")


def _day(number: int) -> str:
    return date.fromordinal(number).isoformat()


def _exact(amount: Fraction) -> str:
    """An exact amount in fen as yuan: all its decimals, or six and `…` where they do not end."""
    yuan = Fraction(amount) / 100
    places = next((places for places in range(2, 11) if 10 ** places % yuan.denominator == 0), None)
    whole, part = divmod(int(yuan * 10 ** (places or 6)), 10 ** (places or 6))
    return f"{whole:,}.{part:0{places or 6}d}{'' if places else '…'}"


def _added(amounts: Iterable[int]) -> str:
    """Amounts as a sum, equal neighbours as a product: `5,700.00 + 5,900.00 × 2 − 3.00`."""
    text = ""
    for amount, same in groupby(amounts):
        count = len(list(same))
        text += (" − " if amount < 0 else " + ") if text else "−" if amount < 0 else ""
        text += money.shown(abs(amount)) + (f" × {count}" if count > 1 else "")
    return text


def _movement(terms: Iterable[tuple[Text, int]], shown: Callable[[int], Text | str] = _yuan) -> Text:
    """Named amounts as a sum; equal names together, zeros left out: `月初 300.00 + 当月计入 200.00 − 转出 500.00`."""
    sums: dict[Text, int] = {}
    parts: list[Text | str] = []
    for name, amount in terms:
        sums[name] = sums.get(name, 0) + amount
    for name, amount in sums.items():
        if amount:
            sign = " − " if amount < 0 else " + "
            parts += [sign if parts else sign.strip(" +"), name, " ", shown(abs(amount))]
    return _joined("", parts or [shown(0)])


def _counted(name: Text, before: int, after: int) -> Text:
    """A count that went up or down: `月初 3 + 1`."""
    change = f" {'+' if after > before else '−'} {abs(after - before)}" if after != before else ""
    return _joined("", (name, f" {before}{change}"))


def _pocket(place: int, account: law.Account) -> int:
    return account.pockets[place]


def _less(pockets: law.Pockets, taken: law.Pockets) -> law.Pockets:
    return law.Pockets(*(amount - less for amount, less in zip(pockets, taken)))


def _may_ask(account: law.Account) -> bool:
    """Whether it is for the law to look at age and years when somebody asks to retire."""
    return account.status in (law.EMPLOYEE, law.FLEXIBLE) and not account.is_retiring


# The rules behind what cuts aid short; an authorisation's own limit is the scenario's.
_LIMITS = {mutual_aid.AREA_LIMIT: ("aid.limits",), mutual_aid.WALLET_LIMIT: ("aid.wallet_transfer", "aid.wallet_transfers")}
_PREMIUM_COLUMNS = (("premium_paid", "own"), ("employer_premium", "employer"))
_COLON = Text("：", ": ")
_POCKETS = tuple(_lower(name) for name in law.Pockets._fields)
_ROUNDINGS = tuple(name for name, parameter in PARAMETERS.items() if isinstance(parameter.kind, Rounding))


# ── on the screen ──────────────────────────────────────────────────────────────────────────────────

def _line_rows(line: Line, width: int) -> list[str]:
    label = ("  · " if line.part else "  ") + str(line.label)
    dots = "." * max(3, width - _width(label) - _width(line.shown) - 2)
    numbers = str(line.numbers) + (say(f"（{line.rounding.zh}）", f" ({line.rounding.en})") if line.rounding else "")
    step = say("：", ": ").join(part for part in (str(line.formula), numbers) if part)
    return [f"{label} {dots} {line.shown}", *_wrapped(step, width, "      ")]


def _source_rows(sources: Sequence[tuple[str, Span]], width: int) -> list[str]:
    """The documents behind some rules, each with its number, grade and area, and what it rules."""
    behind: dict[str, dict[str, None]] = {}
    for param, span in sources:
        behind.setdefault(_source_text(span), {})[str(PARAMETERS[param].label)] = None
    listed = [f"{source}{say('：', ': ')}{say('、', ', ').join(names)}" for source, names in behind.items()]
    return _wrapped(say("依据：", "source: ") + say("；", "; ").join(listed), width, "      ") if listed else []


def _source_text(span: Span) -> str:
    source, is_ours = span.source, span.source in (policy.ASSUMPTION, policy.WHAT_IF)
    about = [] if is_ours else [str(labels.GRADES[span.grade])]
    if source is not policy.WHAT_IF:
        about.append(str(policy.region(span.entry.region).name))
    if span.projected:
        about.append(say("推算", "projected"))
    return str(source) + (say("〔{}〕", " [{}]").format(say("，", ", ").join(about)) if about else "")


def _decision_text(one: Decision) -> str:
    amount = f" {money.shown(one.amount_fen)}" if one.amount_fen else ""
    return f"{one.day} {labels.EVENTS[one.type]}{amount}{say('：', ': ')}{one.reason}"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    """A text in rows of a width, broken between words and Chinese characters; marks stay with their words."""
    rows, room = [indent], width - len(indent)
    for word in re.findall(r"[（〔《]*(?:[^\s\u2e80-\uffef]+(?: %)?|[\u2e80-\uffef])[，。、；：）〕》]*\s*", text):
        if _width(word.rstrip()) > room and rows[-1].strip():
            rows.append(indent + "  ")
            room = width - len(indent) - 2
        rows[-1] += word
        room -= _width(word)
    return [row.rstrip() for row in rows]


# ── as data ────────────────────────────────────────────────────────────────────────────────────────

def _line_data(line: Line) -> dict[str, Any]:
    return {"section": str(SECTIONS[line.section - 1]), "column": line.column, "part": line.part, "label": str(line.label),
            "formula": str(line.formula), "numbers": str(line.numbers),
            "operands": [{"label": str(one.label), "value": str(one.shown), "param": one.param} for one in line.operands],
            "before_rounding": line.exact, "rounding": str(line.rounding) if line.rounding else None,
            "result": line.result / 100 if line.unit == "yuan" else line.result, "unit": line.unit,
            "sources": [_span_data(param, span) for param, span in line.sources]}


def _span_data(param: str | None, span: Span) -> dict[str, Any]:
    source = span.source
    return {"param": param, "title": in_language(source.title), "number": source.number,
            "issuer": source.issuer, "url": source.url, "grade": span.grade, "grade_label": str(labels.GRADES[span.grade]),
            "region": span.entry.region, "from": span.start.isoformat(), "projected": span.projected,
            "note": str(span.entry.note) or str(source.note)}


def _decision_data(one: Decision) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "type": one.type, "granted": one.granted, "amount": one.amount_fen / 100,
            "reason": str(one.reason), "source": one.span and _span_data(one.param, one.span)}
