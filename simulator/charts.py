"""Figures for files: the balance over time, of one scenario or several, with matplotlib.

A Chinese font is looked for at run time: the system's, else the one that comes with the installation.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from simulator import labels, months
from simulator.language import in_language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulator.ledger import Result
    from simulator.populations.result import Result as PopulationResult

# Okabe and Ito's colours: told apart by the colour-blind.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#000000")
SYSTEM_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
                "Source Han Sans CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei")
FAINT = "#c4c4c4"
MOST_LABELLED = 8       # of more lines than this only a few stand out and are named


@cache
def chinese_font() -> str:
    """The name of a font with Chinese glyphs that matplotlib can use."""
    from matplotlib import font_manager
    known = {font.name for font in font_manager.fontManager.ttflist}
    if found := next((name for name in SYSTEM_FONTS if name in known), None):
        return found
    import pylopdf_fonts_zh_cn
    path = str(pylopdf_fonts_zh_cn.sans_path())
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


def style() -> Any:                                         # matplotlib types every key of it
    """How figures are written: Chinese, and what stands between two $ is no formula, for titles are anybody's."""
    return {"font.family": [chinese_font(), "DejaVu Sans"], "axes.unicode_minus": False, "svg.fonttype": "path", "text.parse_math": False}


# matplotlib's settings are those of the whole process: of two threads that set them and put them back in turns, one would
# draw by the other's, and what the last one puts back need not be what the first one found.
_settings = RLock()


@contextmanager
def styled() -> Iterator[None]:
    """Within it figures are made and written in our style, by one thread at a time."""
    import matplotlib
    with _settings, matplotlib.rc_context(style()):
        yield


def balance_figure(results: Sequence[Result], names: Sequence[str] | None = None, who: str | None = None) -> Figure:
    """The closing balance of each result by month. `results` are `Result`s; `names` label the lines.

    Returns a matplotlib Figure; dashed where the rules are projected. Events of a single result are marked.
    """
    from matplotlib.figure import Figure

    names = names or line_names(results)
    with styled():
        figure = Figure(figsize=(9.6, 5.4), dpi=150, layout="constrained")
        axes = figure.add_subplot()
        ends, drawn = [], []
        for result, name, colour in zip(results, names, _colours(results)):
            days: Any                                       # matplotlib takes dates; its annotations do not know
            days, yuan = series(result, who)
            known = sum(day < result.projected_from for day in days) if result.projected_from else len(days)
            is_faint = colour == FAINT
            axes.plot(days[:known], yuan[:known], color=colour, lw=0.5 if is_faint else 2, zorder=1 if is_faint else 2)
            axes.plot(days[max(0, known - 1):], yuan[max(0, known - 1):], color=colour, lw=0.4 if is_faint else 1.4,
                      ls=(0, (4, 2)), zorder=1 if is_faint else 2)
            if not is_faint:
                ends.append((yuan[-1], days[-1], name, colour))
            drawn.append(yuan)
        if len(results) == 1:
            _mark_events(axes, results[0], who or results[0].holder)
        axes.set_title(in_language(results[0].scenario.title) or say("个人账户余额", "Balance of the personal account"),
                       loc="left", fontsize=13, pad=12)
        lowest, highest = min(map(min, drawn)), max(map(max, drawn))
        if lowest < highest / 2:                            # else a zero line would press the curves flat
            axes.set_ylim(bottom=min(0, lowest))
        _label_ends(axes, ends)
        _balances_over_time(axes)
        axes.set_xlabel(footnote(results), loc="left", fontsize=8, color="#666666", labelpad=10)
        return figure


