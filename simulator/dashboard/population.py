"""Population: many random lives under the law and under a what-if, run behind the page, with what comes of them.

What is uploaded and what comes of it stay in the session; nothing of it is kept for, or shown to, another one.
"""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import streamlit as st

from simulator import labels, months
from simulator.dashboard import fields, state
from simulator.dashboard.background import Work
from simulator.dashboard.population_answer import answer
from simulator.language import Text, in_language, say, use_language
from simulator.parameters import PARAMETERS
from simulator.populations.file import Population
from simulator.populations.run import forget, is_large, population
from simulator.problems import InputError, Problem
from simulator.toml_files import parse_toml, read_toml

if TYPE_CHECKING:
    from simulator.populations.result import Result
    from simulator.shards import Progress

Given: TypeAlias = tuple[dict[str, Any], str, str]       # (data, file, text) of a population
GALLERY = state.GALLERY / "population"
MOST_MB = 1
FIRST_ACCOUNTS, MOST_ACCOUNTS = 1000, 1_000_000
MOST_SEED = 2**53 - 1                   # a browser's numbers are exact up to here
MOST_RULES = 5
POLL = 0.5                              # seconds between looks at a run
# Months of accounts a second on two cores: in plain Python, compiled; and how long compiling takes, once a server.
PLAIN_RATE, COMPILED_RATE, COMPILING = 8_000, 8_000_000, 80
KINDS = {"none": Text("不设", "none"), "file": Text("文件里的", "the file's own"), "own": Text("自己设", "my own")}

# A city and its pensioners: small enough for an answer within seconds, and there where there is no gallery.
EXAMPLE = {
    "title": "昆山的在职与退休人员（设定） / Kunshan's employees and pensioners (assumed)", "start": "2025-01", "months": 24,
    "groups": [
        {"name": "在职 employees", "region": "jiangsu/suzhou/kunshan", "people": 1_000_000, "insured": "employee",
         "age": [{"from": 22, "to": 34, "share": 0.4}, {"from": 35, "to": 59, "share": 0.6}],
         "wage": {"median": 8000, "spread": 0.5, "growth": 0.03}, "opening": {"median": 3000, "spread": 1, "empty": 0.05},
         "contributed": 0.85},
        {"name": "退休 pensioners", "region": "jiangsu/suzhou/kunshan", "people": 250_000, "insured": "retiree", "female": 0.55,
         "age": [{"from": 60, "to": 85, "share": 1}], "opening": {"median": 3500, "spread": 1, "empty": 0.05}}],
    "care": {"never": 0.1, "frailty": 0.6,
             "outpatient": [{"below": 60, "yearly": 5, "median": 200, "spread": 1.1}, {"yearly": 10, "median": 300, "spread": 1.1}],
             "outpatient_places": {"pharmacy": 0.6, "primary": 0.15, "secondary": 0.1, "tertiary": 0.15},
             "inpatient": [{"below": 60, "yearly": 0.08, "median": 9000, "spread": 0.8}, {"yearly": 0.3, "median": 9000, "spread": 0.8}],
             "inpatient_places": {"primary": 0.2, "secondary": 0.4, "tertiary": 0.4}},
    "work": {"stops": [{"yearly": 0.08}], "causes": {"job_loss": 0.7, "own_choice": 0.2, "employer_arrears": 0.1},
             "gaps": [{"months": 1, "share": 0.4}, {"months": 3, "share": 0.4}, {"months": 8, "share": 0.2}], "back_pays": 0.4},
    "death": {"female": [{"below": 60, "yearly": 0.001}, {"yearly": 0.02}], "male": [{"below": 60, "yearly": 0.002}, {"yearly": 0.03}]},
}
EXAMPLE_NAME, UPLOAD = "example", "upload"      # beside the names of the gallery, which are those of files: "example.toml"


def page() -> None:
    _fetch()
    form, found = st.columns([1, 2.3], gap="medium")
    with form, state.said(by_label=False):
        _form()
    with found:
        if st.session_state.population_work:
            _watched()
        with state.said(by_label=False):
            if st.session_state.population_error:
                raise st.session_state.population_error
        result = st.session_state.population_result
        if result:
            answer(result)
        elif not st.session_state.population_work:
            st.info(say("选一个群体，点“开始”。每个账户都按该地规则逐月计算：计入、利息、就医、断缴、补缴、退休。",
                        "Choose a population and press Run. Every account is computed month by month by the rules of its area: "
                        "credits, interest, care, gaps, back-payments, retirement."))


# ── what is asked for ──────────────────────────────────────────────────────────────────────────────

