"""Inputs that show what stands at a path of the household and write back what is chosen or typed.

The household is the truth and the widgets are its image: whatever replaces it (a file, a link, another page, another
language) shows at once, and nothing is lost when a widget is not on the page for a while.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import streamlit as st

from simulator import money, months, policy
from simulator.dashboard import state
from simulator.language import Text, say
from simulator.problems import InputError, Problem

if TYPE_CHECKING:
    from simulator.problems import Keys

FIRST_DAY, LAST_DAY = date(1998, 12, 14), date(2150, 12, 31)


def amount(path: Keys, label: str, step: float = 100.0, help: str | None = None) -> None:
    """Yuan; anything finer than a fen is kept, to be refused as a file's would be."""
    st.number_input(label, min_value=0.0, step=step, format="%.2f", help=help,
                    **_bound(path, float(state.value(path, 0)), exact, 0))


def rate(path: Keys, label: str, help: str | None = None) -> None:
    st.number_input(label, step=0.01, format="%.4g", help=help, **_bound(path, float(state.value(path, 0)), exact, 0))


def count(path: Keys, label: str, default: int = 0, low: int = 0, high: int = 1200, help: str | None = None) -> None:
    st.number_input(label, low, high, step=1, help=help, **_bound(path, int(state.value(path, default)), int))


def text(path: Keys, label: str, default: str = "", help: str | None = None, placeholder: str | None = None) -> None:
    taken = month_typed if path[-1] in ("birth", "start") else str.strip
    st.text_input(label, help=help, placeholder=placeholder, max_chars=100,
                  **_bound(path, str(state.value(path, default)), taken, reaches_form=path[-1] == "name"))
    if path == st.session_state.get("refused", [None])[0]:
        st.error(st.session_state.pop("refused")[1])


def month_typed(text: str) -> str:
    """`1988-3`, `1988/03`, `198803` or `1988年3月` as 1988-03; anything else as it was typed, to be refused as a file's would be."""
    text = text.strip()
    match = re.fullmatch(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})|(\d{2}))\s*月?", text, re.ASCII)
    return f"{match[1]}-{int(match[2] or match[3]):02d}" if match else text


def choice(path: Keys, label: str, options: Mapping[str, str | Text] | Sequence[str], default: str | None = None,
           absent: str | None = None, help: str | None = None, reaches_form: bool = False) -> None:
    """One of {word: what it is called}. What is not among them can only have come with a file; it is kept."""
    named: dict[str, str | Text] = dict(options) if isinstance(options, Mapping) else {one: one for one in options}
    now = state.value(path, default)
    st.selectbox(label, list(dict.fromkeys([*named, *([now] if now is not None else [])])), help=help,
                 format_func=lambda word: str(named.get(word, word)), placeholder=say("请选择", "choose"),
                 **_bound(path, now, lambda word: word, absent, reaches_form))


def region(path: Keys, label: str, help: str | None = None) -> None:
    """Found by Chinese or English name, pinyin or code: all four stand in what is searched."""
    now = policy.region_id(state.value(path, "")) or state.value(path)
    known = [id for id in policy.region_ids() if id != policy.ROOT]
    st.selectbox(label, known if now in known else [*known, now], format_func=region_label, help=help,
                 placeholder=say("请选择", "choose"), **_bound(path, now, lambda id: id, reaches_form=True))


def region_label(id: str) -> str:
    """`达州 · sichuan/dazhou · 511700`."""
    name, code = policy.region_names().get(id, (id, ""))
    return f"{name} · {id} · {code}"


def region_name(id: str) -> str:
    return str(policy.region_names()[id][0])


def picked(name: str, first: object) -> dict[str, Any]:
    """The key of an input that is not of the household, kept while other pages are looked at.

    `first` is what it begins with, and what it follows until somebody chooses something else: another household has
    another region.
    """
    key, begun = f"pick.{name}", f"begun.{name}"
    if key not in st.session_state or (begun in st.session_state and st.session_state[key] == st.session_state[begun]):
        if st.session_state.get(key, picked) != first:      # set again, it would wipe out what is being typed
            st.session_state[key] = first
        st.session_state[begun] = first
    else:
        st.session_state.pop(begun, None)                   # chosen: it follows nothing any more
    return {"key": key, "persist_state": "session"}


def pick_among(name: str, first: str, label: str, options: Sequence[str], **look: Any) -> str:
    """One of what a result has, such as its months or people; `first` where what was chosen is not among them (any more)."""
    if st.session_state.get(f"pick.{name}") not in options:
        st.session_state.pop(f"pick.{name}", None)
    chosen: str = st.selectbox(label, options, placeholder=say("请选择", "choose"), **picked(name, first), **look)
    return chosen


