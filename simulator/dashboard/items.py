"""The lists of a household: relatives, authorisations, events. Each is added and changed in a form of its own."""
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from simulator import labels, money, months, policy
from simulator.dashboard import fields, state, words
from simulator.language import Text, say, use_language
from simulator.problems import InputError
from simulator.scenario import Scenario

EVENT_FIELDS = {
    "stop": ("cause",), "resume": ("insured", "wage"), "back_pay": ("months",), "wage": ("amount",),
    "medical": ("place", "kind", "amount", "prepaid"), "premium": ("to", "kind", "amount"), "retire": ("top_up",),
    "move": ("region",), "withdraw": ("reason", "amount", "to"),
}
PERSON_FIELDS = ("name", "birth", "sex", "insured", "wage", "region", "opening.carried", "medical.pharmacy", "medical.tertiary")
AID_FIELDS = ("from", "to", "relation", "since", "monthly_limit", "uses")
OPTIONS = {"cause": words.CAUSES, "insured": labels.STATUSES, "place": labels.PLACES, "relation": labels.RELATIONS,
           "reason": labels.REASONS, "sex": words.SEXES, "medical.kind": words.BILLS, "premium.kind": words.PREMIUMS,
           "resume.insured": words.BACK}
ADD = {"people": Text("添加家人", "Add a relative"), "aid": Text("添加共济授权", "Let somebody draw"),
       "events": Text("添加事件", "Add an event")}
NEW = {"people": {"name": "", "birth": "1960-01", "sex": "female", "insured": "resident"}, "aid": {}, "events": {"type": "stop"}}


def listing(kind: str) -> None:
    """The items of a list, each to be changed or taken out, and a button for another."""
    rows = list(enumerate(state.value((kind,), ())))
    if kind == "events":
        rows.sort(key=lambda row: (str(row[1].get("on")), row[0]))
    for place, one in rows[1:] if kind == "people" else rows:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            about = described(kind, one)
            st.text(about)
            st.button(say("改", "Edit"), key=f"{kind}.{place}.edit", help=say(f"修改：{about}", f"Edit: {about}"), type="tertiary",
                      on_click=_ask, args=(kind, place), width="content")
            st.button(say("删", "Delete"), key=f"{kind}.{place}.remove", help=say(f"删除：{about}", f"Delete: {about}"),
                      type="tertiary", on_click=state.remove, args=(kind, place), width="content")
    is_possible = kind != "aid" or len(state.value(("people",), ())) > 1
    if is_possible:
        st.button(str(ADD[kind]), key=f"{kind}.add", icon=":material/add:", on_click=_ask, args=(kind, None), width="stretch")


def asked() -> None:
    """Open the form that a button has asked for. Once a run, whichever list it belongs to."""
    if wanted := st.session_state.pop("asked", None):
        kind, place = wanted
        st.dialog(str(ADD[kind]) if place is None else say("修改", "Edit"))(_form)(kind, place)


def _ask(kind: str, place: int | None) -> None:
    st.session_state.asked = kind, place
    st.session_state.serial += 1                            # a new form, with none of the last one's values


# ── in words ───────────────────────────────────────────────────────────────────────────────────────

def described(kind: str, one: dict[str, Any]) -> str:
    """An item in a line."""
    dot, get = " · ", one.get
    if kind == "people":
        insured = labels.STATUSES.get(str(get("insured")), get("insured"))
        return dot.join(filter(None, (words.person(get("name", "")), get("birth"), str(insured), _region(get("region")))))
    if kind == "aid":
        relation = labels.RELATIONS.get(str(get("relation")), get("relation"))
        limit, since = _yuan(get("monthly_limit") or 0), get("since")
        ends = " → ".join(words.person(get(end, "")) for end in ("from", "to"))
        return dot.join([ends, str(relation), say(f"{since} 起", f"from {since}"),
                         *[say(f"每月至多 {limit}", f"up to {limit} a month")] * bool(get("monthly_limit"))])
    kind = str(get("type"))
    what = labels.EVENTS.get(kind, kind)
    details = [_detail(name, get(name), kind) for name in EVENT_FIELDS.get(kind, ())]
    return dot.join(filter(None, (str(get("on")), words.person(get("who", "")), str(what), *details)))


def _detail(name: str, value: Any, kind: str) -> str:
    if not value:
        return ""
    if name == "region":
        return _region(value)
    if value is True:
        return str(words.FIELDS[name])
    if name in ("amount", "wage"):
        return _yuan(value)
    if name == "months":
        return say(f"{value} 个月", f"{value} months")
    if name == "to":
        return f"→ {words.person(value)}"
    options = OPTIONS.get(f"{kind}.{name}") or OPTIONS[name]
    return str(options.get(value, value))


def _region(word: object) -> str:
    id = policy.region_id(word) if word else None
    return fields.region_name(id) if id else str(word or "")


def _yuan(value: Any) -> str:
    try:
        return f"¥{money.shown(money.fen(value))}"
    except ValueError:
        return f"¥{value}"


# ── the form ───────────────────────────────────────────────────────────────────────────────────────

def _form(kind: str, place: int | None) -> None:
    use_language(st.session_state.language)
    with state.said():
        old = NEW[kind] if place is None else state.value((kind, place), {})
        one = {"people": _person, "aid": _aid, "events": _event}[kind](old)
        relation = _relation() if kind == "people" and place is None else None
        if st.button(say("保存", "Save"), key=_key("save"), type="primary", width="stretch"):
            _save(kind, place, one, old, relation)


