"""What a population comes to: sums of every flow by month and group, distributions of balances, and what a what-if changes.

Sums are of the accounts that were lived; `represented` ones stand for the people of the group, rounded half up.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator import labels, money, months
from simulator.columns import COUNT_COLUMNS, MONEY_COLUMNS
from simulator.export import csv_bytes, harmless
from simulator.language import Text, language, say
from simulator.law.account import Flows
from simulator.parameters import STATUSES
from simulator.policy import GRADES
from simulator.populations import sketch
from simulator.populations.counts import Counts
from simulator.populations.file import in_range
from simulator.populations.lives import COUNTED, STATES
from simulator.problems import InputError, Problem, unknown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from simulator.populations.world import Model
    from simulator.scenario import Scenario

FLOWS = tuple(name for name in Flows._fields if name in MONEY_COLUMNS or name == "employer_premium")
PEOPLE = ("lives", "eligible", *STATES)                     # how many people, at the end of the month
SHARES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
BANDS = ((0, 8), (1, 7), (2, 6), (3, 5))                    # of SHARES, the widest first
MOST_BARS = 30                                              # of a histogram
UNITS = {"zh": ((1, ""), (10**4, "万"), (10**8, "亿")), "en": ((1, ""), (10**6, "million "), (10**9, "billion "))}
STATE_LABELS = {
    "lives": Text("人数", "People"), "eligible": labels.COLUMNS["eligible"], "is_empty": Text("账户为零", "Empty accounts"),
    "is_waiting": Text("等待期内", "Waiting"), "is_in_gap": Text("断缴中", "In a gap"), "is_owing": Text("欠费", "In arrears"),
    "pays_late_fee": Text("缴滞纳金", "Paying late fees"), "is_retired": Text("退休", "Retired"),
    "is_treated": Text("就医", "Treated")}


@dataclass(frozen=True)
class Differences:
    """What-if less law at the end of a month: how many are worse off, alike, better off; quantiles in fen."""
    month: int
    worse: int
    alike: int
    better: int
    quantiles_fen: tuple[int, ...]


# What is so at the end of a month; all else happens in it, and adds up over a year.
_STATES = {*PEOPLE, "closing", "current", "carried", "withdrawable", "arrears", "late_fee_accrued"} - {"pays_late_fee", "is_treated"}


class Result:
    """What comes of a population. It takes the same memory for any number of accounts.

    `accounts` is how many of each group were to be lived, `done` how many were. `sums` int64[groups, tables, months,
    COUNTED], fen and people; `sketch` int64[tables, sketch months, BUCKETS] for all; `group_sketch` int64[groups, tables,
    Decembers, BUCKETS]; table 0 is the law, 1 the what-if.
    """

    def __init__(self, model: Model, seed: int, accounts: list[int]) -> None:
        self.model, self.population, self.seed, self.accounts = model, model.population, seed, accounts
        self.sketch_months = model.sketch_months
        self.decembers = [row for row, place in enumerate(self.sketch_months)
                          if months.calendar_month(model.start + place) == 12 or place == model.months - 1]
        groups, tables = len(model.groups), len(model.tables)
        self.sums = np.zeros((groups, tables, model.months, len(COUNTED)), dtype=np.int64)
        self.sketch = np.zeros((tables, len(self.sketch_months), sketch.BUCKETS), dtype=np.int64)
        self.group_sketch = np.zeros((groups, tables, len(self.decembers), sketch.BUCKETS), dtype=np.int64)
        self.differences_sketch = np.zeros((len(self.sketch_months) if tables > 1 else 0, 2 * sketch.BUCKETS), dtype=np.int64)
        self.done = 0

    def add_files(self, group: int, files: Iterable[bytes]) -> None:
        """More accounts of a group, as the bytes of their counts."""
        for data in files:
            self.add(group, Counts.of(self.model, data))

    def add(self, group: int, counts: Counts) -> None:
        """The counts of more accounts of a group."""
        before = self.sums[group].copy()
        self.sums[group] += counts.sums
        if ((before ^ self.sums[group]) & (counts.sums ^ self.sums[group]) < 0).any():     # both of one sign, and their sum of the other
            raise InputError([Problem("accounts", Text(f"{self.groups[group]}：如此多账户的合计超出 64 位整数",
                                                       f"{self.groups[group]}: the sums of so many accounts leave 64 bits"))])
        self.sketch += counts.sketch
        self.group_sketch[group] += counts.sketch[:, self.decembers]
        self.differences_sketch += counts.differences
        self.done += 1

    # ── sums ──

    @cached_property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.model.names)

    def place_of(self, group: int | str) -> int:
        """The place of a group, given by name or place. InputError if there is none."""
        if isinstance(group, str) and group in self.groups:
            return self.groups.index(group)
        if isinstance(group, str) or not 0 <= group < len(self.groups):
            raise InputError([unknown("group", group, self.groups, what=Text(f"没有这个组：{group}", f"no such group: {group}"))])
        return group

    def _kind(self, what_if: bool) -> int:
        """The place of the law's tables, or the what-if's. InputError if there is no what-if."""
        if what_if and not self.has_what_if:
            raise InputError([Problem("what_if", Text("该群体没有假设", "the population has no what-if"))])
        return int(what_if)

    def _counts(self, group: int | str | None, what_if: bool) -> NDArray[np.int64]:
        """The sketches of all, or of a group: int64[months, BUCKETS]."""
        kind = self._kind(what_if)
        found: NDArray[np.int64] = self.sketch[kind] if group is None else self.group_sketch[self.place_of(group), kind]
        return found

    @property
    def has_what_if(self) -> bool:
        return len(self.model.tables) > 1

    def represented(self, name: str, group: int | str | None = None, what_if: bool = False) -> list[int]:
        """A flow or state of every month for the people that the accounts stand for: a list of fen or people.

        `name` is a column of `frame()`; InputError if it is none.
        """
        kind = self._kind(what_if)
        _known(name, (*PEOPLE, *FLOWS))
        if group is None:
            return [sum(of_month) for of_month in zip(*(self.represented(name, place, what_if) for place in range(len(self.groups))))]
        place = self.place_of(group)
        people, accounts = self.population.groups[place].people, self.accounts[place]
        sums = self.sums[place, kind, :, COUNTED.index(name)].tolist()
        return [(2 * number * people + accounts) // (2 * accounts) for number in sums]

    def frame(self, group: int | str | None = None, what_if: bool = False) -> pd.DataFrame:
        """All flows (yuan) and numbers of people by month: a DataFrame with a PeriodIndex."""
        import pandas as pd
        columns = {name: self.represented(name, group, what_if) for name in (*PEOPLE, *FLOWS)}
        index = pd.PeriodIndex([months.month_text(month) for month in self._span], freq="M", name="month")
        frame = pd.DataFrame(columns, index=index)
        frame[list(FLOWS)] = frame[list(FLOWS)] / 100
        return frame

    @property
    def _span(self) -> range:
        return range(self.model.start, self.model.start + self.model.months)

    def yearly(self, name: str, what_if: bool = False, group: int | str | None = None) -> dict[int, int]:
        """A flow of every calendar year, or a balance or a number of people at its end: {year: fen or people}."""
        found: dict[int, int] = {}
        for month, amount in zip(self._span, self.represented(name, group, what_if)):
            is_state = name in _STATES
            found[month // 12] = amount if is_state else found.get(month // 12, 0) + amount
        return found

    def yearly_share(self, name: str, group: int | str | None = None, what_if: bool = False) -> dict[int, float]:
        """Of how many of the people something is so, on average over the months of a year: {year: share}.

        Not at its end: interest credited then leaves hardly an account without a fen.
        """
        _known(name, PEOPLE)
        found: dict[int, tuple[int, int]] = {}
        for month, of_them, people in zip(self._span, self.represented(name, group, what_if), self.represented("lives", group, what_if)):
            before = found.get(month // 12, (0, 0))
            found[month // 12] = before[0] + of_them, before[1] + people
        return {year: of_them / people if people else 0 for year, (of_them, people) in found.items()}

    def shares(self, name: str, group: int | str | None = None, what_if: bool = False) -> list[float | None]:
        """Of how many of the people something is so at the end of every month: a list of shares, None where there is nobody."""
        _known(name, PEOPLE)
        return [of_them / people if people else None for of_them, people in
                zip(self.represented(name, group, what_if), self.represented("lives", group, what_if))]

    # ── distributions ──

    def quantiles_fen(self, shares: Sequence[float] = SHARES, group: int | str | None = None,
                      what_if: bool = False) -> tuple[list[int], NDArray[np.int64]]:
        """Quantiles of the closing balance, within 0.8 %: (months as numbers, int64[months, shares] fen).

        Of all accounts at the end of every quarter, of a group at the end of every year; -1 where there is nobody.
        `shares` are of the accounts, from 0 to 1; InputError if one is not.
        """
        _check_shares(shares)
        rows = range(len(self.sketch_months)) if group is None else self.decembers
        counts = self._counts(group, what_if)
        return [self.model.start + self.sketch_months[row] for row in rows], sketch.quantiles_fen(counts, shares)

    def histogram(self, month: int | str, group: int | str | None = None, what_if: bool = False,
                  width_fen: int | None = None) -> list[tuple[int, int, int]]:
        """How many accounts have how much at the end of a month (`2025-12`, or its number) for which there are quantiles: a list of
        (at least, less than, accounts).

        The first bar is of those who have nothing, the last one, which is open, of the less than a hundredth who have most.
        An amount within 0.8 % of an edge may be counted on its other side.
        """
        found, fen = self.quantiles_fen((SHARES[-1],), group, what_if)
        known = [months.month_text(number) for number in found]
        said = month if isinstance(month, str) else months.month_text(month)
        if said not in known:
            raise InputError([unknown("month", said, known, what=Text(f"没有这个月末的余额：{said}", f"no balances are kept of {said}"))])
        row, middles = known.index(said), sketch.middles_fen()
        counts = self._counts(group, what_if)[row]
        width = width_fen or _round_width(int(fen[row, 0]))
        edges = [0, 1, *range(width, (MOST_BARS + 1) * width, width)]
        reached = [0, *(int(counts[middles < edge].sum()) for edge in edges[1:]), int(counts.sum())]
        return [(low, high, after - before) for low, high, before, after in zip(edges, [*edges[1:], None], reached, reached[1:])]

    def differences(self, shares: Sequence[float] = SHARES) -> list[Differences]:
        """What the what-if changes for the same people with the same luck: a list of `Differences`, quarter by quarter.

        InputError if one of `shares` is not from 0 to 1.
        """
        _check_shares(shares)
        middle = sketch.BUCKETS
        amounts = np.concatenate([-sketch.middles_fen()[::-1], sketch.middles_fen()])
        found = []
        for row, counts in enumerate(self.differences_sketch):
            reached = np.cumsum(counts)
            ranks = [max(1, -int(-(reached[-1] * share) // 1)) for share in shares]
            quantiles = tuple(int(amounts[np.searchsorted(reached, rank)]) for rank in ranks) if reached[-1] else ()
            found.append(Differences(self.model.start + self.sketch_months[row], int(counts[:middle].sum()),
                                     int(counts[middle]), int(counts[middle + 1:].sum()), quantiles))
        return found

    # ── for the screen ──

    def table(self, group: int | str | None = None) -> tuple[list[str], list[list[str]]]:
        """Key figures by year, people and money in units that fit their size, which the heads name: (heads, rows)."""
        names = ("credit", "interest", "spent", "aid_given", "closing")
        years = {what_if: {name: self.yearly(name, what_if, group) for name in (*names, *PEOPLE)} for what_if in self._tables()}
        people, of_people = _unit(max(many for found in years.values() for many in found["lives"].values()))
        yuan, of_yuan = _unit(max(abs(fen) for found in years.values() for name in names for fen in found[name].values()) // 100)
        heads = [say(f"年（金额：{of_yuan}元）", f"year (money: {of_yuan}yuan)"), say(f"年末人数（{of_people}人）", f"{of_people}people"),
                 *(str(labels.COLUMNS[name]) for name in names),
                 say("账户为零", "empty"), say("等待期内", "waiting"), say("断缴中", "in a gap"), say("欠费", "in arrears"),
                 say("缴滞纳金（人次）", "late fees paid (times)")]
        rows = []
        for what_if, found in years.items():
            shared = {name: self.yearly_share(name, group, what_if) for name in ("is_empty", "is_waiting", "is_in_gap", "is_owing")}
            for year, many in found["lives"].items():
                mark = say("（假设）", " what-if") if what_if else ""
                shares = (f"{share[year]:.2%}" for share in shared.values())
                rows.append([f"{year}{mark}", f"{many:,}" if people == 1 else f"{many / people:,.1f}",
                             *(money.shown(money.divided(found[name][year], yuan, money.FEN_HALF_UP)) for name in names),
                             *shares, f"{found['pays_late_fee'][year]:,}"])
        return heads, rows

    def table_note(self) -> str:
        """What the shares in the table are of."""
        return say("比例为占全部人数，全年各月平均。", "Shares are of all people, on average over the months of the year.")

    def notes(self, with_table: bool = True) -> Iterator[str]:
        """What the table does not say: what shares are of, the spread of balances, what a what-if changes, what it all rests on."""
        if with_table:
            yield self.table_note()
        months_, fen = self.quantiles_fen((0.1, 0.5, 0.9))
        there = [row for row, found in enumerate(fen) if found[0] >= 0]         # months at whose end somebody is alive
        if there:
            low, middle, high = (money.shown(int(amount)) for amount in fen[there[-1]])
            month = months.month_text(months_[there[-1]])
            yield say(f"{month} 的余额：十分之一的人不到 {low}，一半不到 {middle}，十分之一超过 {high}（误差不超过 0.8 %）。",
                      f"Balances in {month}: a tenth below {low}, half below {middle}, a tenth above {high} (within 0.8 %).")
        if there and self.has_what_if:
            last = self.differences((0.5,))[there[-1]]
            many = last.worse + last.alike + last.better
            yield say(f"假设之下，{month} 余额较多的 {last.better / many:.1%}，相同 {last.alike / many:.1%}，"
                      f"较少 {last.worse / many:.1%}。",
                      f"Under the what-if, in {month} {last.better / many:.1%} have more, {last.alike / many:.1%} the same, "
                      f"{last.worse / many:.1%} less.")
        yield self.basis_text()

    def data(self) -> dict[str, Any]:
        """Plain data for JSON: totals by year, money in yuan, and quantiles of balances."""
        years = {"what_if" if what_if else "law": {name: {str(year): amount / 100 if name in FLOWS else amount
                                                          for year, amount in self.yearly(name, what_if).items()}
                                                   for name in (*PEOPLE, *FLOWS)} for what_if in self._tables()}
        quantiles = {"what_if" if what_if else "law": [
            {"month": months.month_text(month), **{_quantile(share): int(fen) / 100 for share, fen in zip(SHARES, found)}}
            for month, found in zip(*self.quantiles_fen(what_if=what_if)) if found[0] >= 0] for what_if in self._tables()}
        return {"title": self.population.title, "accounts": sum(self.accounts), "people": self.population.people, "seed": self.seed,
                "years": years, "balances": quantiles}

    # ── single lives ──

    def life(self, group: int | str, number: int, what_if: bool = False) -> Scenario:
        """One household as a `Scenario`: its ledger is what the population counted of it. `number` is from 0 on."""
        from simulator.populations.story import scenario
        place, kind = self.place_of(group), self._kind(what_if)
        in_range("number", number, 0, self.accounts[place] - 1)
        return scenario(self.model, place, number, self.seed, bool(kind))

    def panel(self) -> Iterator[dict[str, Any]]:
        """The ledgers of a sample, each group in proportion, evenly over its accounts: dicts by column, money in fen."""
        from simulator.populations.interpreter import Interpreter
        engine = Interpreter(self.model)
        wanted = min(self.population.panel, sum(self.accounts))
        for group, many in enumerate(self.model.accounts_of(wanted) if wanted else ()):
            key, many = self.model.group_key(group, self.seed), min(many, self.accounts[group])
            for place in range(many):
                number = place * self.accounts[group] // many
                counts = engine.live(group, key, [number])
                for month, cells in zip(self._span, counts.sums[0].tolist()):
                    row = dict(zip(COUNTED, cells))
                    if row["lives"]:
                        yield {"group": self.groups[group], "account": number, "month": months.month_text(month),
                               "region": self.model.areas[row["area"]], "status": STATUSES[row["status"]],
                               **{name: row[name] for name in (*FLOWS, *COUNT_COLUMNS)}}

    # ── what it rests on ──

    def basis_text(self) -> str:
        """On how many values of each grade the rules of its areas and months rest, and from when they are projected."""
        first, last = months.first_day(self._span[0]), months.last_day(self._span[-1])
        spans = {(table.region.id, name, span.start): span for table in self.model.tables[0] for name, found in table.spans.items()
                 for span, following in zip_longest(found, found[1:])
                 if span.start <= last and (following is None or following.start > first)}
        grades = [span.grade for span in spans.values()]
        listed = say("、", ", ").join(f"{labels.GRADES[grade]} {grades.count(grade):,}" for grade in GRADES if grade in grades)
        text = say(f"规则共 {len(grades):,} 项：{listed}。", f"Rules: {len(grades):,} values: {listed}.")
        projected = [span.start for span in spans.values() if span.projected]
        if projected:
            text += say(f"其中 {len(projected):,} 项为推算，最早自 {min(projected):%Y-%m} 起。",
                        f" Of them {len(projected):,} are projected, the first from {min(projected):%Y-%m} on.")
        return text

    # ── files ──

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The results as files: (name, bytes)."""
        for name, make in self.makers().items():
            yield name, make()

    def makers(self) -> dict[str, Callable[[], bytes]]:
        """What makes each of the files: {name: function}."""
        made = {"flows.csv": self._flows_csv, "balances.csv": self._balances_csv}
        if self.has_what_if:
            made["differences.csv"] = self._differences_csv
        if self.population.panel:
            made["panel.csv"] = self._panel_csv
        return made | {"balances.svg": self._svg}

    def _tables(self) -> tuple[bool, ...]:
        return (False, True) if self.has_what_if else (False,)

    def _flows_csv(self) -> bytes:
        """A row a month for all and for each group, for the people represented."""
        def records() -> Iterator[dict[str, Any]]:
            for what_if in self._tables():
                for group in (None, *range(len(self.groups))):
                    columns = {name: self.represented(name, group, what_if) for name in (*PEOPLE, *FLOWS)}
                    accounts = self.sums[:, int(what_if), :, COUNTED.index("lives")]
                    accounts = (accounts.sum(axis=0) if group is None else accounts[group]).tolist()
                    for place, month in enumerate(self._span):
                        yield {"rules": "what-if" if what_if else "law", "group": "" if group is None else harmless(self.groups[group]),
                               "month": months.month_text(month), "accounts": accounts[place],
                               **{name: _cell(name, cells[place]) for name, cells in columns.items()}}
        return csv_bytes(("rules", "group", "month", "accounts", *PEOPLE, *FLOWS), records())

    def _balances_csv(self) -> bytes:
        def records() -> Iterator[dict[str, Any]]:
            for what_if in self._tables():
                for group in (None, *range(len(self.groups))):
                    counts = self._counts(group, what_if)
                    for month, found, of_month in zip(*self.quantiles_fen(SHARES, group, what_if), counts.tolist()):
                        if sum(of_month):
                            yield {"rules": "what-if" if what_if else "law",
                                   "group": "" if group is None else harmless(self.groups[group]), "month": months.month_text(month),
                                   "accounts": sum(of_month), "empty": of_month[0],
                                   **{_quantile(share): money.plain(int(fen)) for share, fen in zip(SHARES, found)}}
        return csv_bytes(("rules", "group", "month", "accounts", "empty", *map(_quantile, SHARES)), records())

    def _differences_csv(self) -> bytes:
        records = ({"month": months.month_text(one.month), "worse": one.worse, "alike": one.alike, "better": one.better,
                    **{_quantile(share): money.plain(fen) for share, fen in zip(SHARES, one.quantiles_fen)}}
                   for one in self.differences())
        return csv_bytes(("month", "worse", "alike", "better", *map(_quantile, SHARES)), records)

    def _panel_csv(self) -> bytes:
        columns = ("group", "account", "month", "region", "status", *FLOWS, *COUNT_COLUMNS)
        return csv_bytes(columns, ({name: _cell(name, value) for name, value in row.items()} for row in self.panel()))

    def _svg(self) -> bytes:
        import io

        import matplotlib

        from simulator.charts import styled
        image = io.BytesIO()
        with styled(), matplotlib.rc_context({"svg.hashsalt": "simulator"}):
            self.plot().savefig(image, format="svg", metadata={"Date": None}, bbox_inches="tight")
        return image.getvalue()

    def plot(self, group: int | str | None = None) -> Figure:
        """A fan chart of the balances as a matplotlib Figure; the what-if's median is dashed."""
        from simulator.charts import fan_figure
        return fan_figure(self, None if group is None else self.place_of(group))


