"""Writes docs/regions: a page for every region with each value it states, its dates, source and grade, and an index.

    python tools/region_pages.py            writes the pages, and the tables of docs/law (law_pages.py)
    python tools/region_pages.py --check    exit code 1 if one is not what the region files make
"""
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import law_pages  # noqa: E402

from simulator import labels, policy  # noqa: E402
from simulator.coverage import MARKS, STATES, TOPIC_NAMES, coverage, in_force  # noqa: E402
from simulator.parameters import PARAMETERS  # noqa: E402

FOLDER = ROOT / "docs" / "regions"
FROM_FILES = "由地区文件生成，勿手改 / Made from the region files by tools/region_pages.py; edit those instead."


def both(text):
    """A text in both languages, once if they are the same."""
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def remark(text):
    """A sentence in both languages, which a blank alone would not part."""
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


def file_name(id):
    return f"{id.replace('/', '-')}.md"


def linked(region):
    return f"[{both(region.name)}]({file_name(region.id)})"


def cell(text):
    """A text that may stand in a table of Markdown."""
    return str(text).replace("|", "\\|").replace("\n", " ").replace("~", "\\~").replace("*", "\\*")


def shown(value):
    """A value as a region file writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {shown(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    return str(value)


def page(region):
    """The page of one region."""
    head = [f"id `{region.id}`", f"代码 code {region.code}", both(labels.LEVELS[region.level])]
    head += [f"上级 part of {linked(region.parent)}"] if region.parent else []
    lines = [f"# {both(region.name)}", "", f"<!-- {FROM_FILES} -->", " · ".join(head), "",
             f"自 {region.covers} 起收录，核对至 {region.verified}。 Covered from {region.covers}, checked on {region.verified}.", ""]
    lines += [f"{text}\n" for text in (region.note.zh, region.note.en) if text]
    lines += own_values(region, region.entries, "")
    for plan, (name, entries) in region.plans.items():
        lines += own_values(region, entries, plan, f"参保档次 Plan: {both(name)}（`{plan}`）")
    lines += inherited(region) if region.parent else []
    return "\n".join(lines).rstrip() + "\n"


def own_values(region, entries, plan, title="本地规定的数值 Values stated here"):
    if not entries:
        return [f"## {title}", "", "无，全部沿用上级。 None: all is inherited.", ""]
    lines, sources = [f"## {title}", ""], {}
    for param in PARAMETERS:
        if param in entries:
            lines += history(region, param, plan, sources)
    lines += ["### 出处 Sources", ""]
    for number, source in enumerate(sources, 1):
        parts = (str(source), source.issuer, f"<{source.url}>" if source.url else "",
                 f"读于 read {source.read}" if source.read else "", remark(source.note))
        lines.append(f"{number}. {'; '.join(cell(part) for part in parts if part)}")
    return [*lines, ""]


def history(region, param, plan, sources):
    """The table of a parameter, from the first covered day to a year after the last check."""
    parameter = PARAMETERS[param]
    lines = [f"### {both(parameter.label)} – `{param}`", "", "| 起 from | 止 until | 值 value | 等级 grade | 出处 source | 说明 note |",
             "|---|---|---|---|---|---|"]
    spans = policy.spans(region, param, plan, until=date(region.verified.year + 1, 12, 31))
    for place, span in enumerate(spans):
        follower = spans[place + 1].start if place + 1 < len(spans) else None
        if follower and follower <= region.covers:
            continue
        number = sources.setdefault(span.source, len(sources) + 1)
        remarks = ["推算 projected" if span.projected else "",
                   "" if span.entry.region == region.id else f"沿用 inherited from `{span.entry.region}`",
                   f"另一说 the other figure: {shown(span.entry.other)}" if span.entry.other is not None else "",
                   remark(span.entry.note)]
        lines.append("| " + " | ".join((str(max(span.start, region.covers)), str(policy.day_before(follower)) if follower else "",
                                        cell(shown(span.value)), both(labels.GRADES[span.grade]), f"[{number}]",
                                        cell("; ".join(filter(None, remarks))))) + " |")
    return [*lines, ""]


def inherited(region):
    """By topic, how many values come from whom, and how well they are known."""
    lines = ["## 沿用的数值 Values inherited", "",
             f"截至 as of {region.verified}。 " + " · ".join(f"{MARKS[one]} {both(name)}" for one, name in STATES.items()), "",
             "| 主题 topic | " + " | ".join(MARKS[one] for one in STATES) + " | 最低等级 worst | 沿用自 inherited from |",
             "|---|" + "--:|" * len(STATES) + "---|---|"]
    found = in_force(region)
    for topic, summary in coverage(region).items():
        above = {}
        for param, entry in found.items():
            if param.startswith(f"{topic}.") and entry.region != region.id:
                above[entry.region] = above.get(entry.region, 0) + 1
        lines.append(f"| {both(TOPIC_NAMES[topic])} | " + " | ".join(str(summary[one] or "") for one in STATES)
                     + f" | {both(labels.GRADES[summary['worst_grade']])} | "
                     + ", ".join(f"{linked(policy.region(id))} {count}" for id, count in sorted(above.items(), reverse=True)) + " |")
    return [*lines, ""]


def index():
    """The table of all regions by topic."""
    every = policy.regions()
    levels = {level: sum(region.level == level for region in every) for level in policy.LEVELS[1:]}
    lines = ["# 地区 Regions", "", f"<!-- {FROM_FILES} -->",
             "、".join(f"{labels.LEVELS[level].zh} {count}" for level, count in levels.items()) + "。 "
             + ", ".join(f"{labels.LEVELS[level].en} {count}" for level, count in levels.items())
             + f". 全国默认值 National values: {linked(policy.region(policy.ROOT))}.", "",
             " · ".join(f"{MARKS[one]} {both(name)}" for one, name in STATES.items())
             + "。", "",
             "符号按该主题最好的一项，数字为有出处的项数与总项数；最低等级见各页。",
             "The mark is that of the best known value of a topic; the figures are how many of its values somebody else",
             "vouches for, and of how many. The pages give the worst grade.", ""]
    head = "| 地区 region | 代码 code | " + " | ".join(both(TOPIC_NAMES[topic]) for topic in policy.TOPICS) + " |"
    rule = "|---|---|" + ":-:|" * len(policy.TOPICS)
    for province in (region for region in every if region.level == "province"):
        lines += [f"## {both(province.name)}", "", head, rule]
        for region in (region for region in every if region is province or region.id.startswith(f"{province.id}/")):
            marks = " | ".join(f"{MARKS[found['state']]} {found['known'] + found['inherited']}/{sum(found[one] for one in STATES)}"
                               for found in coverage(region).values())
            lines.append(f"| {linked(region)} | {region.code} | {marks} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def pages():
    """{file name: text} of all pages."""
    found = {file_name(region.id): page(region) for region in (policy.region(policy.ROOT), *policy.regions())}
    return {"README.md": index(), **found}


def main():
    made = pages()
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    differ = [name for name, text in made.items() if there.get(name) != text]
    gone = [name for name in there if name not in made]
    if "--check" not in sys.argv[1:]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in differ:
            (FOLDER / name).write_text(made[name], "utf-8")
        for name in gone:
            (FOLDER / name).unlink()
    print(f"{len(made)} pages, {len(differ)} changed, {len(gone)} removed")
    stale = law_pages.main()
    return 1 if stale or ("--check" in sys.argv[1:] and (differ or gone)) else 0


if __name__ == "__main__":
    sys.exit(main())