def _form() -> None:
    data, file, text = _chosen()
    people = Population.from_dict(data, file, text)
    with st.grid(2, min_column_width=130, gap="xsmall"):
        accounts = int(st.number_input(say("账户数", "Accounts"), 1, MOST_ACCOUNTS, step=1000,
                                       **fields.picked("population.accounts", FIRST_ACCOUNTS)))
        seed = int(st.number_input(say("随机种子", "Seed"), 0, MOST_SEED, step=1, **fields.picked("population.seed", people.seed),
                                   help=say("种子相同，结果相同", "the same seed gives the same figures")))
    data, called = _with_what_if(data, people)
    try:
        people = Population.from_dict(data, file, text)
    except InputError as error:
        raise InputError(_by_label(one, called) for one in error.problems) from None
    finally:                                                # what is wrong is said below, where it was typed
        st.caption(_how_long(people, accounts))
    if st.button(say("开始", "Run"), type="primary", key="population_run", icon=":material/play_arrow:", width="stretch",
                 disabled=st.session_state.population_work is not None):
        st.session_state.population_error = None
        st.session_state.population_work = Work(lambda progress: _lived(people, accounts, seed, progress))
        st.session_state.population_compiled = is_large(people, accounts)
        st.rerun()


def _chosen() -> Given:
    """(data, file, text) of the population that is chosen. InputError if its file cannot be read."""
    known = {EXAMPLE_NAME: None, **{path.name: path for path in sorted(GALLERY.glob("*.toml"))}}
    names = [*known, *([UPLOAD] if st.session_state.population_upload else [])]
    if st.session_state.get("pick.population.of", EXAMPLE_NAME) not in names:
        st.session_state["pick.population.of"] = EXAMPLE_NAME
    inside = st.popover(say("打开群体文件", "Open a population file"), icon=":material/folder_open:", width="stretch")
    with inside:
        given = st.file_uploader(say("群体文件（TOML，至多 1 MB）", "Population file (TOML, up to 1 MB)"), type=["toml"],
                                 key="population_file", max_upload_size=MOST_MB)
        st.caption(say("文件只在这次会话里用，不会保存。", "The file is used in this session only and kept nowhere."))
    if given is None:
        st.session_state.population_given = None
    elif st.session_state.population_given != given.file_id:    # once, or nothing else could be chosen after it
        with inside, state.said(by_label=False):                # it stays open, and would hide what is said beside it
            data, text = parse_toml(given.getvalue(), given.name)
            Population.from_dict(data, given.name, text)
            st.session_state.population_given = given.file_id
            st.session_state.population_upload = data, given.name, text
            st.session_state["pick.population.of"] = UPLOAD
            st.rerun()
    titles = {name: _title(name, path) for name, path in known.items()}
    if st.session_state.population_upload:
        data, file, _ = st.session_state.population_upload
        titles[UPLOAD] = f"{in_language(data.get('title', ''))} · {file}".removeprefix(" · ")
    name = fields.pick("population.of", EXAMPLE_NAME, say("群体", "Population"), titles)
    found = st.session_state.population_upload if name == UPLOAD else _loaded(known[name])
    key = name, found[2]
    if st.session_state.population_of != key:               # another population has a seed of its own
        st.session_state.population_of = key
        with state.said(by_label=False):
            people = Population.from_dict(*found[:1])
            st.session_state["pick.population.seed"] = min(people.seed, MOST_SEED)
            st.session_state["pick.population.what_if"] = "file" if people.what_if else "none"
            st.session_state["pick.population.from.0"] = _first_day(people)
    return found


def _loaded(path: Path | None) -> Given:
    return _read(path, path.stat().st_mtime_ns) if path else (EXAMPLE, "", "")


@lru_cache(maxsize=20)                  # files of the project, nobody's input
def _read(path: Path, changed: int) -> Given:  # noqa: ARG001  # a file that was changed is read anew
    data, text = read_toml(path)
    return data, path.name, text


def _title(name: str, path: Path | None) -> str:
    try:
        return in_language(str(_loaded(path)[0].get("title") or name))
    except InputError:
        return name                     # what is wrong with it is said to whom chooses it


def _with_what_if(data: dict[str, Any], people: Population) -> tuple[dict[str, Any], dict[str, str]]:
    """The population with the what-if that is chosen, and what the fields of its rules are called, by their keys."""
    kinds = {name: kind for name, kind in KINDS.items() if name != "file" or people.what_if}
    if st.session_state.get("pick.population.what_if") not in kinds:
        st.session_state["pick.population.what_if"] = "none"
    kind = fields.pick("population.what_if", "none", say("假设（与现行规则比较）", "What-if (compared with the law)"), kinds)
    if kind == "file":
        return data, {}
    data = {key: value for key, value in data.items() if key != "what_if"}
    if kind == "none":
        return data, {}
    count: int = st.session_state.population_rules
    rules: dict[str, list[dict[str, Any]]] = {}
    called: dict[str, str] = {}
    for place in range(count):
        name, day, value = _rule(place, people)
        rules.setdefault(name, []).append({"from": day, "value": value})
        number = f" {place + 1}" if count > 1 else ""
        called[f"what_if.{name}[{len(rules[name]) - 1}]"] = say(f"值{number}（{PARAMETERS[name].label}）",
                                                                f"Value{number} ({PARAMETERS[name].label})")
    with st.container(horizontal=True):
        st.button(say("再加一条", "Add a rule"), key="population_more", disabled=count >= MOST_RULES, on_click=_count_rules, args=(1,))
        st.button(say("去掉最后一条", "Remove the last"), key="population_less", disabled=count <= 1, on_click=_count_rules, args=(-1,))
    return {**data, "what_if": rules}, called


