"""From the flows of the law to the ledger, and the identities that hold in every row of it."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeAlias

from simulator import labels, money, months
from simulator.columns import COLUMNS, INFLOWS, MONEY_COLUMNS, OUTFLOWS, TEXT_COLUMNS
from simulator.language import Text, in_language, say
from simulator.law.account import Flows, broken
from simulator.parameters import STATUSES
from simulator.problems import InputError, Problem, each, nobody, unknown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulator.decisions import Decision
    from simulator.explain import Explanation
    from simulator.policy import Span
    from simulator.scenario import Scenario
    from simulator.timeline import Timeline

Unexpected: TypeAlias = tuple[str, str, str, Any, Any]       # month, who, column, what was expected, what was found


class LedgerError(AssertionError):
    """An identity of the ledger does not hold: a fault of this program, never of the input."""


_BROKEN = ("", "closing is not opening and what went in and out", "closing is not the sum of the pockets",
           "medical cost is not the sum of what paid it", "opening is not the closing of the month before", "an amount is negative")


def check(flows: Flows, before: Flows | None = None) -> None:
    """Hold a month to the identities of the contract; `before` is the month before it. Raises LedgerError."""
    found = broken(flows, before.closing if before else flows.opening)
    if found:
        raise LedgerError(f"{_BROKEN[found]}: {flows}")


def check_household(rows: list[Flows]) -> None:
    """What a household's accounts give its members, the members receive. Raises LedgerError."""
    if sum(row.aid_given for row in rows) != sum(row.aid_received for row in rows):
        raise LedgerError("aid given is not aid received")


