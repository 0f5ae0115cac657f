"""Values, answers and rules in words, for the terminal and for the dashboard."""
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from simulator import labels, money, policy
from simulator.language import in_language, say
from simulator.parameters import FOREVER, PARAMETERS

if TYPE_CHECKING:
    from simulator.decisions import Decision


def decision_lines(decisions: Iterable[Decision]) -> Iterator[str]:
    """Requests and their answers; the same refusal month after month in one line."""
    alike: dict[object, list[Decision]] = {}
    for one in decisions:
        key = (one.who, one.type, one.granted, one.reason, one.param) if one.type == "aid" else len(alike)
        alike.setdefault(key, []).append(one)
    for found in alike.values():
        times = f"  {found[0].month} … {found[-1].month}, {len(found)} ×" if len(found) > 1 else ""
        yield decision_text(found[0]) + times


def decision_text(one: Decision) -> str:
    """A request and its answer, with the rule that refused it."""
    mark, what = "✓" if one.granted else "✗", labels.EVENTS[one.type]
    text = f"{mark} {one.day} {one.who} {what}{say('：', ': ')}{one.reason}"
    if one.amount_fen:
        text += say(f"，{money.shown(one.amount_fen)} 元", f", {money.shown(one.amount_fen)} yuan")
    if one.due:
        text += say(f"，{one.due} 前到账", f", arrives by {one.due}")
    if one.span and one.param:
        text += say(f"（{PARAMETERS[one.param].label}；{one.span.source}；{labels.GRADES[one.span.grade]}）",
                    f" ({PARAMETERS[one.param].label}; {one.span.source}; {labels.GRADES[one.span.grade]})")
    return text


def rule_records(book: policy.RuleBook, name: str, day: date, history: bool = False) -> Iterator[dict[str, Any]]:
    """The value of a parameter on a day, or all its values, as plain records."""
    found = book.history(name, until=max(day, date(2026, 1, 1)))
    for position, span in enumerate(found):
        ends = found[position + 1].start if position + 1 < len(found) else None
        if history or (span.start <= day and (ends is None or day < ends)):
            yield {"param": name, "value": span.value, "unit": span.unit, "from": span.start.isoformat(),
                   "until": policy.day_before(ends).isoformat() if ends else None, "grade": span.grade,
                   "source": {"title": in_language(span.source.title), "number": span.source.number, "url": span.source.url},
                   "projected": span.projected, "region": span.entry.region, "note": str(span.entry.note),
                   "other": span.entry.other}


def json_value(value: Any) -> Any:
    """A value of a region file for JSON: decimals as numbers, days as texts."""
    if isinstance(value, dict):
        return {key: json_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [json_value(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else float(value)


def as_change(param: str, value: Any) -> str:
    """What to write after `--set` to try another value of a rule."""
    return f"rules.{param}={json.dumps(json_value(value)) if isinstance(value, list | dict) else value}"


def rule_text(param: str, value: object, between: str = "") -> str:
    """A value of the rules as it is read, with so much `between` its items. In English its words are those of the region file."""
    between = between or say("；", "; ")
    if isinstance(value, dict):
        return between.join(f"{_word(param, key)}{say('：', ': ')}{_in_line(param, inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return between.join(_band(param, value, place) for place in range(len(value))) or say("无", "–")
    return _word(param, value)


def _band(param: str, bands: list[Any], place: int) -> str:
    """An item of a list; of a band by age, also where it begins."""
    text, before = _in_line(param, bands[place]), bands[place - 1] if place else None
    if isinstance(before, dict) and "below" in before:
        return say(f"满 {before['below']} 岁" + "，" * ("below" not in bands[place]), f"from {before['below']}, ") + text
    return text


def _in_line(param: str, value: object) -> str:
    if isinstance(value, dict):
        return say("，", ", ").join(_part(param, key, inner) for key, inner in value.items())
    return rule_text(param, value)


def _part(param: str, key: str, value: object) -> str:
    return str(labels.PARTS[key]).format(_word(param, value)) if key in labels.PARTS else f"{_word(param, key)} {_word(param, value)}"


def _word(param: str, word: object) -> str:
    if word == FOREVER and PARAMETERS[param].unit in ("months", "years", "people"):
        return say("无", "none") if param == "pooling.senior_ages" else say("不限", "no limit")     # an age that nobody reaches
    return str(labels.word(param, word) if isinstance(word, str) else word)
