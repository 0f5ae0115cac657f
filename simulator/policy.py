"""The numbers of the law: reads region files, lets them inherit, and compiles them to rows of integers.

A region file states dated values, each with source and grade. What a city does not state it takes from its
province, what that does not state from `national`. A plan of a region lies on top of the region, a
what-if of a scenario on top of everything. `RuleTable` gives, for a span of months, one row per distinct
state of the law and, behind every cell, the `Span` with the entry it came from.
"""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from simulator import money, months
from simulator.language import Text, in_language
from simulator.law.rules import Rules
from simulator.parameters import NEVER, PARAMETERS, RATES_KEPT, Day, Malformed
from simulator.problems import Enough, InputError, Problem, Problems, dotted, nearest, unknown
from simulator.toml_files import line_numbers, line_of, read_toml

if TYPE_CHECKING:
    from simulator.parameters import Cell, Parameter
    from simulator.problems import Keys

FOLDER = Path(__file__).parent / "regions"
ROOT = "national"
GRADES = ("official", "reported", "secondary", "assumed", "disputed")    # best first
LEVELS = ("nation", "province", "city", "county")
_ID = "[a-z]+(/[a-z]+)*"
_CODE = "[0-9]{6}"
LAST_LOOKED_AT = date(2030, 12, 31)     # as far as a file that is written today is looked through
MOST_MEANT = 3          # regions that a misspelt word may have meant
LONGEST_WORD = 60       # characters of an id or a name; the system takes no file name of thousands
TOPICS = tuple(dict.fromkeys(name.split(".")[0] for name in PARAMETERS))


NOTES = ("note", "note_zh", "note_en")      # the keys of a remark
NO_NOTE = Text("", "")


@dataclass(frozen=True)
class Source:
    """Where a value was read. `read` is the day on which we consulted the text or a copy of it."""
    key: str
    title: str
    number: str = ""
    issuer: str = ""
    url: str = ""
    read: date | None = None
    note: Text = NO_NOTE

    def __str__(self) -> str:
        return f"《{self.title}》 {self.number}" if self.number else in_language(self.title)


# Our own defaults need no document, but an entry must say that it is one, and why, in its note.
ASSUMPTION = Source("assumption", "本项目的设定 / assumption of this project")
WHAT_IF = Source("what-if", "情景文件中的假设 / what-if of the scenario")


@dataclass(frozen=True)
class Entry:
    """A dated value as its file states it; in force from `start` to `end` (inclusive), or until the next one."""
    param: str
    start: date
    end: date | None
    value: object
    compiled: Cell
    source: Source
    grade: str
    note: Text = NO_NOTE
    region: str = ""
    known_until: date | None = None     # from the day after it goes on, but as a projection
    other: object = None                # where sources disagree, what the other one says


@dataclass(frozen=True)
class Span:
    """A value in force from `start` until the next span. `projected`: beyond what is known."""
    start: date
    entry: Entry
    value: object
    compiled: Cell
    projected: bool = False

    @property
    def source(self) -> Source:
        return self.entry.source

    @property
    def grade(self) -> str:
        return self.entry.grade

    @property
    def unit(self) -> str:
        return PARAMETERS[self.entry.param].unit


Entries: TypeAlias = dict[str, list[Entry]]


@dataclass(frozen=True, eq=False)
class Region:
    """A region file, read and found in order. `layers` holds its own entries first, then those it inherits."""
    id: str
    name: Text
    code: str
    level: str
    covers: date
    verified: date
    parent: Region | None
    entries: Entries             # by parameter
    plans: dict[str, tuple[Text, Entries]]
    note: Text

    def layers(self, plan: str = "") -> list[Entries]:
        """The entries that count here, the nearest first."""
        own = [self.entries]
        if plan in self.plans:
            own.insert(0, self.plans[plan][1])
        return own + (self.parent.layers(plan) if self.parent else [])

    def all_plans(self) -> dict[str, Text]:
        return {**(self.parent.all_plans() if self.parent else {}), **{key: name for key, (name, _) in self.plans.items()}}

    def grades(self) -> dict[str, int]:
        """How many values it states itself, by grade."""
        stated = [entry for tables in (self.entries, *(own for _, own in self.plans.values()))
                  for dated in tables.values() for entry in dated]
        return {grade: sum(entry.grade == grade for entry in stated) for grade in GRADES}

    def __str__(self) -> str:
        return str(self.name)