def _by_label(problem: Problem, called: dict[str, str]) -> Problem:
    """What is wrong with a rule that was typed, by what its field is called."""
    rule, found, _ = problem.key.partition("]")
    return replace(problem, key=called[rule + found], file="", line=0) if rule + found in called else problem


def _rule(place: int, people: Population) -> tuple[str, date, Any]:
    """(parameter, first day, value) of a rule of the what-if; the value is read as after `--set`."""
    number = f" {place + 1}" if st.session_state.population_rules > 1 else ""
    with st.container(border=True):
        name = fields.pick(f"population.param.{place}", "credit.employee_rate", say("规则", "Rule") + number,
                           {name: f"{one.label} · {name}" for name, one in PARAMETERS.items()},
                           help=say("可输入名称的一部分来查找", "type a part of its name to find it"))
        unit = labels.UNITS.get(PARAMETERS[name].unit, PARAMETERS[name].unit)
        with st.grid(2, min_column_width=130, gap="xsmall"):
            typed = st.text_input(say(f"值{number}（{unit}）", f"Value{number} ({unit})"), max_chars=500,
                                  **fields.picked(f"population.value.{place}", "0.01"),
                                  help=say("写法与群体文件相同：0.01、\"none\"、{ … }", 'written as in a file: 0.01, "none", { … }'))
            day = fields.pick_day(f"population.from.{place}", _first_day(people), say("从哪天起", "From") + number)
    try:
        return name, day, parse_toml(f"value = {typed}".encode(), "")[0]["value"]
    except InputError:
        return name, day, typed.strip()


def _first_day(people: Population) -> date:
    return min(max(months.first_day(people.start), fields.FIRST_DAY), fields.LAST_DAY)


def _count_rules(more: int) -> None:
    st.session_state.population_rules += more


def _how_long(people: Population, accounts: int) -> str:
    of_accounts = accounts * people.months * (2 if people.what_if else 1)
    if not is_large(people, accounts):
        seconds = _seconds(of_accounts / PLAIN_RATE)
        return say(f"大约 {seconds}。", f"About {seconds}.")
    seconds, first = _seconds(of_accounts / COMPILED_RATE), _seconds(COMPILING)
    return say(f"大约 {seconds}；这么大的运行在服务器上第一次另需编译，约 {first}。",
               f"About {seconds}; the first run of this size on this server is compiled, about {first} more.")


def _seconds(count: float) -> str:
    count = max(1, round(count))
    return say(f"{count} 秒", f"{count} s") if count < 100 else say(f"{round(count / 60)} 分钟", f"{round(count / 60)} min")


def _lived(people: Population, accounts: int, seed: int, progress: Progress) -> Result:
    try:
        return population(people, accounts, seed, progress=progress)
    finally:
        forget()                        # or whoever asks for the same people could tell from its speed that somebody had


# ── while it runs ──────────────────────────────────────────────────────────────────────────────────

def _fetch() -> None:
    """Take what a run has come to, if it is over."""
    for name, first in (("work", None), ("result", None), ("error", None), ("upload", None), ("given", None), ("of", None),
                        ("compiled", False), ("rules", 1)):
        st.session_state.setdefault(f"population_{name}", first)
    work = st.session_state.population_work
    if work and work.is_over:
        st.session_state.population_work = None
        if work.error:
            st.session_state.population_error = work.error
        elif work.result:
            st.session_state.population_result = work.result


@st.fragment(run_every=POLL, key="population_watched")
def _watched() -> None:
    """How far the run is. It is looked at on its own, so that the page stays as it is meanwhile."""
    use_language(st.session_state.language)
    work = st.session_state.population_work
    if work is None or work.is_over:
        st.rerun()
    done, total = work.done
    st.progress(done / total if total else 0.0, _how_far(work))
    st.button(say("取消", "Cancel"), key="population_cancel", on_click=work.stop, disabled=work.is_stopping, icon=":material/stop:")


def _how_far(work: Work) -> str:
    done, total = work.done
    if work.is_stopping:
        return say("正在取消：等手上的一份算完", "Stopping when the piece in hand is finished")
    if not work.has_begun:
        return say("排队中：前面还有一次运行，轮到就开始", "Waiting: another run is under way; this one begins when it is over")
    if not done:
        if st.session_state.population_compiled:
            return say("正在准备；服务器上第一次运行要编译，需一两分钟",
                       "Preparing; the first run on this server is compiled, which takes a minute or two")
        return say("正在计算", "Computing")
    text = say(f"{done:,} / {total:,} 个账户（{done / total:.0%}）", f"{done:,} of {total:,} accounts ({done / total:.0%})")
    if pace := work.pace():
        rate, left = pace
        text += say(f"，每秒 {rate:,.0f} 个，还需约 {_seconds(left)}", f", {rate:,.0f} a second, about {_seconds(left)} left")
    return text