class Result:
    """What a scenario comes to.

    `flows[person][i]` are the `Flows` of the i-th month in fen, exact; `ledger` is the same as a DataFrame in yuan.
    `decisions` say what was granted or refused, in order of time; `used` names, for each row of the rules, the
    parameters the law read.
    """

    def __init__(self, scenario: Scenario, flows: dict[str, list[Flows]], decisions: list[Decision],
                 used: list[set[str]], timeline: Timeline | None = None) -> None:
        self.scenario, self.flows, self.decisions, self.used = scenario, flows, decisions, used
        if timeline is not None:
            self.timeline = timeline

    @cached_property
    def timeline(self) -> Timeline:
        """What the law was given; it follows from the scenario, and is made anew if a result came without it."""
        from simulator.timeline import Timeline
        return Timeline(self.scenario)

    def __reduce__(self) -> tuple[Callable[..., Result], tuple[Any, ...]]:
        """Between processes a result travels as plain numbers, with what takes long to find out."""
        flows = {name: [tuple(row) for row in rows] for name, rows in self.flows.items()}
        return _arrived, (self.scenario, flows, self.decisions, self.used, self.lowest_grade, self.projected_from)

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(self.flows)

    @property
    def holder(self) -> str:
        """The person the summary is about."""
        return self.people[0]

    def __repr__(self) -> str:
        scenario, others = self.scenario, len(self.flows) - 1
        first, last = months.month_text(scenario.start), months.month_text(scenario.end - 1)
        about = ", ".join(filter(None, (in_language(scenario.title), scenario.region, f"{first} … {last}", self.holder)))
        return f"<Result: {about}{f' + {others}' if others else ''}>"

    def name_of(self, who: str | None = None) -> str:
        """The name of a person, of the holder if none is named. InputError if there is nobody of that name."""
        if who and who not in self.flows:
            raise InputError([unknown("who", who, self.people, what=nobody(who))])
        return who or self.holder

    def month_number(self, month: str | int | date | pd.Period) -> int:
        """The number of a month (`2025-07`, a day of it, a month of the ledger's index, or its number). InputError if it is none of
        the span."""
        number = month
        if not isinstance(month, Integral):
            with suppress(ValueError):
                number = months.month_number(month if isinstance(month, date) else str(month))
        if not isinstance(number, Integral) or not self.scenario.start <= number < self.scenario.end:
            first, last = (months.month_text(one) for one in (self.scenario.start, self.scenario.end - 1))
            raise InputError([Problem(str(month), Text("应为模拟期间内的月份", "should be a month of the simulated span"),
                                      allowed=(f"{first} … {last}",))])
        return int(number)

    def row(self, month: str | int | date | pd.Period, who: str | None = None) -> Flows:
        """The `Flows` of a month, as `month_number` takes it. InputError if there is no such month or person."""
        number, name = each([lambda: self.month_number(month), lambda: self.name_of(who)])
        row: Flows = self.flows[name][number - self.scenario.start]
        return row

    def records(self) -> Iterator[dict[str, Any]]:
        """The ledger row by row, in fen: dicts by column, months first, people in their order."""
        for position in range(self.scenario.months):
            month = months.month_text(self.scenario.start + position)
            for person, flows in self.flows.items():
                row = flows[position]
                yield {"month": month, "person": person, "region": self.timeline.areas[row.area],
                       "status": STATUSES[row.status],
                       **{name: getattr(row, name) for name in COLUMNS if name not in TEXT_COLUMNS}}

    @property
    def ledger_fen(self) -> pd.DataFrame:
        """The ledger with money in whole fen: a DataFrame with a PeriodIndex by month."""
        import pandas as pd
        frame = pd.DataFrame(list(self.records()), columns=list(COLUMNS))
        frame.index = pd.PeriodIndex(frame.pop("month"), freq="M", name="month")
        frame.attrs = {"title": self.scenario.title, "region": self.scenario.region, "unit": "fen",
                       "lowest_grade": self.lowest_grade}
        for grade, names in self.doubtful_names().items():
            frame.attrs[grade] = names
        return frame

    @property
    def ledger(self) -> pd.DataFrame:
        """The ledger with money in yuan (for reading and plotting; `ledger_fen` is exact)."""
        frame = self.ledger_fen
        for name in MONEY_COLUMNS:
            frame[name] = frame[name] / 100
        frame.attrs["unit"] = "yuan"
        return frame

    def total(self, column: str, who: str | None = None) -> int:
        """The sum of a money column over the span, fen. InputError if there is no such column or person."""
        if column not in (allowed := (*MONEY_COLUMNS, "employer_premium")):
            raise InputError([unknown("column", column, allowed, what=Text(f"明细中没有这一金额列：{column}",
                                                                           f"the ledger has no money column {column}"))])
        return sum(getattr(row, column) for row in self.flows[self.name_of(who)])

    def summary(self, who: str | None = None) -> dict[str, int]:
        """Key figures of a person over the span: {column: fen}, from the opening to the closing balance."""
        return _summed(self.flows[self.name_of(who)])

    def years(self, who: str | None = None) -> dict[int, dict[str, int]]:
        """The same key figures of each calendar year: {year: {column: fen}}."""
        years: dict[int, list[Flows]] = {}
        for month, row in enumerate(self.flows[self.name_of(who)], self.scenario.start):
            years.setdefault(month // 12, []).append(row)
        return {year: _summed(rows) for year, rows in years.items()}

    # ── what it rests on ──

    def basis(self) -> list[tuple[str, Span]]:
        """Every value that a number of the ledger rests on: a list of (parameter, Span), worst grade first.

        What the employer pays to the pool is in no number of the ledger, unless the employer is in arrears.
        """
        return self._basis

    @cached_property
    def _basis(self) -> list[tuple[str, Span]]:
        from simulator.policy import GRADES
        has_arrears = any(row.arrears or row.late_fee_paid for rows in self.flows.values() for row in rows)
        found = {}
        for table, first_row in self.timeline.tables.values():
            for number, day in enumerate(table.turns):
                for name in self.used[first_row + number]:
                    if name != "contribution.employer_rate" or has_arrears:
                        span = table.span(name, day)
                        found[name, span.start, span.entry.region] = (name, span)
        return sorted(found.values(), key=lambda one: (-GRADES.index(one[1].grade), one[0], one[1].start))

    @cached_property
    def lowest_grade(self) -> str:
        """The worst grade among the values the result rests on."""
        basis = self.basis()
        return basis[0][1].grade if basis else "official"

    @cached_property
    def projected_from(self) -> date | None:
        """The first day whose rules are projected, or None."""
        return min((span.start for _, span in self.basis() if span.projected), default=None)

    def grades(self) -> dict[str, int]:
        """How many values of each grade the result rests on: {grade: count}, best first."""
        from simulator.policy import GRADES
        found = [span.grade for _, span in self.basis()]
        return {grade: found.count(grade) for grade in GRADES}

    def basis_text(self) -> str:
        """What the result rests on, in a sentence or two."""
        grades = self.grades()
        count = sum(grades.values())
        listed = say("、", ", ").join(f"{labels.GRADES[grade]} {number}" for grade, number in grades.items() if number)
        text = say(f"依据 {count} 项规则：{listed}。", f"Rests on {count} values: {listed}.")
        if self.projected_from:
            text += say(f" {self.projected_from:%Y-%m} 起的规则为推算。",
                        f" From {self.projected_from:%Y-%m} on rules are projected.")
        return text

    def doubtful(self) -> dict[str, list[tuple[str, Span]]]:
        """What the result rests on without being sure of it: {"disputed": [(param, Span)], "assumed": [...]}."""
        found: dict[str, dict[str, Span]] = {"disputed": {}, "assumed": {}}
        for name, span in self.basis():
            if span.grade in found:
                found[span.grade].setdefault(name, span)
        return {grade: list(spans.items()) for grade, spans in found.items()}

    def doubtful_names(self) -> dict[str, list[str]]:
        """The parameters of `doubtful` by name: {"disputed": [param], "assumed": [...]}."""
        return {grade: [name for name, _ in found] for grade, found in self.doubtful().items()}

    def expectations(self) -> list[Unexpected]:
        """The `[[expect]]` of the scenario held against the ledger: [(month, who, column, expected, found)], fen
        for money. Empty where all is as expected."""
        wrong: list[Unexpected] = []
        if not self.scenario.expect:
            return wrong
        records = {(record["month"], record["person"]): record for record in self.records()}
        for wanted in self.scenario.expect:
            who = wanted.get("who", self.holder)
            record = records[months.month_text(months.month_number(wanted["month"])), who]
            for column, value in wanted.items():
                if column in ("month", "who"):
                    continue
                value = money.fen(value) if column in MONEY_COLUMNS else value
                if record[column] != value:
                    wrong.append((record["month"], who, column, value, record[column]))
        return wrong

    def explain(self, month: str | int, who: str | None = None) -> Explanation:
        """Why every number of a month (`2025-07` or its number) is what it is: an `Explanation`."""
        from simulator.explain import explain
        return explain(self, month, who)

    def plot(self, **options: Any) -> Figure:
        """The balance over time as a matplotlib Figure."""
        from simulator.charts import balance_figure
        return balance_figure([self], **options)


def _summed(rows: list[Flows]) -> dict[str, int]:
    """Key figures of some months in a row."""
    sums = {name: sum(getattr(row, name) for row in rows) for name in (
        *INFLOWS, *OUTFLOWS, "medical", "reimbursed", "aid_received", "cash_paid", "premium_paid", "employer_premium")}
    return {"opening": rows[0].opening, **sums, "closing": rows[-1].closing,
            **{name: getattr(rows[-1], name) for name in ("current", "carried", "withdrawable")}}


def _arrived(scenario: Scenario, flows: dict[str, list[tuple[int, ...]]], decisions: list[Decision],
             used: list[set[str]], lowest_grade: str, projected_from: date | None) -> Result:
    result = Result(scenario, {name: [Flows._make(row) for row in rows] for name, rows in flows.items()}, decisions, used)
    result.lowest_grade, result.projected_from = lowest_grade, projected_from
    return result
