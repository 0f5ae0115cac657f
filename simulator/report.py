"""The figures and the report of a batch: one page that needs nothing beside it and asks nobody for anything."""
from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import labels, money, months
from simulator.charts import COLOURS, MOST_LABELLED, in_yuan, styled
from simulator.language import in_language, language, say

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from simulator.batches import Found

MOST_DRAWN = 20_000     # runs behind a figure; of more every second, third … is drawn
MOST_SHOWN = 40         # rows of a table and values of an axis on the page; all of them are in the files
MOST_PANELS = 6
SHARES = (5, 25, 50, 75, 95)


def quantile(ordered: list[int], percent: int) -> int:
    """A value of an ordered list that no more than `percent` are below: one that is there, no mean of two."""
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


# ── figures ────────────────────────────────────────────────────────────────────────────────────────

def figures(found: Found, ledgers: list[Path]) -> Iterator[tuple[str, bytes]]:
    """(name, bytes of a PNG). `ledgers` are the Parquet files in the order of the runs."""
    if not found.rows:
        return
    with styled():
        balance = _png(_balance(found, ledgers))
    yield "balance", balance                                # outside: nobody else could draw until the next one is asked for
    axes = [name for name in found.varied if len(_groups(found, name)) > 1][:MOST_PANELS]
    if axes:
        with styled():
            varied = _png(_varied(found, axes))
        yield "varied", varied


def _png(figure: Figure) -> bytes:
    sink = io.BytesIO()
    figure.savefig(sink, format="png", bbox_inches="tight", metadata={"Software": None})
    return sink.getvalue()


