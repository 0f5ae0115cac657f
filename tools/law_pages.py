"""Writes the tables of docs/law: the parameters of each page, what holds nation-wide, and the documents behind that.

    python tools/law_pages.py               puts them between the marks of the pages
    python tools/law_pages.py --check       exit code 1 if one is not what the region files make
"""
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simulator import labels, policy  # noqa: E402
from simulator.language import Text, use_language  # noqa: E402
from simulator.parameters import PARAMETERS  # noqa: E402

FOLDER = ROOT / "docs" / "law"
MARKED = re.compile(r"(<!-- parameters: ([\w ]+?) -->\n).*?(?=<!-- end -->)", re.S)
HEAD = (Text("参数", "parameter"), Text("含义", "meaning"), Text("单位", "unit"), Text("全国", "nation"), Text("等级", "grade"),
        Text("另有规定的地区", "regions with their own"), Text("出处", "source"))
UNITS = {"yuan": "元", "share": "比例", "months": "月", "month": "月份", "days": "天", "day": "日", "years": "岁或年", "people": "人",
         "a_day": "次／日", "choice": "选项", "rounding": "舍入", "date": "日期", "list": "列表", "by age": "按年龄",
         "days of the year": "月-日"}


@cache
def stated_by():
    """{parameter: how many provinces, cities and counties state it themselves}."""
    regions = policy.regions()
    return {name: sum(name in one.entries or any(name in own for _, own in one.plans.values()) for one in regions) for name in PARAMETERS}


def table(topics):
    """The table of some topics' parameters, in the language in use, and the list of documents."""
    from region_pages import cell, shown
    nation = policy.region(policy.ROOT)
    book, sources = policy.rules(policy.ROOT).on(nation.verified), {}
    rows = ["| " + " | ".join(map(str, HEAD)) + " |", "|---|---|---|---|---|--:|---|"]
    for name, parameter in PARAMETERS.items():
        if name.split(".")[0] in topics:
            span = book[name]
            ours = span.source is policy.ASSUMPTION
            number = "–" if ours else f"[{sources.setdefault(span.source, len(sources) + 1)}]"
            unit = UNITS[parameter.unit] if str(HEAD[0]) == HEAD[0].zh else parameter.unit.replace("_", " ")
            rows.append(f"| `{name}` | {parameter.label} | {unit} | {cell(shown(span.value))} | {labels.GRADES[span.grade]} "
                        f"| {stated_by()[name] or ''} | {number} |")
    for number, source in enumerate(sources, 1):
        parts = (str(source), source.issuer, f"<{source.url}>" if source.url else "")
        rows.append(("\n" if number == 1 else "") + f"{number}. {'; '.join(cell(part) for part in parts if part)}")
    return "\n".join(rows) + "\n"


def pages():
    """{path: text} of the pages as they should be."""
    found = {}
    for path in sorted(FOLDER.glob("*.md")):
        use_language("zh" if path.name.endswith(".zh-CN.md") else "en")
        found[path] = MARKED.sub(lambda match: match[1] + table(match[2].split()), path.read_text("utf-8"))
    return found


def main():
    differ = {path: text for path, text in pages().items() if path.read_text("utf-8") != text}
    if "--check" not in sys.argv[1:]:
        for path, text in differ.items():
            path.write_text(text, "utf-8")
    print(f"{len(differ)} pages of docs/law changed")
    return 1 if "--check" in sys.argv[1:] and differ else 0


if __name__ == "__main__":
    sys.exit(main())
