"""What a session holds: its language, the household as it is typed, and the scenarios kept beside it.

All of it lives in this session and nowhere else. Results are kept here too, never in a cache of the server: such a
cache is shared, and whoever asked for the same household could tell from its speed that somebody else had.
"""
from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from simulator import engine, scenario_text
from simulator.dashboard import words
from simulator.language import LANGUAGES, in_language, say, use_language
from simulator.problems import InputError
from simulator.scenario import Scenario, load, read

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_tab_container import TabContainer

    from simulator.ledger import Result
    from simulator.problems import Keys, Problem

GALLERY = Path(__file__).parents[2] / "scenarios"
DEFAULT = "kunshan"
MOST_KEPT = 4                           # scenarios beside the one that is edited
MOST_PROBLEMS = 100                     # said at once; a file that is none of ours may have tens of thousands
RESULTS_KEPT = 12                       # a session's; some 50 kB each

CHOICES = ("example_shown", "all_columns")     # widgets that are not of the household
NAMING = {"people": ("name",), "aid": ("from", "to"), "events": ("who", "to")}     # the lists, and where they name a person

# Shown where there is no gallery: an installation without a checkout.
EXAMPLE = {
    "title": "每月买药 / A monthly pharmacy bill", "region": "jiangsu/suzhou/kunshan", "start": "2025-01", "months": 36,
    "people": [{"name": "我", "birth": "1988-03", "sex": "female", "insured": "employee", "wage": 8000,
                "opening": {"current": 300, "carried": 5200}, "medical": {"pharmacy": 120}}],
    "events": [{"on": "2026-01-01", "who": "我", "type": "wage", "amount": 9000}],
}


def start() -> None:
    """The language and the household of this session, for everything that follows in this run."""
    state = st.session_state
    if "language" not in state:
        asked = st.query_params.get("lang")
        state.language = asked if asked in LANGUAGES else LANGUAGES[0]
    use_language(state.language)
    if "draft" not in state:
        state.kept, state.results, state.serial, state.refill = [], {}, 0, False
        state.places, state.tabs = {}, {}             # of tables, and which tab is open
        state.draft, state.opened = EXAMPLE, None           # whatever happens now, there is something to show
        known = gallery()
        state.example = DEFAULT if DEFAULT in known else next(iter(known))
        with said():
            take(read_example(state.example), state.example)
        with said():
            open_link(st.query_params.get_all("s"))


# ── the household ──────────────────────────────────────────────────────────────────────────────────

def take(data: dict[str, Any], example: str | None = None) -> None:
    """Make a household (a dict of the file's shape) the one that is edited; `example` is the one of the gallery that it is."""
    st.session_state.draft = {key: value for key, value in data.items() if key != "expect"}
    st.session_state.example = example


def value(path: Keys, default: Any = None) -> Any:
    """What stands at a path of the household, such as ("people", 0, "wage")."""
    place: Any = st.session_state.draft
    for part in path:
        is_there = int(part) < len(place) if isinstance(place, list) else part in place
        if not is_there:
            return default
        place = place[part]
    return place


def put(path: Keys, new: Any, absent: object = None) -> None:
    """Write a value at a path; `absent` is the one that need not be written."""
    before = st.session_state.draft
    after = st.session_state.draft = _copied(before)
    place: Any = after
    *above, last = path
    for part in above:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    if new == absent and isinstance(place, dict):
        place.pop(last, None)
    else:
        place[last] = new
    if after != before:
        st.session_state.example = None
        if path != ("title",) and "title" in after and after["title"] in _example_titles():
            del after["title"]                              # it may name what the household no longer has


def rename(old: str, new: str) -> None:
    """Call a person otherwise, wherever the household names him."""
    for kind, keys in NAMING.items():
        for place, one in enumerate(value((kind,), ())):
            for key in keys:
                if one.get(key) == old:
                    put((kind, place, key), new)


def no_name(path: Keys, new: str) -> str:
    """Why nobody of the household may be called that; nothing if he may."""
    people = _copied(value(("people",)))
    people[int(path[1])]["name"] = new
    try:
        Scenario.from_dict({**st.session_state.draft, "people": people})
    except InputError as error:
        return " ".join(str(problem.message) for problem in error.problems if is_name(problem))
    return ""


def is_name(problem: Problem) -> bool:
    """Whether it is about what a person is called: two of one name are said at the later one, whoever was renamed."""
    return problem.key.startswith("people[") and problem.key.endswith(".name")


def remove(kind: str, place: int) -> None:
    """Take an item out of a list of the household; with a person, all that names him."""
    rows = {name: list(value((name,), ())) for name in NAMING}
    gone = rows[kind].pop(place)
    if kind == "people":
        for name, keys in NAMING.items():
            rows[name] = [one for one in rows[name] if gone["name"] not in [one.get(key) for key in keys]]
    for name, left in rows.items():
        put((name,), left, [])


def _copied(data: Any) -> Any:
    """A copy whose tables and lists may be changed: what was loaded or kept stays as it is."""
    if isinstance(data, dict):
        return {key: _copied(inner) for key, inner in data.items()}
    return [_copied(inner) for inner in data] if isinstance(data, list | tuple) else data


