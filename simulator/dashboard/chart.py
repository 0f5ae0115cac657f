"""The balances on the screen: an interactive chart, with the amounts to the fen under the pointer."""
from datetime import date

import altair as alt
import pandas as pd

from simulator import charts, labels, money, months
from simulator.language import say

COLOURS = (*charts.COLOURS[:-1], "#888888")     # the last of them is black, which a dark page swallows
GREY = "#888888"                                # for what has to be seen on light and on dark
NOTHING = "–"
HEIGHT = 400
MOST_NAMED = 6                                  # more events than this are marked, but named only under the pointer


def balance_chart(results, names):
    """The closing balance of each result by month; dashed where projected, with the events of the first one.

    The pointer finds the nearest month and is told all balances at once.
    """
    colours = alt.Color("name:N", scale=alt.Scale(domain=names, range=list(COLOURS[:len(names)])),
                        legend=alt.Legend(title=None, orient="top", labelLimit=200, offset=12))
    dashes = alt.StrokeDash("projected:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [5, 4]]), legend=None)
    axis = alt.Axis(title=None, format="%Y-%m", tickCount=_ticks(results[0].scenario.months), labelOverlap=True,
                    labelFlush=False, grid=False)
    day = alt.X("day:T", axis=axis)
    yuan = alt.Y("yuan:Q", axis=alt.Axis(title=say("月末余额（元）", "Closing balance (yuan)"), format=",~f"))

    nearest = alt.selection_point(nearest=True, on="pointerover", clear="pointerout", fields=["day"], empty=False)
    balances, spoken = alt.Chart(_balances(results, names)), _spoken(results)
    tooltip = [alt.Tooltip("month:N", title=say("月份", "Month")),
               *(alt.Tooltip(f"line{place}:N", title=name) for place, name in enumerate(names))]
    if "events" in spoken:
        tooltip.append(alt.Tooltip("events:N", title=say("事件", "Events")))
    layers = [
        balances.mark_line(strokeWidth=2.5).encode(day, yuan, colours, dashes, detail="name:N"),
        balances.mark_point(filled=True, size=60, opacity=1).encode(day, yuan, colours).transform_filter(nearest),
        alt.Chart(spoken).mark_rule(color=GREY).add_params(nearest)
           .encode(day, opacity=alt.condition(nearest, alt.value(0.6), alt.value(0)), tooltip=tooltip),
    ]
    if "events" in spoken:
        marked = alt.Chart(spoken[spoken["events"] != NOTHING]).encode(day)
        layers.insert(0, marked.mark_rule(color=GREY, strokeDash=[2, 3], opacity=0.6))
        if marked.data.shape[0] <= MOST_NAMED:                          # each in a line of its own, off the balances
            name = marked.mark_text(y=alt.expr("datum.high ? height : 0"), fontSize=12, color=GREY,
                                    dy=alt.expr("datum.high ? -8 - 15 * datum.place : 10 + 15 * datum.place"),
                                    dx=alt.expr("datum.late ? -4 : 4"), align=alt.expr("datum.late ? 'right' : 'left'"))
            layers.append(name.encode(text="events:N"))
    return alt.layer(*layers).properties(height=HEIGHT)


def spoken_summary(results, names):
    """The chart in a sentence, for those who do not see it."""
    first, last = (months.month_text(month) for month in (results[0].scenario.start, results[0].scenario.end - 1))
    ends = say("；", "; ").join(f"{name} ¥{money.shown(result.summary()['closing'])}"
                               for name, result in zip(names, results, strict=True))
    return say(f"{first} 至 {last} 各月末余额，期末：{ends}", f"Closing balances {first} to {last}; at the end: {ends}")


def _balances(results, names):
    """A row a line and day. The day before a projection stands twice, so that the dashed line begins at it."""
    rows = []
    for name, result in reversed(list(zip(names, results, strict=True))):   # the first one is drawn last, on top
        days, yuan = charts.series(result)
        projected_from = result.projected_from or date.max
        known = sum(day < projected_from for day in days)
        rows += [(day, name, balance, False) for day, balance in zip(days[:known], yuan, strict=False)]
        first = max(0, known - 1)
        rows += [(day, name, balance, True) for day, balance in zip(days[first:], yuan[first:], strict=True)]
    return pd.DataFrame(rows, columns=["day", "name", "yuan", "projected"]).astype({"day": "datetime64[s]"})


def _spoken(results):
    """A row a day: what is said under the pointer, every amount written out to the fen."""
    scenario, holder = results[0].scenario, results[0].holder
    span = range(scenario.start, scenario.end)
    days, yuan = charts.series(results[0])
    frame = pd.DataFrame({"day": days, "yuan": yuan}).astype({"day": "datetime64[s]"})
    frame["month"] = [say("期初", "Opening"), *map(months.month_text, span)]
    for place, result in enumerate(results):
        flows = result.flows[result.holder]
        frame[f"line{place}"] = [f"¥{money.shown(fen)}" for fen in (flows[0].opening, *(row.closing for row in flows))]
    events: dict[int, list[str]] = {month: [] for month in span}
    for event in scenario.events:
        if event.who == holder:
            events[months.month_number(event.on)].append(str(labels.EVENTS.get(event.type, event.type)))
    if any(events.values()):
        comma = say("、", ", ")
        frame["events"] = [NOTHING, *(comma.join(dict.fromkeys(found)) or NOTHING for found in events.values())]
        frame["place"] = (frame["events"] != NOTHING).cumsum() - 1
        frame["late"] = frame.index > len(frame) / 2
        frame["high"] = frame["yuan"] > max(max(charts.series(result)[1]) for result in results) / 2
    return frame


def _ticks(length):
    """Where the time axis is labelled: at whole months or years, some ten times."""
    choices = [("month", 1, 1), ("month", 3, 3), ("month", 6, 6), ("year", 1, 12), ("year", 2, 24), ("year", 5, 60),
               ("year", 10, 120)]
    unit, step, _ = next((choice for choice in choices if length <= 12 * choice[2]), choices[-1])
    return {"interval": unit, "step": step}
