"""The balances on the screen: an interactive chart, with the amounts to the fen under the pointer.

The chart's description stays the same as long as lines and months do; only the data travel when a value changes, and the
browser draws them into the chart that is there.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import pandas as pd
import streamlit as st

from simulator import charts, labels, money, months
from simulator.dashboard import why, words
from simulator.language import say

if TYPE_CHECKING:
    from simulator.ledger import Result

COLOURS = (*charts.COLOURS[:-1], "#888888")     # the last of them is black, which a dark page swallows
GREY = "#888888"                                # for what has to be seen on light and on dark
NOTHING = "–"
HEIGHT = 400
LEGEND: dict[str, Any] = {"title": None, "orient": "top", "labelLimit": 245, "offset": 12}
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
AXIS = 70                                       # its width, and the room beside it
MOST_NAMED = 6                                  # more names than this are told only under the pointer


def balances(results: Sequence[Result], names: Sequence[str]) -> None:
    """Draw the closing balances of results by month, the events of the first one marked.

    Dashed where projected. The pointer finds the nearest month and is told all balances at once.
    """
    spoken = _spoken(results)
    first, last = (months.month_text(month) for month in (results[0].scenario.start, results[0].scenario.end - 1))
    comma = say("、", ", ")
    span = min(one.scenario.start for one in results), max(one.scenario.end for one in results)
    draw(pd.concat([_balances(results, names), spoken], ignore_index=True), _described(span, names, spoken),
         say(f"{first} 至 {last} 各月末余额的折线图：{comma.join(names)}。各月数字见“逐月明细”。",
             f"Line chart of the closing balances from {first} to {last}: {comma.join(names)}. The amounts stand in 'By month'."),
         "balances")


def draw(frame: pd.DataFrame, spec: dict[str, Any], alt: str, key: str) -> None:
    """A chart of a table. While `spec` and `alt` stay the same, the browser only gets the new data."""
    st.vega_lite_chart(frame, spec, alt=alt, theme="streamlit", key=key)


def _described(span: tuple[int, int], names: Sequence[str], spoken: pd.DataFrame) -> dict[str, Any]:
    """The chart in Vega-Lite's words."""
    day = {"field": "day", "type": "temporal", "axis": {**month_ends(*span), "labelFlush": False}}
    yuan = {"field": "yuan", "type": "quantitative",
            "axis": {"title": say("月末余额（元）", "Closing balance (yuan)"), "format": ",~f"}}
    colour = coloured(names)
    dashes = {"field": "projected", "type": "nominal", "legend": None,
              "scale": {"domain": [False, True], "range": [[1, 0], [5, 4]]}}
    nearest = {"name": "nearest", "select": {"type": "point", "nearest": True, "on": "pointerover", "clear": "pointerout",
                                             "fields": ["day"]}}
    line, said = ([{"filter": f"datum.part == '{part}'"}] for part in ("line", "said"))
    heads = {"month": say("月份", "Month"), **{f"line{place}": name for place, name in enumerate(names)}}
    has_events = "events" in spoken
    if has_events:
        heads["events"] = say("事件", "Events")
    layers = [
        {"transform": line, "mark": {"type": "line", "strokeWidth": 2.5},
         "encoding": {"x": day, "y": yuan, "color": colour, "strokeDash": dashes, "detail": {"field": "name"}}},
        {"transform": [*line, {"filter": "datum.last"}], "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
         "encoding": {"x": day, "y": yuan, "color": colour, "shape": shaped(names)}},
        {"transform": [*line, {"filter": {"param": "nearest", "empty": False}}],
         "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1}, "encoding": {"x": day, "y": yuan, "color": colour}},
        {"transform": said, "params": [nearest], "mark": {"type": "rule", "color": GREY},
         "encoding": {"x": day, "opacity": {"condition": {"param": "nearest", "value": 0.6, "empty": False}, "value": 0},
                      "tooltip": [{"field": field, "title": head} for field, head in heads.items()]}},
    ]
    if has_events:
        marked = [{"filter": "datum.part == 'event'"}]
        once = {"filter": "datum.is_first"}
        layers.insert(0, {"transform": [*marked, once], "mark": {"type": "rule", "color": GREY, "strokeDash": [2, 3], "opacity": 0.6},
                          "encoding": {"x": day}})
        if (spoken["part"] == "event").sum() <= MOST_NAMED:             # each in a line of its own, off the balances
            at = "scale('x', datum.day)"                                # right of its day, or left where there is no room
            name = {"type": "text", "fontSize": 12, "color": GREY, "align": "left",
                    "x": {"expr": f"{at} + 4 + datum.room < width ? {at} + 4 : max(0, {at} - 4 - datum.room)"},
                    "y": {"expr": "datum.high ? height - 8 - 15 * datum.place : 10 + 15 * datum.place"}}
            layers.append({"transform": marked, "mark": name, "encoding": {"text": {"field": "events"}}})
    return {"height": HEIGHT, "layer": layers}


def coloured(names: Sequence[str]) -> dict[str, Any]:
    """Each line in a colour of its own, named above the chart."""
    return {"field": "name", "type": "nominal", "scale": {"domain": list(names), "range": list(COLOURS[:len(names)])},
            "legend": legend(names)}


def shaped(names: Sequence[str]) -> dict[str, Any]:
    """And in a shape of its own, for those who do not see the colours apart."""
    return {"field": "name", "type": "nominal", "scale": {"domain": list(names), "range": list(SHAPES[:len(names)])},
            "legend": legend(names)}


def legend(names: Sequence[str], most: int = 3) -> dict[str, Any]:
    """As many names beside each other as there is room for: on a phone often one.

    The room is that of the whole chart, less its axis: `width` changes while the browser fits the chart in, and a name that
    changes its column meanwhile is lost.
    """
    longest = max(map(_room, names))
    room = min(longest, LEGEND["labelLimit"]) + 45                      # the sign before the name, and what is between two
    return {**LEGEND, "columns": {"expr": f"max(1, min({most}, floor((containerSize()[0] - {AXIS}) / {room})))"}}


def _room(text: str) -> int:
    """About how wide a text of a chart is, in pixels, and not less."""
    return sum(14 if east_asian_width(char) in "WF" else 8 for char in text)


def curves(rows: Sequence[tuple[int, str, int, str]], names: Sequence[str], title: str, over: str, alt: str,
           key: str) -> None:
    """Lines over whole numbers: `rows` are (number, name, fen, what the pointer is told)."""
    frame = pd.DataFrame([(number, name, fen / 100, told) for number, name, fen, told in rows], columns=["number", "name", "yuan", "told"])
    spec = {"height": HEIGHT - 80, "mark": {"type": "line", "point": {"size": 70, "filled": True}, "strokeWidth": 2.5}, "encoding": {
        "x": {"field": "number", "type": "quantitative", "axis": {"title": over, "tickMinStep": 1, "grid": False, "format": "d"}},
        "y": {"field": "yuan", "type": "quantitative", "axis": {"title": title, "format": ",~f"}},
        "color": coloured(names), "shape": shaped(names), "tooltip": [{"field": "told", "title": title}]}}
    draw(frame, spec, alt, key)


def steps(rows: Sequence[tuple[str, Any, str]], title: str, unit: str, alt: str, key: str) -> None:
    """A value that changes on some days and holds in between: `rows` are (day, number, what the pointer is told)."""
    frame = pd.DataFrame(rows, columns=["day", "number", "told"]).astype({"day": "datetime64[s]", "number": float})
    spec = {"height": 220, "mark": {"type": "line", "interpolate": "step-after", "point": {"size": 70, "color": COLOURS[0]},
                                    "strokeWidth": 2.5, "color": COLOURS[0]},
            "encoding": {"x": {"field": "day", "type": "temporal", "axis": {"title": None, "format": "%Y-%m", "grid": False}},
                         "y": {"field": "number", "type": "quantitative", "axis": {"title": unit}, "scale": {"zero": False}},
                         "tooltip": [{"field": "told", "title": title}]}}
    draw(frame, spec, alt, key)


def payments(result: Result, columns: Sequence[str], alt: str, key: str) -> None:
    """What paid the care of a household, month by month: a bar a month, stacked by who paid."""
    names = [str(labels.COLUMNS[column]) for column in columns]
    rows = [(months.first_day(months.month_number(record["month"])), name, record[column] / 100,
             f"{record['month']} · {words.person(record['person'])} · {name} ¥{money.shown(record[column])}")
            for record in result.records() for column, name in zip(columns, names, strict=True) if record[column]]
    frame = pd.DataFrame(rows, columns=["day", "name", "yuan", "told"]).astype({"day": "datetime64[s]"})
    spec: dict[str, Any] = {"height": HEIGHT - 120, "mark": {"type": "bar", "binSpacing": 0}, "encoding": {
        "x": {"field": "day", "type": "temporal", "timeUnit": "yearmonth", "axis": {"title": None, "format": "%Y-%m", "grid": False}},
        "y": {"field": "yuan", "type": "quantitative", "axis": {"title": say("元", "yuan"), "format": ",~f"}},
        "color": coloured(names), "tooltip": [{"field": "told", "title": say("谁付的", "paid by")}]}}
    draw(frame, spec, alt, key)


def _balances(results: Sequence[Result], names: Sequence[str]) -> pd.DataFrame:
    """A row a line and day. The day before a projection stands twice, so that the dashed line begins at it."""
    rows = []
    for name, result in reversed(list(zip(names, results, strict=True))):   # the first one is drawn last, on top
        days, yuan = charts.series(result)
        projected_from = result.projected_from or date.max
        known = sum(day < projected_from for day in days)
        rows += [("line", day, name, balance, False, False) for day, balance in zip(days[:known], yuan, strict=False)]
        first = max(0, known - 1)
        rows += [("line", day, name, balance, True, False) for day, balance in zip(days[first:], yuan[first:], strict=True)]
        rows[-1] = (*rows[-1][:-1], True)
    return pd.DataFrame(rows, columns=["part", "day", "name", "yuan", "projected", "last"]).astype({"day": "datetime64[s]"})


def _spoken(results: Sequence[Result]) -> pd.DataFrame:
    """A row a day: what is said under the pointer, every amount written out to the fen."""
    scenario, holder = results[0].scenario, results[0].holder
    span = range(scenario.start, scenario.end)
    days, yuan = charts.series(results[0])
    frame = pd.DataFrame({"part": "said", "day": days}).astype({"day": "datetime64[s]"})
    frame["month"] = [say("期初", "Opening"), *map(months.month_text, span)]
    for place, result in enumerate(results):
        flows, begin = result.flows[result.holder], result.scenario.start
        found = {begin - 1: flows[0].opening, **{begin + number: row.closing for number, row in enumerate(flows)}}
        frame[f"line{place}"] = [f"¥{money.shown(found[month])}" if month in found else NOTHING
                                 for month in range(scenario.start - 1, scenario.end)]
    events: dict[date, list[str]] = {}
    for event in scenario.events:
        if event.who == holder:
            events.setdefault(event.on, []).append(charts.event_name(results[0], event))
    for month, who, is_retiree, _ in why.of_age(results[0]):
        if is_retiree and who == holder:
            events.setdefault(months.first_day(month), []).append(say("退休", "retires"))
    if not events:
        return frame
    events = dict(sorted(events.items()))
    comma, high = say("、", ", "), max(max(charts.series(result)[1]) for result in results) / 2
    by_month = {month: comma.join(dict.fromkeys(what for on, found in events.items() if months.month_number(on) == month for what in found))
                for month in span}
    frame["events"] = [NOTHING, *(by_month[month] or NOTHING for month in span)]
    marks = []                                              # on their own days, with the day: a month's end is another one's
    for on, what in events.items():
        first, *others = dict.fromkeys(what)
        lines = [f"{on:%m-%d} {first}", *others]
        is_high, room = yuan[1 + months.month_number(on) - scenario.start] > high, max(map(_room, lines))
        marks += [(on, text, text == lines[0], is_high, room) for text in lines]
    drawn = pd.DataFrame(marks, columns=["day", "events", "is_first", "high", "room"]).astype({"day": "datetime64[s]"})
    drawn["part"], drawn["place"] = "event", range(len(drawn))
    drawn.loc[drawn["high"], "place"] = len(drawn) - 1 - drawn["place"]             # at the bottom, where it is counted from
    return pd.concat([frame, drawn], ignore_index=True)


def month_ends(start: int, end: int) -> dict[str, Any]:
    """An axis of months, labelled at their last days, where their balances are: at most some twelve times."""
    step = charts.month_step(end - start)
    days = [months.last_day(month) for month in range(start, end) if (month + 1) % step == 0]
    return {"title": None, "format": "%Y-%m", "labelOverlap": True, "grid": False,
            "values": [{"year": day.year, "month": day.month, "date": day.day} for day in days]}


# ── populations ────────────────────────────────────────────────────────────────────────────────────

def over_time(frame: pd.DataFrame, layers: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]],
              title: str | None, told: dict[str, str], alt: str, key: str, percent: bool = False) -> None:
    """Layers over the days of a wide table; the pointer finds the nearest day and is told the texts of the columns `told`."""
    span = [months.month_number(found) for found in (frame["day"].min(), frame["day"].max())]
    day = {"field": "day", "type": "temporal", "axis": month_ends(span[0], span[1] + 1)}
    nearest = {"name": "nearest", "select": {"type": "point", "nearest": True, "on": "pointerover", "clear": "pointerout",
                                             "fields": ["day"]}}
    axis = {"title": title, "format": ".1~%" if percent else ",~f"}
    drawn = [{"mark": mark, "encoding": {"x": day, "y": {"type": "quantitative", "axis": axis, **y}, **others}}
             for mark, y, others in layers]
    told_here = {"params": [nearest], "mark": {"type": "rule", "color": GREY, "strokeWidth": 2}, "encoding": {
        "x": day, "opacity": {"condition": {"param": "nearest", "value": 0.6, "empty": False}, "value": 0},
        "tooltip": [{"field": field, "title": head} for field, head in told.items()]}}
    draw(frame.astype({"day": "datetime64[s]"}), {"height": HEIGHT, "layer": [*drawn, told_here]}, alt, key)


