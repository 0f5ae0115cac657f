"""How well a region is known, topic by topic: what it states itself, what it inherits, what is only assumed."""
from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from simulator.language import Text
from simulator.policy import GRADES, TOPICS

if TYPE_CHECKING:
    from simulator.policy import Entry, Region

KNOWN = GRADES[:3]                          # official, reported, secondary: somebody else says so
STATES = {
    "known": Text("本地已知", "known"),
    "inherited": Text("沿用已知", "inherited"),
    "assumed": Text("设定", "assumed"),
    "disputed": Text("存疑", "disputed"),
}
MARKS = {"known": "●", "inherited": "◐", "assumed": "○", "disputed": "◇"}
TOPIC_NAMES = {
    "contribution": Text("缴费", "contribution"),
    "credit": Text("计入", "credit"),
    "interest": Text("计息", "interest"),
    "pooling": Text("统筹", "pooling"),
    "spending": Text("使用", "spending"),
    "arrears": Text("欠费", "arrears"),
    "waiting": Text("等待期", "waiting"),
    "aid": Text("共济", "aid"),
    "withdrawal": Text("提取", "withdrawal"),
    "transfer": Text("转移", "transfer"),
    "retirement": Text("退休", "retirement"),
    "projection": Text("推算", "projection"),
}


@cache
def in_force(region: Region) -> dict[str, Entry]:
    """{param: Entry} in force: its own as of the day on which the region was last checked, else inherited, as of its parent's."""
    found = dict(in_force(region.parent)) if region.parent else {}
    for param, dated in region.entries.items():
        begun = [entry for entry in dated if entry.start <= region.verified]
        if begun and (param not in found or not begun[-1].end or begun[-1].end >= region.verified):
            found[param] = begun[-1]
    return found


def state(region: Region, entry: Entry) -> str:
    """How a value is known here: own, inherited, or – wherever it stands – assumed or disputed."""
    if entry.grade not in KNOWN:
        return entry.grade
    return "known" if entry.region == region.id else "inherited"


def coverage(region: Region) -> dict[str, dict[str, Any]]:
    """{topic: {"state", "from", "worst_grade", "known", "inherited", "assumed", "disputed"}} of a region.

    The state of a topic is `known` if one of its values is, else `inherited`, else what most of its values are; `from` is
    the nearest region that states one of those. Beside it stand the worst grade and the number of values by state.
    """
    by_topic: dict[str, list[Entry]] = {topic: [] for topic in TOPICS}
    for param, entry in in_force(region).items():
        by_topic[param.split(".")[0]].append(entry)
    return {topic: _summary(region, entries) for topic, entries in by_topic.items()}


def _summary(region: Region, entries: list[Entry]) -> dict[str, Any]:
    states = [state(region, entry) for entry in entries]
    best = next((one for one in ("known", "inherited") if one in states), max(STATES, key=states.count))
    nearest = max((entry.region for entry, one in zip(entries, states) if one == best), key=_depth)
    worst = max((entry.grade for entry in entries), key=GRADES.index)
    return {"state": best, "from": nearest, "worst_grade": worst, **{one: states.count(one) for one in STATES}}


def _depth(id: str) -> int:
    return 0 if id == "national" else 1 + id.count("/")