def pick_region(name: str, first: str, label: str, among: Sequence[str] | None = None, help: str | None = None) -> str:
    chosen: str = st.selectbox(label, among or policy.region_ids()[1:], format_func=region_label, help=help,
                               placeholder=say("请选择", "choose"), **picked(name, first))
    return chosen


def pick_amount(name: str, first: float, label: str, step: float = 100.0, help: str | None = None) -> int:
    """Yuan, in fen. InputError if it is no amount."""
    typed = st.number_input(label, min_value=0.0, step=step, format="%.2f", help=help, **picked(name, first))
    try:
        return amount_fen(exact(typed), label)
    except InputError as error:
        return _said_later(error, 0)


def pick(name: str, first: str, label: str, options: Mapping[str, str | Text], help: str | None = None) -> str:
    """One of {word: what it is called}."""
    chosen: str = st.selectbox(label, list(options), format_func=lambda word: str(options[word]), help=help,
                               placeholder=say("请选择", "choose"), **picked(name, first))
    return chosen


def pick_day(name: str, first: date, label: str) -> date:
    first = min(max(first, FIRST_DAY), LAST_DAY)
    chosen: date = st.date_input(label, min_value=FIRST_DAY, max_value=LAST_DAY, format="YYYY-MM-DD", **picked(name, first))
    return chosen


def pick_month(name: str, first: str, label: str) -> int:
    """A month's number, typed as 2025-07. InputError if it is none."""
    typed = st.text_input(label, max_chars=10, placeholder="2025-07", **picked(name, first))
    try:
        found = months.month_number(month_typed(typed))
        if FIRST_DAY <= months.first_day(found) <= LAST_DAY:
            return found
        return _said_later(wrong(label, f"应在 {FIRST_DAY} 至 {LAST_DAY} 之间：{typed}",
                                 f"should lie between {FIRST_DAY} and {LAST_DAY}: {typed}"), months.month_number(first))
    except ValueError:
        return _said_later(wrong(label, f"应为 2025-07 这样的月份：{typed}", f"should be a month such as 2025-07: {typed}"),
                           months.month_number(first))


@contextmanager
def all_drawn() -> Iterator[None]:
    """Around inputs: what is wrong with any of them is raised when all of them stand on the page, and all at once."""
    problems: list[Problem] = []
    before = _later.set(problems)
    try:
        yield
    finally:
        _later.reset(before)
    if problems:
        raise InputError(problems)


_later: ContextVar[list[Problem] | None] = ContextVar("_later", default=None)


def _said_later(error: InputError, meanwhile: int) -> int:
    """Keep an error until `all_drawn` is over, and go on with a number that nothing is computed from; raise it elsewhere."""
    problems = _later.get()
    if problems is None:
        raise error
    problems += error.problems
    return meanwhile


def amount_fen(typed: Decimal, label: str) -> int:
    most = money.NO_LIMIT // 100
    if not 0 <= typed < most:
        raise wrong(label, f"应不小于 0、小于 {most:,}：{typed:,}", f"should be 0 or more and less than {most:,}: {typed:,}")
    try:
        return money.fen(typed)
    except ValueError:                                      # the field shows it rounded
        raise wrong(label, f"应精确到分，输入的是 {typed}", f"should be exact to the fen; {typed} was typed") from None


def wrong(label: str, zh: str, en: str) -> InputError:
    """What is wrong with an input that is not of the household."""
    return InputError([Problem(label, Text(zh, en))])


def _bound(path: Keys, now: object, taken: Callable[[Any], Any], absent: object = None,
           reaches_form: bool = False) -> dict[str, Any]:
    """The key and callback of the widget of a path, its state set to what stands there.

    It is only set where it differs: setting it again would wipe out what is being typed into it at the moment.
    """
    key = ".".join(map(str, path))
    if st.session_state.get(key, _bound) != now or st.session_state.refill:
        st.session_state[key] = now
    return {"key": key, "on_change": _take, "args": (path, key, taken, absent, reaches_form)}


def _take(path: Keys, key: str, taken: Callable[[Any], Any], absent: object, reaches_form: bool = False) -> None:
    """Write down what was typed, and redraw what it changes: some pages have parts for that."""
    new = taken(st.session_state[key])
    if path[-1] == "name":
        if why := state.no_name(path, new):                 # two people of one name could never be told apart again
            st.session_state.refused = path, say(f"没有改成“{new}”：{why}", f"Not changed to “{new}”: {why}")
            return
        state.rename(state.value(path), new)
    before = st.session_state.example, state.value(("title",))
    state.put(path, new, absent)
    reaches_form |= (st.session_state.example, state.value(("title",))) != before
    if st.session_state.redrawn and not reaches_form:
        st.rerun(list(st.session_state.redrawn))


def exact(number: float) -> Decimal:
    """The exact number that a float of a widget prints as, with two decimals where that is all of it."""
    two = f"{number:.2f}"
    return Decimal(two if float(two) == number else repr(number))