def bands(frame: pd.DataFrame, pairs: dict[str, tuple[str, str]], lines: dict[str, tuple[str, bool]], title: str,
          told: dict[str, str], alt: str, key: str) -> None:
    """A fan: areas between pairs of columns, the widest first, {name: (low, high)}, and lines {name: (column, is dashed)}."""
    colours = [*(f"rgba(86,180,233,{0.18 * (place + 1):.2f})" for place in range(len(pairs))), *COLOURS[:len(lines)]]
    scale = {"type": "nominal", "scale": {"domain": [*pairs, *lines], "range": colours},
             "legend": {**legend([*pairs, *lines], 2), "symbolType": "square", "symbolStrokeWidth": 0}}
    (*_, (name, inmost)), edges = pairs.items(), list(pairs.values())
    areas = [(name, inmost)]                                # beside each other, so that each has its colour of the legend
    for name, (low, high), (lower, upper) in zip(pairs, edges, edges[1:]):
        areas += [(name, (low, lower)), (name, (upper, high))]
    layers = [({"type": "area", "opacity": 1, "line": False}, {"field": low},
               {"y2": {"field": high}, "color": {"datum": name, **scale}}) for name, (low, high) in areas]
    layers += [({"type": "line", "strokeWidth": 4.5, "color": "#ffffff", "opacity": 0.8}, {"field": column}, {})
               for column, _ in lines.values()]             # sets the lines off on light and on dark
    layers += [({"type": "line", "strokeWidth": 2.5, "strokeDash": [6, 4] if dashed else [1, 0]}, {"field": column},
                {"color": {"datum": name, **scale}}) for name, (column, dashed) in lines.items()]
    over_time(frame, layers, title, told, alt, key)