def _balance(found: Found, ledgers: list[Path]) -> Figure:
    """The holders' balances by month: few as lines, many as shares of them."""
    import numpy as np
    from matplotlib.figure import Figure
    figure = Figure(figsize=(9.6, 5.4), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    first, balances = _balances(found, ledgers)
    days: Any = [months.last_day(first + position) for position in range(balances.shape[1])]    # matplotlib's annotations know no dates
    if len(balances) <= MOST_LABELLED:
        for line, row, colour in zip(balances, found.holders, COLOURS):
            axes.plot(days, line, color=colour, lw=2, label=f" {row['name']}" if row["name"][0] == "_" else row["name"])    # not hidden
    else:
        known = [line[~np.isnan(line)] for line in balances.T]
        shares = np.array([np.percentile(line, SHARES) if len(line) else [np.nan] * len(SHARES) for line in known]).T
        for low, high, alpha, text in ((0, 4, 0.15, "5–95 %"), (1, 3, 0.3, "25–75 %")):
            axes.fill_between(days, shares[low], shares[high], color=COLOURS[0], alpha=alpha, lw=0, label=text)
        axes.plot(days, shares[2], color=COLOURS[0], lw=2, label=say("中位数", "median"))
    axes.legend(loc="upper left", frameon=False, fontsize=9)
    axes.set_title(say("个人账户余额", "Balance of the personal account"), loc="left", fontsize=13, pad=12)
    in_yuan(axes, say("元", "yuan"), fontsize=8)
    return figure


def _balances(found: Found, ledgers: list[Path]) -> tuple[int, NDArray[np.int64]]:
    """(first month, array run × month of the holders' closing balances in yuan, NaN where a run has no such month)."""
    import numpy as np
    import pyarrow.parquet as pq

    from simulator.batches import fen_of
    people: dict[str, int] = {}
    for row in found.rows:
        people[row["run"]] = people.get(row["run"], 0) + 1
    step = -(-len(found.holders) // MOST_DRAWN)
    starts = [months.month_number(row["start"]) for row in found.holders]
    first, end = min(starts), max(start + row["months"] for start, row in zip(starts, found.holders))
    drawn = np.full((-(-len(found.holders) // step), end - first), np.nan)
    runs = iter(enumerate(zip(found.holders, starts)))
    for file in ledgers:
        closing, at = fen_of(pq.read_table(file, columns=["closing"]).column(0)), 0
        while at < len(closing):
            number, (row, start) = next(runs)
            count = people[row["run"]]
            if number % step == 0:
                drawn[number // step, start - first:start - first + row["months"]] = closing[at:at + count * row["months"]:count] / 100
            at += count * row["months"]
    return first, drawn


def _groups(found: Found, name: str) -> dict[str, list[int]]:
    """{value as text: the closing balances of its runs, in order} of what was varied, as it stands in the file."""
    from simulator.export import value_text
    groups: dict[str, list[int]] = {}
    for row in found.holders:
        value = found.value(row, name)
        if value is not None:
            groups.setdefault(value_text(value), []).append(row["closing"])
    return {value: sorted(closings) for value, closings in groups.items()}


def _some(groups: dict[str, list[int]]) -> dict[str, list[int]]:
    """Of very many values the highest and the lowest by their median."""
    if len(groups) <= MOST_SHOWN:
        return groups
    ranked = sorted(groups, key=lambda value: -quantile(groups[value], 50))
    return {value: groups[value] for value in (*ranked[:MOST_SHOWN // 2], *ranked[-MOST_SHOWN // 2:])}


def _varied(found: Found, names: list[str]) -> Figure:
    """The closing balance over each thing that was varied: the middle of all other variations, and 5 to 95 % of them."""
    from matplotlib.figure import Figure
    columns = 1 if len(names) == 1 else 2
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(9.6, 3.4 * rows), dpi=120, layout="constrained")
    for number, name in enumerate(names, 1):
        axes = figure.add_subplot(rows, columns, number)
        groups = _some(_groups(found, name))
        for place, closings in enumerate(groups.values()):
            axes.vlines(place, quantile(closings, 5) / 100, quantile(closings, 95) / 100, color=COLOURS[0], alpha=0.4, lw=5)
            axes.plot(place, quantile(closings, 50) / 100, "o", color=COLOURS[1], ms=4)
        axes.set_xlim(-0.7, len(groups) - 0.3)
        axes.set_xticks(range(len(groups)), _named(name, groups), rotation=60 if len(groups) > 6 else 0,
                        fontsize=7 if len(groups) > 12 else 8)
        axes.set_title(_heading(name), loc="left", fontsize=10)
        in_yuan(axes, say("元", "yuan"), fontsize=8)
    figure.suptitle(say("期末余额：中位数与 5–95 %", "Closing balance: median and 5–95 %"), fontsize=12)
    return figure


def _heading(name: str) -> str:
    return say("方案", "case") if name == "case" else say("参保地", "region") if name == "region" else name


def _named(name: str, values: Iterable[str]) -> list[str]:
    """Values as they are called: regions by their name, and where two are called the same, as they were given too."""
    from simulator.policy import region, region_id
    values = list(values)
    if name != "region":
        return values
    names = [str(region(id)) if (id := region_id(value)) else value for value in values]
    return [f"{called} ({value})" if names.count(called) > 1 and value != called else called for called, value in zip(names, values)]


# ── the page ───────────────────────────────────────────────────────────────────────────────────────

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.6 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif;
       max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; display: block; overflow-x: auto; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #8884; text-align: right; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child, td.text { text-align: left; }
img { max-width: 100%; background: white; }
code { word-break: break-all; font-size: 12px; }
"""


def html(found: Found, about: dict[str, Any], figures: dict[str, bytes]) -> bytes:
    """The bytes of the page. `figures` are PNGs by name."""
    plan, failed = found.plan, found.failed
    title = in_language(next((sweep.title for sweep in plan.sweeps() if sweep.title), "")) or say("批量模拟报告", "Report of a batch")
    parts = [f"<h1>{escape(title)}</h1>",
             "<p>" + escape(say(f"共 {plan.asked:,} 次运行，{failed:,} 次失败。金额单位：元。",
                                f"{plan.asked:,} {'run' if plan.asked == 1 else 'runs'}, {failed:,} failed. Amounts in yuan.")) + "</p>"]
    if found.rows:
        parts += [_section(say("主账户人的结果", "What the account holders come to")), _distribution(found)]
    for name, heading in (("balance", say("余额走势", "Balance over time")), ("varied", say("随变动而变", "By what was varied"))):
        if name in figures:
            parts += [_section(heading), (f'<img alt="{escape(heading)}" src="data:image/png;base64,'
                                          f'{base64.b64encode(figures[name]).decode()}">')]
    for name in found.varied:
        if len(groups := _groups(found, name)) > 1:
            parts += [f"<h3>{escape(_heading(name))}</h3>", _of_groups(name, groups)]
    if found.problems:
        parts += [_section(say("问题", "Problems")), _problems(found.problems)]
    if found.rows:
        parts += [_section(say("依据", "What it rests on")), _grades(found)]
    parts += [_section(say("来历与核对", "Provenance")), _provenance(about)]
    lang = "zh-CN" if language() == "zh" else "en"
    return (f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
            ).encode()


def _section(heading: str) -> str:
    return f"<h2>{escape(heading)}</h2>"


def _table(heads: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A table; cells that are no text are numbers already written."""
    def line(tag: str, cells: Iterable[object]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"
    return "<table>" + line("th", heads) + "".join(line("td", row) for row in rows) + "</table>"


def _distribution(found: Found) -> str:
    from simulator.batches import HEADS
    rows = []
    for name in ("opening", "credit", "interest", "spent", "withdrawn", "medical", "reimbursed", "cash_paid", "premium_paid", "closing"):
        ordered = sorted(row[name] for row in found.holders)
        if any(ordered):
            rows.append([HEADS[name], *(money.shown(quantile(ordered, share)) for share in (0, *SHARES, 100))])
    return _table([say("项目", "Item"), say("最低", "lowest"), "5 %", "25 %", say("中位数", "median"), "75 %", "95 %",
                   say("最高", "highest")], rows)


def _of_groups(name: str, groups: dict[str, list[int]]) -> str:
    some = _some(groups)
    rows = [[called, len(closings), *(money.shown(quantile(closings, share)) for share in (0, 50, 100))]
            for called, closings in zip(_named(name, some), some.values())]
    table = _table([_heading(name), say("次数", "runs"), say("期末余额最低", "closing, lowest"), say("中位数", "median"),
                    say("最高", "highest")], rows)
    if len(groups) > len(rows):
        table += f"<p>{escape(say(f'共 {len(groups)} 个取值，只列最高与最低的', f'The highest and lowest of {len(groups)} values'))}</p>"
    return table


def _problems(problems: list[dict[str, Any]]) -> str:
    rows = [[f"{one['file']}:{one['line'] or ''}".rstrip(":"), one["key"], one["message"], one["runs"]] for one in problems[:MOST_SHOWN]]
    more = len(problems) - len(rows)
    return _table([say("文件与行", "File and line"), say("项", "Key"), say("问题", "Problem"), say("涉及次数", "runs")], rows) + (
        f"<p>{escape(say(f'另有 {more} 条，见 problems.csv', f'{more} more in problems.csv'))}</p>" if more else "")


def _grades(found: Found) -> str:
    from simulator.policy import GRADES
    worst = [row["lowest_grade"] for row in found.holders]
    projected = [row["projected_from"] for row in found.holders if row["projected_from"]]
    table = _table([say("所依据规则的最低可信等级", "Lowest grade of the rules used"), say("次数", "runs")],
                   [[labels.GRADES[grade], worst.count(grade)] for grade in GRADES if grade in worst])
    if projected:
        table += "<p>" + escape(say(f"{len(projected):,} 次运行用到推算的规则，最早自 {min(projected)[:7]} 起。",
                                    f"{len(projected):,} runs use projected rules, the earliest from {min(projected)[:7]} on.")) + "</p>"
    return table


def _provenance(about: dict[str, Any]) -> str:
    names = {"program": say("程序版本", "program"), "code": say("代码", "code"), "rules": say("规则", "rules"),
             "scenarios": say("情景", "scenarios")}
    items = "".join(f"<li>{escape(text)} <code>{escape(about[key])}</code></li>" for key, text in names.items())
    return f"<ul>{items}</ul><p>" + escape(say(
        "每个文件的哈希在 manifest.json；simulator verify 重算哈希、抽样复算，并重新生成各表。"
        "各次运行见 summary.xlsx（或 .csv、.parquet），逐月明细在 ledger/。",
        "The hash of every file is in manifest.json; `simulator verify` recomputes them and a sample of the runs, "
        "and builds the tables again. "
        "Each run is in summary.xlsx (or .csv, .parquet), each month in ledger/.")) + "</p>"