def _save(kind: str, place: int | None, one: dict[str, Any], old: dict[str, Any], relation: str | None) -> None:
    rows = list(state.value((kind,), ()))
    number = len(rows) if place is None else place
    rows[number:number + 1] = [one]
    try:
        Scenario.from_dict({**st.session_state.draft, kind: rows})
    except InputError as error:                             # what is wrong elsewhere is said elsewhere
        mine = f"{kind}[{number}]"
        if own := [one for one in error.problems if one.key.startswith(mine) or (kind == "people" and state.is_name(one))]:
            state.show_problems(InputError(own))
            return
    if kind == "people" and place is not None:
        state.rename(old["name"], one["name"])
    state.put((kind,), rows)
    if relation:
        link = {"from": state.value(("people", 0, "name")), "to": one["name"], "relation": relation,
                "since": str(state.value(("start",)))}
        state.put(("aid",), [*state.value(("aid",), ()), link])
    st.rerun()


def _event(old: dict[str, Any]) -> dict[str, Any]:
    kind = str(_choose("type", old.get("type"), {name: labels.EVENTS[name] for name in EVENT_FIELDS}))
    with st.grid(2, min_column_width=160):
        one = {"on": _day("on", old.get("on")), "who": _named("who", old.get("who")), "type": kind}
        one |= {name: _field(name, old.get(name), kind) for name in EVENT_FIELDS[kind]}
    return {name: value for name, value in one.items() if value not in (None, 0, False, "")}


def _aid(old: dict[str, Any]) -> dict[str, Any]:
    with st.grid(2, min_column_width=160):
        one = {name: _field(name, old.get(name)) for name in AID_FIELDS}
    kept = {name: value for name, value in old.items() if name not in AID_FIELDS}      # what the form does not ask for
    return kept | {name: value for name, value in one.items() if value not in (None, 0)}


def _person(old: dict[str, Any]) -> dict[str, Any]:
    one = dict(old)
    with st.grid(2, min_column_width=160):
        for path in PERSON_FIELDS:
            *above, name = path.split(".")
            table = dict(one.get(above[0], {})) if above else one
            table[name] = _field(name, table.get(name))
            if table[name] in (None, 0):
                del table[name]
            if above:
                one[above[0]] = table
                if not table:
                    del one[above[0]]
    return one


def _relation() -> str | None:
    return _choose("relation", None, labels.RELATIONS,
                   say("让 TA 用我的账户，TA 是我的…（可不填）", "May draw on mine, as my … (optional)"))


def _field(name: str, old: Any, kind: str | None = None) -> Any:
    """The input of a field by its name; returns what stands in it."""
    label = str(words.FIELDS[name])
    if options := OPTIONS.get(f"{kind}.{name}") or OPTIONS.get(name):
        return _choose(name, old, options)
    if (kind, name) == ("withdraw", "to"):
        names = [str(one.get("name", "")) for one in state.value(("people",), ())]
        return _choose(name, old or "", {"": say("没有", "nobody"), **{one: words.person(one) for one in names}},
                       say("继承人（家里的账户）", "Heir (an account of the household)"))
    if name in ("from", "to"):
        return _named(name, old)
    if name == "since":
        return _day(name, old)
    if name == "region":
        known = [*([] if kind else [""]), *policy.region_ids()[1:]]
        return st.selectbox(label if kind else say("参保地", "Insured in"), known, key=_key(name),
                            index=_place(known, policy.region_id(old) if old else ""), placeholder=say("请选择", "choose"),
                            format_func=lambda id: fields.region_label(id) if id else say("同本人", "as I am")) or None
    if name in ("prepaid", "top_up"):
        return st.checkbox(label, bool(old), key=_key(name))
    if name == "months":
        return int(st.number_input(label, 0, 1200, int(old or 0), key=_key(name)))
    if name == "uses":
        return st.multiselect(label, list(words.AID_USES), old or list(words.AID_USES), key=_key(name), select_all=False,
                              format_func=lambda word: str(words.AID_USES[word]), placeholder=say("请选择", "choose"))
    if name in ("name", "birth"):
        typed = st.text_input(label, str(old or ""), key=_key(name), max_chars=40, placeholder="1960-05" * (name == "birth"))
        return fields.month_typed(typed) if name == "birth" else typed.strip()
    return fields.exact(st.number_input(label, 0.0, value=float(old or 0), step=100.0, format="%.2f", key=_key(name)))


def _choose(name: str, old: Any, options: Mapping[str, object], label: str | None = None) -> str | None:
    """One of {word: what it is called}; the first of them, unless a `label` of its own says that none may be chosen."""
    chosen: str | None = st.selectbox(
        label or str(words.FIELDS[name]), list(options), key=_key(name), placeholder=say("请选择", "choose"),
        index=_place(list(options), old) if label or old else 0, format_func=lambda word: str(options[word]))
    return chosen


def _named(name: str, old: Any) -> str:
    names = [one.get("name", "") for one in state.value(("people",), ())]
    other = 1 if name == "to" and len(names) > 1 else 0
    chosen: str = st.selectbox(str(words.FIELDS[name]), names, names.index(old) if old in names else other, key=_key(name),
                               format_func=words.person, placeholder=say("请选择", "choose"))
    return chosen


def _day(name: str, old: Any) -> date:
    """A day; where none is given yet, the first of the scenario."""
    for day in (old, state.value(("start",))):
        try:
            found = months.first_day(months.month_number(day)) if len(str(day)) == 7 else months.day(day)
            break
        except (ValueError, TypeError):
            found = date.today()
    return st.date_input(str(words.FIELDS[name]), found, fields.FIRST_DAY, fields.LAST_DAY, key=_key(name), format="YYYY-MM-DD")


def _place(known: Sequence[Any], one: Any) -> int | None:
    return list(known).index(one) if one in known else None


def _key(name: str) -> str:
    return f"form{st.session_state.serial}.{name}"