def fan_figure(result: PopulationResult, group: int | None = None) -> Figure:
    """The distribution of balances over time of a `population.Result`: bands of quantiles around the median."""
    from matplotlib.figure import Figure

    from simulator.populations.result import BANDS, SHARES

    with styled():
        figure = Figure(figsize=(9.6, 5.4), dpi=150, layout="constrained")
        axes = figure.add_subplot()
        found, fen = result.quantiles_fen(group=group)
        there = [place for place, row in enumerate(fen) if row[0] >= 0]
        days: Any = [months.last_day(found[place]) for place in there]
        if len(there) == 1:                                 # bands as wide as that month, or nothing would be seen of it
            there, days = there * 2, [months.first_day(found[there[0]]), *days]
        yuan = fen[there] / 100
        for place, (low, high) in enumerate(BANDS):
            label = f"{SHARES[low]:.0%} – {SHARES[high]:.0%}"
            axes.fill_between(days, yuan[:, low], yuan[:, high], color=COLOURS[0], alpha=(0.10, 0.16, 0.22, 0.3)[place], lw=0, label=label)
        axes.plot(days, yuan[:, 4], color=COLOURS[0], lw=2, label=say("中位数", "median"))
        if result.has_what_if:
            _, other = result.quantiles_fen(group=group, what_if=True)
            axes.plot(days, other[there][:, 4] / 100, color=COLOURS[1], lw=2, ls=(0, (4, 2)),
                      label=say("中位数（假设）", "median, what-if"))
        title = in_language(result.population.title) or say("个人账户余额的分布", "Distribution of balances")
        if group is not None:
            title += say(f"：{result.groups[group]}", f": {result.groups[group]}")
        axes.set_title(title, loc="left", fontsize=13, pad=12)
        axes.set_ylim(bottom=0)
        if days:
            axes.set_xlim(days[0], days[-1])
        axes.legend(loc="best", frameon=False, fontsize=9)
        _balances_over_time(axes)
        many = sum(result.accounts) if group is None else result.accounts[result.place_of(group)]
        axes.set_xlabel(say(f"{many:,} 个账户；分位数误差不超过 0.8 %", f"{many:,} accounts; quantiles are within 0.8 %"), loc="left",
                        fontsize=8, color="#666666", labelpad=10)
        return figure


def _balances_over_time(axes: Axes) -> None:
    """Yuan upwards, months along."""
    from matplotlib.dates import DateFormatter, date2num, num2date
    from matplotlib.ticker import FixedLocator
    in_yuan(axes, say("月末余额（元）", "closing balance (yuan)"))
    start, end = (months.month_number(num2date(number).date()) for number in axes.get_xlim())
    step = month_step(end - start)
    ends = [months.last_day(month) for month in range(start, end + 1) if (month + 1) % step == 0]
    axes.xaxis.set_major_locator(FixedLocator([one for day in ends if axes.get_xlim()[0] <= (one := date2num(day)) <= axes.get_xlim()[1]]))
    axes.xaxis.set_major_formatter(DateFormatter("%Y-%m"))


def in_yuan(axes: Axes, label: str, **font: Any) -> None:
    """Yuan upwards, and as little else as possible."""
    from matplotlib.ticker import FuncFormatter
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_ylabel(label, **font)
    axes.grid(axis="y", color="#dddddd", lw=0.7)
    axes.spines[["top", "right"]].set_visible(False)


def month_step(length: int) -> int:
    """How many months lie between two labels of a time axis: they stand at months' ends, where the balances are."""
    return next((step for step in (1, 3, 6, 12, 24, 60) if length <= 12 * step), 120)


def series(result: Result, who: str | None = None) -> tuple[list[date], list[float]]:
    """The days and balances in yuan that a chart shows: the opening, then every month's end."""
    flows = result.flows[result.name_of(who)]
    start = result.scenario.start
    days = [months.first_day(start)] + [months.last_day(start + position) for position in range(len(flows))]
    return days, [flows[0].opening / 100] + [row.closing / 100 for row in flows]


def line_names(results: Sequence[Result], first: str = "") -> list[str]:
    """A name for each result, no two alike: the region where they differ in it, else the title; what-ifs say so.

    `first` is what to say before the first one.
    """
    from simulator.policy import region
    by_region = len({result.scenario.region for result in results}) > 1 or len(results) == 1
    names: list[str] = []
    for result in results:
        name = str(region(result.scenario.region)) if by_region or not result.scenario.title else in_language(result.scenario.title)
        if result.scenario.rules and len(results) > 1:
            name += say("（假设）", " (what-if)")
        name = first * (not names) + name
        same = sum(other == name or other.startswith(f"{name} #") for other in names)
        names.append(f"{name} #{same + 1}" if same else name)
    return names