def _known(name: str, names: tuple[str, ...]) -> None:
    """InputError if a column is not among those that are asked for: flows and states, or states alone."""
    if name not in names:
        what = (Text(f"不是人数的列：{name}", f"not a number of people: {name}") if name in FLOWS else
                Text(f"群体的结果中没有这一列：{name}", f"the result of a population has no column {name}"))
        raise InputError([unknown("name", name, names, what=what)])


def _check_shares(shares: Sequence[float]) -> None:
    """InputError if a quantile is asked for that there cannot be."""
    wrong = [share for share in shares if not isinstance(share, Real) or not 0 <= share <= 1]
    if wrong or len(shares) == 0:
        what = [Text(f"应在 0 与 1 之间：{share!r}", f"should be between 0 and 1: {share!r}") for share in wrong]
        raise InputError([Problem("shares", text) for text in what or [Text("至少一个", "at least one")]])


def _round_width(fen: int) -> int:
    """The least of 1, 2, 5, 10, 20 … yuan of which a histogram's bars take in an amount."""
    return next(int(width) for zeros in range(2, 20) for width in (10**zeros, 2 * 10**zeros, 5 * 10**zeros) if width * MOST_BARS > fen)


def _unit(largest: int) -> tuple[int, str]:
    """The largest unit of which an amount has a hundred: so much less can be told beside it."""
    return next(one for one in reversed(UNITS[language()]) if one[0] == 1 or largest >= 100 * one[0])


def _cell(name: str, value: Any) -> Any:
    return money.plain(value) if name in FLOWS else harmless(value)


def _quantile(share: float) -> str:
    return f"q{share * 100:02.0f}"
