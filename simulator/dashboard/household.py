"""The form of a household: what most people need first, the rest folded, and files in and out."""
import streamlit as st

from simulator import labels, policy
from simulator.dashboard import fields, items, state, words
from simulator.language import Text, say
from simulator.parameters import PARAMETERS
from simulator.scenario import read

OWN = {key: labels.STATUSES[key] for key in ("employee", "flexible", "retiree", "resident", "none")}
MOST_MB = 1


def short_form() -> None:
    """Region, status, birth, wage, balance, bills: enough for an answer."""
    me = ("people", 0)
    fields.region(("region",), str(words.FORM["region"]))
    with st.grid(2, min_column_width=130, gap="xsmall"):
        fields.choice((*me, "insured"), str(words.FIELDS["insured"]), OWN, "employee", reaches_form=True)
        fields.choice((*me, "sex"), str(words.FIELDS["sex"]), words.SEXES, "female", reaches_form=True)
        if _is_employed_woman():
            _career()
        fields.text((*me, "birth"), str(words.FIELDS["birth"]), placeholder="1988-03")
        fields.amount((*me, "wage"), str(words.FIELDS["wage"]))
        fields.amount((*me, "opening", "current"), str(words.OWN["opening.current"]))
        fields.amount((*me, "opening", "carried"), str(words.OWN["opening.carried"]))
        fields.amount((*me, "medical", "pharmacy"), str(words.OWN["medical.pharmacy"]), 10.0)
        fields.amount((*me, "medical", "tertiary"), str(words.OWN["medical.tertiary"]), 10.0)


def folded() -> None:
    """Events, relatives and all the rest. What is folded is not drawn: every input costs the first paint something."""
    count = len(state.value(("events",), ()))
    with st.expander(say(f"发生的事（{count}）", f"Events ({count})"), expanded=True, key="fold.events"):
        items.listing("events")
    count = len(state.value(("people",), ())) - 1
    people = st.expander(say(f"家人与共济（{count}）", f"Relatives and aid ({count})"), key="fold.people", on_change="rerun")
    if people.open:
        with people:
            items.listing("people")
            items.listing("aid")
    more = st.expander(say("更多：期间、缴费年限、其他花费", "More: span, years paid, other bills"), key="fold.more", on_change="rerun")
    if more.open:
        with more:
            _more()
    items.asked()


def _more() -> None:
    me = ("people", 0)
    with st.grid(2, min_column_width=130, gap="xsmall", vertical_alignment="bottom"):
        fields.text(("start",), str(words.FORM["start"]), placeholder="2025-01")
        fields.count(("months",), str(words.FORM["months"]), 12, 1)
        fields.text((*me, "name"), str(words.OWN["name"]))
        fields.text(("title",), str(words.FORM["title"]))
        fields.rate((*me, "wage_growth"), str(words.OWN["wage_growth"]))
        fields.count((*me, "contributed_months"), str(words.OWN["contributed_months"]))
        if not _is_employed_woman():                        # else it stands above, beside the sex
            _career()
        fields.choice((*me, "plan"), str(words.OWN["plan"]), _plans(), "", "")
        fields.amount((*me, "pension"), str(words.OWN["pension"]))
        fields.amount((*me, "opening", "withdrawable"), str(words.OWN["opening.withdrawable"]))
        fields.amount((*me, "medical", "primary"), str(words.OWN["medical.primary"]), 10.0)
        fields.amount((*me, "medical", "secondary"), str(words.OWN["medical.secondary"]), 10.0)


def _is_employed_woman() -> bool:
    """Whose age of retirement depends on her post."""
    return (state.value(("people", 0, "sex"), "female"), state.value(("people", 0, "insured"), "employee")) == ("female", "employee")


def _career() -> None:
    fields.choice(("people", 0, "career"), str(words.OWN["career"]), words.CAREERS, "worker", "worker")


def _plans() -> dict[str, str | Text]:
    id = policy.region_id(state.value(("region",), ""))
    return {"": say("默认", "default"), **(policy.region(id).all_plans() if id else {})}


def what_if() -> None:
    """Say that a file or a link brought rules of its own, which no field shows, and offer the law as it is."""
    changed = [str(PARAMETERS[name].label) for name in state.value(("rules",), ()) if name in PARAMETERS]
    if day := state.value(("rules_as_of",)):
        changed.append(say(f"规则停在 {day}", f"rules as they stood on {day}"))
    if changed:
        comma = say("、", ", ")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(say(f"这个情景假设了不同的规则：{comma.join(changed)}。",
                        f"This scenario supposes other rules: {comma.join(changed)}."), icon=":material/rule:", width="stretch")
            st.button(say("按现行规则算", "Use the law as it is"), key="lawful", on_click=_lawful, width="content")


def _lawful() -> None:
    state.put(("rules",), {}, {})
    state.put(("rules_as_of",), None)


# ── files in and out ───────────────────────────────────────────────────────────────────────────────

def opening() -> None:
    """Choose an example, or open a file of one's own."""
    known = state.gallery()
    if st.session_state.get("example_shown", 0) != st.session_state.example or st.session_state.refill:
        st.session_state.example_shown = st.session_state.example
    st.selectbox(say("从示例开始", "Start from an example"), list(known), format_func=state.example_title, key="example_shown",
                 placeholder=say("自己的情景", "your own"), on_change=_example_chosen)
    inside = st.popover(say("打开文件", "Open a file"), icon=":material/folder_open:", width="stretch")
    with inside:
        given = st.file_uploader(say("情景文件（TOML，至多 1 MB）", "Scenario file (TOML, up to 1 MB)"), type=["toml"], key="upload",
                                 max_upload_size=MOST_MB)
    if given is None:
        st.session_state.uploaded = None
    elif st.session_state.get("uploaded") != given.file_id:     # once, or it would undo every change after it
        st.session_state.uploaded = given.file_id
        with inside, state.said():                              # it stays open, and would hide what is said beside it
            state.take(read(given.getvalue(), given.name).data)
            st.rerun()


def _example_chosen() -> None:
    st.session_state.wanted = st.session_state.example_shown


def load_wanted() -> None:
    """Take the example that was chosen; said here, at the top of the page, if its file is wrong."""
    if name := st.session_state.pop("wanted", None):
        state.take(state.read_example(name), name)