# ── finding regions ────────────────────────────────────────────────────────────────────────────────

@cache
def region_ids() -> tuple[str, ...]:
    """All ids, provinces before their cities, the nation first."""
    ids = (path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.toml"))
    return tuple(sorted(ids, key=lambda id: (id != ROOT, id)))


@cache
def region_names() -> dict[str, tuple[Text, str]]:
    """{id: (name, code)}, from what stands above the first section: regions are listed without reading all of them."""
    return {id: _called(FOLDER / f"{id}.toml") for id in region_ids()}


_CALLED = ("name_zh", "name_en", "code")
_PLAIN_TEXT = re.compile(rf"""^[ \t]*({"|".join(_CALLED)})[ \t]*=[ \t]*(?:"([^"\\\n]+)"|'([^'\n]+)')[ \t]*(?:\#.*)?$""", re.M | re.VERBOSE)


def _called(path: Path) -> tuple[Text, str]:
    """(name, code). Names written in another way than all of ours are read as TOML, which takes a hundred times as long."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except OSError:                                         # what is wrong with it is said to who asks for the region
        return NO_NOTE, ""
    head = re.split(r"^[ \t]*\[", text, maxsplit=1, flags=re.M)[0]
    found: dict[str, Any] = {match[1]: match[2] or match[3] for match in _PLAIN_TEXT.finditer(head)}
    if len(found) < len(_CALLED) or '"""' in head or "'''" in head:
        found = {}
        with suppress(InputError):
            found = read_toml(path)[0]
    zh, en, code = (one if isinstance(one := found.get(key), str) else "" for key in _CALLED)
    return Text(zh, en), code


@cache
def _names() -> dict[str, str]:
    """{Chinese name, English name or code: id}."""
    names = {}
    for id, (name, code) in reversed(region_names().items()):   # so that a province wins over a city of its name
        for word in filter(None, (*name, code)):
            names[word] = names[word.lower()] = id
    return names


def region_id(word: object) -> str | None:
    """The id of an id, a Chinese or English name, or a GB/T 2260 code; None if there is no such region."""
    word = str(word).strip()
    if len(word) > LONGEST_WORD:
        return None
    if word in region_ids():
        return word
    forms = [word, word.lower(), word + "市", word.removesuffix("市"), word.removesuffix("省")]
    if re.search("(自治州|自治区|地区|林区|盟)$", word):            # 延边朝鲜族自治州, 广西壮族自治区, 喀什地区
        forms += [word[:length] + end for length in range(len(word) - 1, 1, -1) for end in ("州", "")]
    names = _names()
    return next((names[form] for form in forms if form in names), None)


def nearest_region(word: object) -> str:
    """What regions may have been meant, or an empty text."""
    if not isinstance(word, str | int):
        return ""
    word = str(word).lower()
    if len(word) > LONGEST_WORD:
        return ""
    same = [id for id in region_ids() if id.rpartition("/")[2] == word]
    return ", ".join(same) or nearest(word, [*region_ids(), *_names()]) or ", ".join(_half_right(word.removesuffix("市")))


def _half_right(word: str) -> list[str]:
    """Chinese names of two characters, of which one is as in the word: the first, in a few of them, or else the second, in only one."""
    names = [name for name in _names() if len(name) == len(word) == 2]
    begin, end = ([name for name in names if name[place] == word[place]] for place in (0, 1))
    return sorted(begin) if 0 < len(begin) <= MOST_MEANT else end if not begin and len(end) == 1 else []


@cache
def region(word: str) -> Region:
    """The `Region` of an id, name or code. InputError if there is none, or if its file is wrong."""
    id = region_id(word)
    if id is None:
        raise InputError([Problem("region", Text(f"没有这个地区：{word}", f"no such region: {word}"),
                                  nearest=nearest_region(word))])
    return read_region(FOLDER / f"{id}.toml", id)


# ── reading a region file ──────────────────────────────────────────────────────────────────────────

def read_region(path: str | Path, id: str | None = None, thorough: bool = False) -> Region:
    """Read and check one region file; with its `id` it is held to its place in the folder. InputError with all its problems.

    `thorough` looks also at what takes longer and only a change of the file can bring about: for who writes one.
    """
    path = Path(path)
    reader = _RegionReader(path, id or path.stem, is_placed=id is not None)
    found = None
    with suppress(Enough):
        found = reader.read()
        if thorough:
            reader.look_for_others_names()
        if found:
            reader.look_for_holes(found)
        if found and thorough and not reader.problems:
            reader.look_for_crossed_bases(found)
    if not found or reader.problems:
        raise InputError(sorted(reader.problems, key=lambda problem: problem.line))
    return found


class _RegionReader:
    KEYS = ("name_zh", "name_en", "code", "level", "covers", "verified", "parent", *NOTES, "sources", "plans", *TOPICS)

    def __init__(self, path: Path, id: str, is_placed: bool) -> None:
        self.path, self.id, self.is_placed, self.problems = path, id, is_placed, Problems()

    @cached_property
    def lines(self) -> dict[Keys, int]:
        return line_numbers(self.text)

    def wrong(self, path: Keys, zh: str, en: str, allowed: Iterable[str] = (), close: str = "") -> None:
        self.add(Problem(dotted(path), Text(zh, en), allowed=tuple(allowed), nearest=close), path)

    def add(self, problem: Problem, path: Keys) -> None:
        self.problems.append(replace(problem, file=str(self.path), line=line_of(self.lines, path)))

    def read(self) -> Region | None:
        self.data, self.text = data, _ = read_toml(self.path)
        if not data:
            self.wrong((), "文件是空的", "the file is empty")
            return None
        if self.is_placed and not re.fullmatch(_ID, self.id):
            self.wrong((), f"文件名只用小写字母：{self.id}", f"the name of the file is of small letters only: {self.id}")
        for key in data:
            if key not in self.KEYS:
                self.add(unknown(key, key, self.KEYS), (key,))
        head = {key: self._head(key, kind) for key, kind in
                (("name_zh", str), ("name_en", str), ("code", str), ("level", str), ("covers", date))}
        if "verified" in data:
            self._head("verified", date)
        if head["level"] and head["level"] not in LEVELS:
            self.wrong(("level",), "没有这一级", "no such level", LEVELS)
        if head["code"] and not re.fullmatch(_CODE, head["code"]):
            self.wrong(("code",), "行政区划代码为六位半角数字", "a GB/T 2260 code is six digits, of half width")
        if head["covers"] and head["covers"].day != 1:
            self.wrong(("covers",), "应为某月的第一天：模拟以月为单位", "is the first day of a month: months are what is simulated")
        parent = self._parent()
        if parent and head["code"] and head["level"]:
            self._place(parent, head["code"], head["level"])
        self.sources = self._sources()
        entries, plans, note = self._entries(data, ()), self._plans(), self._note(data, ())
        if "〈" in self.text:
            self._placeholders(data, ())
        if self.problems:
            return None
        return Region(self.id, Text(head["name_zh"], head["name_en"]), head["code"], head["level"], head["covers"],
                      data.get("verified", head["covers"]), parent, entries, plans, note)

    def _head(self, key: str, kind: type) -> Any:
        value = self.data.get(key)
        if type(value) is not kind:
            want = Text({str: "文字", date: "日期，不加引号（2021-01-01）"}[kind],
                        {str: "a text", date: "a date, without quotes (2021-01-01)"}[kind])
            self.wrong((key,), f"必须写明，为{want.zh}", f"must be given, as {want.en}")
            return None
        return value

    def _note(self, given: dict[str, Any], path: Keys) -> Text:
        """A remark in both languages; what is given in one of them is shown in both."""
        said = {name: given[name] for name in NOTES if name in given}
        for name, text in said.items():
            if not isinstance(text, str):
                self.wrong((*path, name), "应为文字", "should be a text")
        zh, en, both = said.get("note_zh"), said.get("note_en"), said.get("note", "")
        return Text(zh or both or en or "", en or both or zh or "")

    def _parent(self) -> Region | None:
        if self.id == ROOT:
            return None
        folder = self.id.rpartition("/")[0] or ROOT
        above = self.data.get("parent", folder)
        if self.is_placed and region_id(above) != folder and "parent" in self.data:
            self.wrong(("parent",), f"放在这里的文件沿用 {folder}：删去此行，或把文件移到 {above} 的文件夹",
                       f"a file at this place inherits from {folder}: delete the line, or move the file to the folder of {above}")
            return None
        if region_id(above) is None:
            self.wrong(("parent",), f"没有上级地区 {above}", f"no such parent region: {above}",
                       close=nearest_region(above))
            return None
        return region(above)

    def _place(self, parent: Region, code: str, level: str) -> None:
        """Whether level and code are those of somebody below its parent."""
        if self.is_placed and (level == "province") != (parent.id == ROOT):
            self.wrong(("level",), "省级文件直接放在 simulator/regions/ 下，市县文件放在所属省的文件夹里",
                       "the file of a province lies in simulator/regions itself, that of a city in the folder of its province")
        is_below_city = parent.level in ("city", "county")
        if is_below_city and level != "county":
            self.wrong(("level",), f"{parent.name.zh}以下是县级：level = \"county\"",
                       f"below {parent.name.en} is a county: level = \"county\"")
        begin = parent.code[:4 if is_below_city else 2]
        if parent.id != ROOT and re.fullmatch(_CODE, code) and not code.startswith(begin):
            self.wrong(("code",), f"{parent.name.zh}的代码以 {begin} 开头", f"codes of {parent.name.en} begin with {begin}")

    def _placeholders(self, value: object, path: Keys) -> None:
        """Whatever still stands as in the template; 〈…〉 in a title is a book in a book."""
        if isinstance(value, str) and (left := re.search("〈([a-z_]+|…)〉", value)):
            self.wrong(path, f"模板中的 {left[0]} 还没有替换", f"{left[0]} of the template is still to be replaced")
        elif isinstance(value, dict | list):
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                self._placeholders(inner, (*path, key))

    def look_for_others_names(self) -> None:
        """By each of its names the region must be found, and no other. The draft of a region that there is bears all of its names."""
        own = {key: one for key in _CALLED if isinstance(one := self.data.get(key), str)}
        for key, word in own.items():
            if key != "code" and not (word == word.strip() and 0 < len(word) <= LONGEST_WORD):
                self.wrong((key,), f"名称为 1 至 {LONGEST_WORD} 个字，首尾没有空格",
                           f"a name has 1 to {LONGEST_WORD} characters, and no blanks around it")
        for id, ((zh, en), code) in region_names().items():
            others = {word.lower() for word in (zh, en, code) if word}
            taken = [key for key, word in own.items() if word.lower() in others]
            is_itself = id == self.id if self.is_placed else len(taken) == len(_CALLED)
            for key in taken:
                if not is_itself:
                    self.wrong((key,), f"{own[key]} 已是 {zh}（{id}）的", f"{own[key]} is {en}'s already ({id})")
            above = id.rpartition("/")[0] or ROOT
            if is_itself and not self.is_placed and id != ROOT and region_id(self.data.get("parent", ROOT)) != above:
                self.wrong(("parent",), f"这是 {zh}（{id}）的草稿：parent 应为 {above}", f"a draft of {en} ({id}): its parent is {above}")

    def _table(self, data: dict[str, Any], path: Keys) -> dict[str, Any]:
        """What stands under a heading; if it is no table it is refused and counts as empty."""
        found = data.get(str(path[-1]), {})
        if isinstance(found, dict):
            return found
        self.wrong(path, f"应为一段 [{dotted(path)}]", f"should be a section [{dotted(path)}]")
        return {}

    def _sources(self) -> dict[str, Source]:
        sources = {ASSUMPTION.key: ASSUMPTION}
        section = self._table(self.data, ("sources",))
        for key in section:
            given, allowed = self._table(section, ("sources", key)), ("title", "number", "issuer", "url", "read", *NOTES)
            for name in given:
                if name not in allowed:
                    self.add(unknown(f"sources.{key}.{name}", name, allowed), ("sources", key, name))
                elif name not in NOTES and type(given[name]) is not (date if name == "read" else str):
                    self.wrong(("sources", key, name), "应为文字（read 为不加引号的日期）",
                               "should be a text (`read`: a date without quotes)")
            if not given.get("title"):
                self.wrong(("sources", key), "出处须有 title", "a source needs a title")
            sources[key] = Source(key, **{name: value for name, value in {"title": "", **given}.items()
                                          if name in allowed and name not in NOTES}, note=self._note(given, ("sources", key)))
        return sources

    def _plans(self) -> dict[str, tuple[Text, Entries]]:
        plans = {}
        section = self._table(self.data, ("plans",))
        for key in section:
            path = ("plans", key)
            given = self._table(section, path)
            for name in ("name_zh", "name_en"):
                if name not in given:
                    self.wrong(path, f"缺少 {name}", f"{name} is missing")
            for name in given:
                if name not in (*TOPICS, "name_zh", "name_en"):
                    self.add(unknown(f"plans.{key}.{name}", name, TOPICS), (*path, name))
            plans[key] = (Text(given.get("name_zh", key), given.get("name_en", key)), self._entries(given, path))
        return plans

    def _entries(self, tables: dict[str, Any], above: Keys) -> Entries:
        entries = {}
        for topic in TOPICS:
            for key, dated in self._table(tables, (*above, topic)).items():
                name, path = f"{topic}.{key}", (*above, topic, key)
                if name not in PARAMETERS:
                    self.add(unknown(dotted(path), name, PARAMETERS), path)
                elif not isinstance(dated, list) or not all(isinstance(entry, dict) for entry in dated):
                    self.wrong(path, "应为 [ { from = …, value = …, source = …, grade = … } ]",
                               "should be [ { from = …, value = …, source = …, grade = … } ]")
                else:
                    read = [self._entry(PARAMETERS[name], given, (*path, position)) for position, given in enumerate(dated)]
                    entries[name] = [entry for entry in read if entry]
                    self._dates_in_order(dated, path)
        return entries

    def _entry(self, parameter: Parameter, given: dict[str, Any], path: Keys) -> Entry | None:
        allowed = ("from", "until", "known_until", "value", "other", "source", "grade", *NOTES)
        before = len(self.problems)
        for name in given:
            if name not in allowed:
                self.add(unknown(dotted((*path, name)), name, allowed), (*path, name))
        start: Any = given.get("from")
        if type(start) is not date:
            self.wrong(path, "缺少生效日 from：日期，不加引号，如 from = 2021-01-01",
                       "needs `from`, a date without quotes: from = 2021-01-01")
        for name in ("until", "known_until"):
            end = given.get(name)
            if end is not None and (type(end) is not date or (type(start) is date and end < start)):
                self.wrong((*path, name), f"{name} 应为不早于 from 的日期", f"`{name}` is a date not before `from`")
        source: Any = given.get("source")
        if source is None:
            self.wrong(path, "缺少出处 source：没有出处的数值不予采用", "has no source: a value without one is not used")
        elif not isinstance(source, str) or source not in self.sources:
            self.add(unknown(dotted((*path, "source")), source, tuple(self.sources),
                             what=Text(f"没有这个出处：{source}", f"no such source: {source}")), (*path, "source"))
        grade: Any = given.get("grade")
        if grade not in GRADES:
            self.wrong(path, f"grade 应为可信等级之一，现为 {grade!r}", f"`grade` is one of the grades, not {grade!r}", GRADES,
                       nearest(grade, GRADES))
        note = self._note(given, path)
        if source == ASSUMPTION.key and (grade != "assumed" or not str(note)):
            self.wrong(path, "设定值的 grade 须为 assumed，并在 note 中说明", "an assumption is graded `assumed` and says why in `note`")
        if "value" not in given:
            self.wrong(path, "缺少 value", "needs a `value`")
            return None
        compiled = self._compiled(parameter, given["value"], (*path, "value"))
        if "other" in given:
            self._compiled(parameter, given["other"], (*path, "other"))
        if len(self.problems) > before or compiled is None:
            return None
        return Entry(parameter.name, start, given.get("until"), given["value"], compiled, self.sources[source], grade,
                     note, self.id, given.get("known_until"), given.get("other"))

    def _compiled(self, parameter: Parameter, value: object, path: Keys) -> Cell | None:
        try:
            return parameter.kind.compile(value)
        except Malformed as error:
            for problem, within in refused(error, path):
                self.add(problem, within)
            return None

    def _dates_in_order(self, dated: list[dict[str, Any]], path: Keys) -> None:
        for position, (first, second) in enumerate(pairwise(dated), 1):
            start, end, turn = first.get("from"), first.get("until"), second.get("from")
            if type(start) is not date or type(turn) is not date:
                continue
            if turn <= start:
                self.wrong((*path, position), f"不晚于上一条（{start}）", f"is not after the entry before it ({start})")
            elif type(end) is date and end >= turn:
                self.wrong((*path, position), f"与上一条在时间上重叠（{start} … {end}）",
                           f"overlaps the entry before it ({start} … {end})")

    def look_for_holes(self, found: Region) -> None:
        """Every parameter has a value from the first covered day on; whatever a parent covers has one already."""
        if found.parent and found.covers >= found.parent.covers:
            return
        for name in PARAMETERS:
            first = next(iter(_known(found, "", name)), None)
            if first is None or first.start > found.covers:
                path = tuple(name.split("."))
                since = first.start if first else "–"
                self.wrong(path, f"自 {found.covers} 起应有值，实际自 {since} 起",
                           f"the file covers from {found.covers}, but there is no value before {since}")

    def look_for_crossed_bases(self, found: Region) -> None:
        """No ceiling of the base below the floor of the same day, be it inherited, from the first covered day on."""
        told = set()
        for plan in ("", *found.all_plans()):
            floors, ceilings = (spans(found, f"contribution.base_{name}", plan, until=LAST_LOOKED_AT) for name in ("floor", "ceiling"))
            for day in sorted({found.covers, *(span.start for span in floors + ceilings if span.start > found.covers)}):
                floor, ceiling = value_on(floors, day), value_on(ceilings, day)
                if not floor or not ceiling or _fen(floor) <= _fen(ceiling):
                    continue
                # Of two of its own the later one crosses the earlier; what it inherits is not for this file to mend.
                of_both = sorted((ceiling, floor), key=lambda span: span.entry.start, reverse=True)
                path = next((place for span in of_both if (place := self._place_of(found, span.entry))), None)
                if path and path not in told:
                    told.add(path)
                    self.wrong(path, *_crossed(day, _fen(ceiling), _fen(floor)))

    @staticmethod
    def _place_of(found: Region, entry: Entry) -> Keys | None:
        """Where an entry stands in the file, or None if it is inherited."""
        tables: list[tuple[Keys, Entries]] = [((), found.entries), *((("plans", key), own) for key, (_, own) in found.plans.items())]
        return next(((*above, *entry.param.split("."), position) for above, own in tables
                     for position, one in enumerate(own.get(entry.param, ())) if one is entry), None)


def refused(error: Malformed, path: Keys) -> Iterator[tuple[Problem, Keys]]:
    """All that is wrong with a value that stands at a path, and where."""
    for one in (error, *error.also):
        within = (*path, *one.within)
        close = nearest(one.word, one.allowed) if one.word else ""
        yield Problem(dotted(within), one.message, allowed=tuple(one.allowed), nearest=close), within


def _fen(span: Span) -> int:
    return cast("int", span.compiled)


def _crossed(day: date, ceiling_fen: int, floor_fen: int) -> Text:
    ceiling, floor = money.shown(ceiling_fen), money.shown(floor_fen)
    return Text(f"{day} 起缴费基数上限 {ceiling} 低于下限 {floor}",
                f"from {day} on the base's ceiling, {ceiling}, lies below its floor, {floor}")


# ── values over time ───────────────────────────────────────────────────────────────────────────────

def spans(region: Region, param: str, plan: str = "", what_if: Sequence[Entry] = (), as_of: date | None = None,
          until: date = date(2026, 1, 1)) -> list[Span]:
    """The values of a parameter over time, in order, as `Span`s; the last one has no end.

    `what_if` are entries laid over the law. `as_of` freezes it: only what was in force that day, and nothing
    grows after. Else a parameter that `grows` rises each year after its last known value, up to `until`.
    """
    own = [entry for entry in what_if if entry.param == param]
    if own:                                                 # the law, grown or frozen, until the first day of the what-if
        law = spans(region, param, plan, [entry for entry in what_if if entry.param != param], as_of, until)
        return [span for span in law if span.start < own[0].start] + _layered([own])
    if as_of:
        layers = [layer[param] for layer in region.layers(plan) if param in layer]
        found = _layered([[_frozen(entry, as_of) for entry in layer if entry.start <= as_of] for layer in layers])
    else:
        found = _known(region, plan, param)
    if found and PARAMETERS[param].grows and not as_of:
        found = found + list(_grown(region, found[-1], what_if, until))
    return found


@cache
def _known(region: Region, plan: str, param: str) -> list[Span]:
    """The values of the law over time; a region that states none of its own has its parent's."""
    stated = region.plans[plan][1] if plan in region.plans else {}
    if param not in stated and param not in region.entries and region.parent:
        return _known(region.parent, plan, param)
    return _layered([layer[param] for layer in region.layers(plan) if param in layer])


def _frozen(entry: Entry, as_of: date) -> Entry:
    """An entry as it stood on a day, for good. What it lets start on a later day was no rule yet: it never starts."""
    kind, end = PARAMETERS[entry.param].kind, entry.end if entry.end and entry.end < as_of else None
    if isinstance(kind, Day) and not kind.is_last and as_of.toordinal() < cast("int", entry.compiled):
        return replace(entry, end=end, known_until=None, value="never", compiled=NEVER)
    return replace(entry, end=end, known_until=None)


def _layered(layers: list[list[Entry]]) -> list[Span]:
    """Entries of several layers, the nearest first, as spans in order of time."""
    turns = {entry.start for layer in layers for entry in layer}
    turns |= {end + timedelta(1) for layer in layers for entry in layer for end in (entry.end, entry.known_until) if end}
    found: list[Span] = []
    for turn in sorted(turns):
        entry = next((entry for layer in layers if (entry := _in_force(layer, turn))), None)
        if entry is None and not found:
            continue
        is_projected = entry is None or bool(entry.known_until and entry.known_until < turn)
        entry = entry or found[-1].entry                    # nothing states a value: the last one goes on
        if not found or found[-1].entry is not entry or found[-1].projected != is_projected:
            found.append(Span(turn, entry, entry.value, entry.compiled, is_projected))
    return found


def day_before(day: date) -> date:
    return day - timedelta(1)


def _in_force(layer: list[Entry], day: date) -> Entry | None:
    """The entry of one layer (in order of dates) that is in force on a day."""
    place = bisect_right(layer, day, key=lambda entry: entry.start)
    entry = layer[place - 1] if place else None
    return entry if entry and not (entry.end and entry.end < day) else None


def _grown(region: Region, last: Span, what_if: Sequence[Entry], until: date) -> Iterator[Span]:
    """The yearly steps after the last known amount: it grows with wages, rounded to whole yuan."""
    if not isinstance(last.compiled, int) or last.compiled in (0, money.NO_LIMIT):
        return
    growth = spans(region, "projection.wage_growth", what_if=what_if)
    start, years, grown_fen = last.entry.start, 0, last.compiled
    while True:
        years += 1
        anniversary = date(start.year + years, start.month, min(start.day, 28))
        if anniversary > until:
            return
        grown_fen *= money.PPM + _rate_on(growth, anniversary)                  # exact: a fraction of PPM ** years
        amount = money.divided(grown_fen, money.PPM ** years, money.ROUNDINGS["yuan half up"])
        if anniversary >= last.start:
            yield Span(anniversary, last.entry, Decimal(amount) / 100, amount, True)


def _rate_on(found: list[Span], day: date) -> int:
    span = value_on(found, day)
    return span.compiled if span and isinstance(span.compiled, int) else 0


def value_on(found: list[Span], day: date) -> Span | None:
    """The span in force on a day, or None before the first."""
    place = bisect_right(found, day, key=lambda span: span.start)
    return found[place - 1] if place else None


class RuleTable:
    """The law of a region (and plan) for a span of months, as rows of integers.

    `row(month)` and `row_on(day)` give the `Rules` the law reads; `span(param, day)` what stands behind a cell.
    A month goes by the rules in force on its first day, a dated event by those of its own day.
    """

    def __init__(self, region_: Region, start: int, months_: int, plan: str = "", what_if: Sequence[Entry] = (),
                 as_of: date | None = None) -> None:
        self.region, self.plan, self.start, self.months = region_, plan, start, months_
        first, last = months.first_day(start), months.last_day(start + months_ - 1)
        self.spans = {name: spans(region_, name, plan, what_if, as_of, last) for name in PARAMETERS}
        unknown = next((name for name, found in self.spans.items() if not found), None)
        if unknown:
            raise InputError([Problem("rules_as_of", Text(f"{as_of} 还没有 {unknown} 的规则",
                                                          f"no rule for {unknown} was in force on {as_of}"))])
        begins = max(found[0].start for found in self.spans.values())
        if first < begins or first < region_.covers:
            covered = max(begins, region_.covers)
            raise InputError([Problem("start", Text(
                f"{region_.name.zh} 的规则自 {covered:%Y-%m} 起有记录，不能从 {first:%Y-%m} 开始",
                f"the rules of {region_.name.en} are known from {covered:%Y-%m} on, not from {first:%Y-%m}"))])
        turns = {span.start for found in self.spans.values() for span in found if first < span.start <= last}
        self.turns = [first, *sorted(turns)]
        columns = [_column(name, found, self.turns) for name, found in self.spans.items()]
        self.rows = [Rules(*cells) for cells in zip(*columns)]
        if what_if:
            self._check_bounds({entry.param for entry in what_if})

    def _check_bounds(self, supposed: set[str]) -> None:
        """InputError where a supposed ceiling of the base lies below the floor, or a supposed floor above the ceiling."""
        names = ("contribution.base_ceiling", "contribution.base_floor")
        for turn, rules in zip(self.turns, self.rows):
            floor, ceiling = rules.contribution_base_floor_fen, rules.contribution_base_ceiling_fen
            if ceiling < floor:
                key = next((f"rules.{name}" for name in names if name in supposed), "rules")
                raise InputError([Problem(key, _crossed(turn, ceiling, floor))])

    def row_number(self, day: date) -> int:
        return bisect_right(self.turns, day) - 1

    def row_on(self, day: date) -> Rules:
        return self.rows[self.row_number(day)]

    def row(self, month: int) -> Rules:
        return self.row_on(months.first_day(month))

    def span(self, param: str, day: date) -> Span:
        found = value_on(self.spans[param], day)
        if found is None:
            raise LookupError(f"{param} has no value yet on {day}")
        return found


def _column(name: str, found: list[Span], turns: list[date]) -> list[Cell]:
    """A parameter's values as the law reads them at each turn, with its former values where it `looks_back`."""
    if PARAMETERS[name].looks_back:
        rows = [[(span.start.toordinal(), span.compiled) for span in reversed(found) if span.start <= turn] for turn in turns]
        return [tuple((known + [(0, known[-1][1])] * RATES_KEPT)[:RATES_KEPT]) for known in rows]
    if len(found) == 1:
        return [found[0].compiled] * len(turns)
    return [span.compiled for turn in turns if (span := value_on(found, turn))]


# ── for people ─────────────────────────────────────────────────────────────────────────────────────

class RuleBook:
    """The rules of a region to look things up in: `rules("beijing").on("2026-07-01")["contribution.base_floor"]`."""

    def __init__(self, region_: Region, plan: str = "") -> None:
        self.region, self.plan = region_, plan

    def __repr__(self) -> str:
        return f"<RuleBook: {self.region.id}{self.plan and f', {self.plan}'}>"

    def on(self, day: date | str) -> dict[str, Span]:
        """{param: Span} in force on a day (a date or `2026-07-01`). InputError if it is none."""
        try:
            day = months.day(day)
        except ValueError:
            raise InputError([Problem("on", Text(f"应为 2025-07-01 这样的日期：{day}",
                                                 f"should be a date such as 2025-07-01: {day}"))]) from None
        found = ((name, value_on(self.history(name, day), day)) for name in PARAMETERS)
        return {name: span for name, span in found if span}

    def history(self, param: str, until: date = date(2026, 1, 1)) -> list[Span]:
        """Every `Span` of a parameter, oldest first. InputError if there is no such parameter."""
        if param not in PARAMETERS:
            raise InputError([unknown("param", param, PARAMETERS, what=Text(f"没有这个参数：{param}", f"no such parameter: {param}"))])
        return spans(self.region, param, self.plan, until=until)


def rules(word: str, plan: str = "") -> RuleBook:
    """The `RuleBook` of a region, given by id, Chinese or English name, or code. InputError if there is none."""
    found = region(word)
    if plan and plan not in found.all_plans():
        raise InputError([unknown("plan", plan, tuple(found.all_plans()), what=Text(f"没有这个参保档次：{plan}", f"no such plan: {plan}"))])
    return RuleBook(found, plan)


def regions(level: str | None = None) -> list[Region]:
    """All `Region`s but the nation, of one level if asked; provinces before their cities. InputError if there is no such level."""
    if level not in (None, *LEVELS[1:]):
        raise InputError([unknown("level", level, LEVELS[1:], what=Text(f"没有这一级：{level}", f"no such level: {level}"))])
    found = (region(id) for id in region_ids() if id != ROOT)
    return [one for one in found if level in (None, one.level)]