def footnote(results: Sequence[Result]) -> str:
    """What the figure rests on: the worst grade, and from when the rules are projected."""
    from simulator.policy import GRADES
    worst = max((result.lowest_grade for result in results), key=GRADES.index)
    text = say(f"所依据规则的最低可信等级：{labels.GRADES[worst]}", f"Lowest grade of the rules used: {labels.GRADES[worst]}")
    if len(results) == 1:
        doubtful = results[0].doubtful()
        counts = [(grade, len(found)) for grade, found in doubtful.items() if found]
        text += "".join(say(f"；{labels.GRADES[grade]} {count} 项", f"; {labels.GRADES[grade]}: {count}") for grade, count in counts)
    projected = [result.projected_from for result in results if result.projected_from]
    if projected:
        text += say(f"；虚线：{min(projected):%Y-%m} 起的规则为推算",
                    f"; dashed: rules projected from {min(projected):%Y-%m} on")
    return text


def _colours(results: Sequence[Result]) -> Sequence[str]:
    """A colour for each result; of very many only the first, the highest, the middle and the lowest stand out."""
    if len(results) <= MOST_LABELLED:
        return COLOURS[:len(results)]
    by_closing = sorted(range(len(results)), key=lambda number: results[number].summary()["closing"])
    chosen = dict.fromkeys([0, by_closing[-1], by_closing[len(results) // 2], by_closing[0]])
    colours = dict(zip(chosen, COLOURS))
    return [colours.get(number, FAINT) for number in range(len(results))]


def _label_ends(axes: Axes, ends: list[tuple[float, Any, str, str]]) -> None:
    """Name each line at its end, pushed apart where the names would overlap, around where the lines end."""
    from matplotlib.patheffects import withStroke
    ends = sorted(ends)
    low, high = axes.get_ylim()
    step = (high - low) * 0.055
    places: list[float] = []
    for yuan, *_ in ends:
        places.append(yuan if not places else max(yuan, places[-1] + step))
    shift = (sum(places) - sum(yuan for yuan, *_ in ends)) / len(ends)
    for place, (yuan, day, name, colour) in zip(places, ends):
        axes.annotate(f"  {name} {yuan:,.2f}", (day, yuan), (day, place - shift), color=colour, fontsize=9, va="center",
                      annotation_clip=False, path_effects=[withStroke(linewidth=3, foreground="white")])   # over a longer line


def event_name(result: Result, event: Any) -> str:
    """What an event is called on a chart; one whose request was refused did not happen."""
    is_refused = any(one.event is event and not one.granted for one in result.decisions)
    return str(labels.EVENTS.get(event.type, event.type)) + say("（未准）", " (refused)") * is_refused


def _mark_events(axes: Axes, result: Result, who: str) -> None:
    import numpy as np
    days, yuan = series(result, who)
    numbers = [day.toordinal() for day in days]
    by_day: dict[Any, dict[str, None]] = {}                 # matplotlib takes dates; its annotations do not know
    for event in result.scenario.events:
        if event.who == who:
            by_day.setdefault(event.on, {})[event_name(result, event)] = None
    for day, named in by_day.items():
        axes.annotate("\n".join(named), (day, float(np.interp(day.toordinal(), numbers, yuan))),
                      (8, 14), textcoords="offset points", fontsize=8, color="#444444",
                      arrowprops={"arrowstyle": "-", "color": "#999999", "lw": 0.7})


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure to `.png` or `.svg`, complete or not at all."""
    from simulator.export import written_whole
    with written_whole(path) as temporary, styled():
        figure.savefig(temporary, format=str(path).rsplit(".", 1)[-1].lower(), bbox_inches="tight")