def shares(frame: pd.DataFrame, lines: dict[str, tuple[str, bool]], told: dict[str, str], alt: str, key: str) -> None:
    """Shares of the people over time: lines {name: (column, is dashed)}; a dashed one has the colour of the one before it.

    It is not named above the chart: there every line is drawn through.
    """
    names, solid = list(lines), [name for name, (_, dashed) in lines.items() if not dashed]
    colours, place = [], -1
    for _, dashed in lines.values():
        place += not dashed
        colours.append(COLOURS[place])
    scale = {"type": "nominal", "scale": {"domain": names, "range": colours}, "legend": {**legend(solid), "values": solid}}
    layers = [({"type": "line", "strokeWidth": 2.5, "strokeDash": [6, 4] if dashed else [1, 0]}, {"field": column},
               {"color": {"datum": name, **scale}}) for name, (column, dashed) in lines.items()]
    over_time(frame, layers, None, told, alt, key, percent=True)


def histogram(rows: Sequence[tuple[Any, ...]], names: Sequence[str], title: str, over: str, alt: str, key: str) -> None:
    """Bars over amounts: `rows` are (yuan from, yuan to, how many by the first name, by the second or None, text for the pointer)."""
    frame = pd.DataFrame(rows, columns=["low", "high", "first", "second", "told"])
    x = {"field": "low", "type": "quantitative", "axis": {
        "title": over, "format": ",~f", "grid": False, "labelExpr": "datum.value < 0 ? '' : datum.label"}}
    scale = {"type": "nominal", "scale": {"domain": list(names), "range": list(COLOURS[:len(names)])},
             "legend": {**legend(names), "symbolStrokeWidth": 0}}
    y = {"type": "quantitative", "axis": {"title": title, "format": ",~f"}}
    tooltip = [{"field": "told", "title": over}]
    layers: list[dict[str, Any]] = [{"mark": {"type": "rect", "opacity": 0.75, "stroke": "#ffffff", "strokeWidth": 0.5}, "encoding": {
        "x": x, "x2": {"field": "high"}, "y": {"field": "first", **y}, "y2": {"datum": 0},
        "color": {"datum": names[0], **scale}, "tooltip": tooltip}}]
    if len(names) > 1:
        layers.append({"transform": [{"calculate": "(datum.low + datum.high) / 2", "as": "middle"}],
                       "mark": {"type": "point", "shape": "diamond", "filled": True, "size": 70, "opacity": 1}, "encoding": {
            "x": {**x, "field": "middle"}, "y": {"field": "second", **y}, "color": {"datum": names[1], **scale}, "tooltip": tooltip}})
    draw(frame, {"height": HEIGHT - 80, "layer": layers}, alt, key)


def stacked(frame: pd.DataFrame, names: Sequence[str], alt: str, key: str) -> None:
    """How a whole falls into three parts, the middle one of little interest: `day`, `name`, `many`, `place`, `told`; a bar a day."""
    spec = {"height": HEIGHT - 120, "mark": {"type": "bar", "width": {"band": 0.8}}, "encoding": {
        "x": {"field": "day", "type": "ordinal", "axis": {"title": None, "labelOverlap": True, "labelAngle": 0}},
        "y": {"field": "many", "type": "quantitative", "stack": "normalize", "axis": {"title": None, "format": ".0%"}},
        "color": {**coloured(names), "scale": {"domain": list(names), "range": [COLOURS[0], "#bbbbbb", COLOURS[1]]}},
        "order": {"field": "place", "type": "quantitative"},
        "tooltip": [{"field": "told", "title": " "}]}}
    draw(frame, spec, alt, key)