def scenario() -> Scenario:
    """The household as a `Scenario`. InputError with all that is wrong with it."""
    return Scenario.from_dict(st.session_state.draft)


def result(of: Scenario | dict[str, Any] | None = None) -> Result:
    """What a scenario (or a dict) comes to. InputError if it is wrong."""
    of = of if isinstance(of, Scenario) else Scenario.from_dict(of or st.session_state.draft)
    kept: dict[str, Result] = st.session_state.results
    key = of.model_dump_json()
    if key not in kept:
        while len(kept) >= RESULTS_KEPT:
            del kept[next(iter(kept))]
        kept[key] = engine.run(of)
    return kept[key]


def keep_choices() -> None:
    """Set what is chosen in this session's widgets again, so that a page in another language finds it."""
    for key in list(st.session_state):
        if key in CHOICES or str(key).startswith("pick."):
            st.session_state[key] = st.session_state[key]


def tabs(names: Sequence[str], key: str) -> Sequence[TabContainer]:
    """Tabs, the one open that was: Streamlit knows them by their names, which are others in another language."""
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[min(st.session_state.tabs.get(key, 0), len(names) - 1)]
    st.session_state.tabs[key] = names.index(st.session_state[key])
    return st.tabs(names, on_change="rerun", key=key)


def once(of: Any) -> Any:
    """(key figures, lowest grade) of a scenario that is looked at once, among hundreds; nothing else of it is kept."""
    found = engine.run(of)
    return found.summary(), found.lowest_grade


# ── where households come from ─────────────────────────────────────────────────────────────────────

def gallery() -> dict[str, Path | None]:
    """{name: path of a scenario file}; the example, without a path, where there are none."""
    known: dict[str, Path | None] = {path.stem: path for path in sorted(GALLERY.glob("*.toml"))}
    return known or {"example": None}


def read_example(name: str) -> dict[str, Any]:
    """The data of a scenario of the gallery. InputError if the file is wrong."""
    path = gallery()[name]
    return _read(path, path.stat().st_mtime_ns).data if path else EXAMPLE


@lru_cache(maxsize=100)                 # files of the project, nobody's input
def _read(path: Path, changed: int) -> Scenario:  # noqa: ARG001  # a file that was changed is read anew
    return load(path)


def example_title(name: str) -> str:
    try:
        return in_language(read_example(name).get("title") or name)
    except InputError:
        return name                     # what is wrong with it is said to whom chooses it


def _example_titles() -> Iterator[str]:
    """The titles of the gallery as their files have them."""
    for name in gallery():
        with suppress(InputError):
            yield str(read_example(name).get("title", ""))


def link(words: Sequence[str]) -> str:
    """The query of the link that restores the household and what is kept beside it."""
    households = [st.session_state.draft, *st.session_state.kept]
    return "&".join([*(f"s={scenario_text.packed(scenario_text.to_toml(one))}" for one in households), *words])


def open_link(words: Sequence[str]) -> None:
    """Take the households of a link: the first to edit, the others to keep. InputError if it is not one of ours."""
    found = [read(scenario_text.unpacked(word), say("链接", "link")).data for word in words[:1 + MOST_KEPT]]
    if found:
        take(found[0])
        st.session_state.kept = found[1:]


# ── when something goes wrong ──────────────────────────────────────────────────────────────────────

@contextmanager
def said(by_label: bool = True) -> Iterator[None]:
    """Whatever goes wrong is said on the page, in the user's language; a traceback only goes to the log.

    The log gets the place, never the message: a message may quote what was typed.
    """
    try:
        yield
    except InputError as error:
        show_problems(error, by_label)
    except Exception as error:  # noqa: BLE001
        places = []
        trace = error.__traceback__
        while trace:
            places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        logging.getLogger(__name__).error("the page failed: %s at %s", type(error).__name__, " ".join(places))
        st.error(say("页面出错了，输入还在，刷新则会丢失：请撤回上一处改动，或换到别的页面，先在“我的账户”保存文件或复制链接。详情见终端。",
                     "This page failed. What you typed is still there, and lost if you reload: undo the last change or go to another "
                     "page, and first save the file or copy the link under My account. Details are in the terminal."))


def show_problems(error: InputError, by_label: bool = True) -> None:
    """What is wrong with a file is said by its keys; with what was typed, by what the fields are called."""
    st.error(say("这样的输入不能计算：", "This input cannot be computed:"))
    left = len(error.problems) - MOST_PROBLEMS
    said = [replace(one, key=one.key if one.file or not by_label else words.field(one.key, st.session_state.draft),
                    message=words.ON_PAGES.get(one.message, one.message)) for one in error.problems[:MOST_PROBLEMS]]
    # As text: it quotes what was typed. Of a number of hundreds of digits the first are enough.
    st.text(re.sub(r"(\d{20})\d{20,}", r"\1…", "\n".join(map(str, said))))
    if left > 0:
        st.text(say(f"……另有 {left} 处。", f"… and {left} more."))


def fragment(key: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A part of the page that is drawn anew alone; it has to be told the language, which is that of a run."""
    def decorated(function: Callable[..., None]) -> Callable[..., None]:
        @st.fragment(key=key)
        def drawn(*args: Any) -> None:
            use_language(st.session_state.language)
            with said():
                function(*args)
        return drawn
    return decorated
