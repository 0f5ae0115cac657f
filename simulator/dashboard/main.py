"""The frame of the dashboard: the language, the pages, and what is said when one of them fails."""
import gc

import streamlit as st

from simulator.dashboard import account, family, gap, population, regions, rules, state, withdrawal, words
from simulator.language import LANGUAGES, Text, say, use_language

# A page is a function that draws itself, under an address of its own. The first one is the start.
PAGES = {
    "account": (account.page, words.ACCOUNT),
    "regions": (regions.page, Text("地区对比", "Regions")),
    "gap": (gap.page, Text("断缴与滞纳金", "Gap and late fee")),
    "withdrawal": (withdrawal.page, Text("能取出来吗", "Can I take it out")),
    "family": (family.page, Text("家庭共济", "Family")),
    "population": (population.page, words.POPULATION),
    "rules": (rules.page, Text("规则与来源", "Rules and sources")),
}


def show(first: str = "account") -> None:
    """Draw the page that was asked for by its address; the first one if none was."""
    state.start()
    _warm_up()
    title = say("医保个人账户模拟器", "Medical-insurance account simulator")
    st.set_page_config(title, page_icon="🏥", layout="wide", menu_items={"About": None})
    pages = [st.Page(draw, title=str(name), url_path=path, default=path == first) for path, (draw, name) in PAGES.items()]
    chosen = st.navigation(pages, position="top")
    if st.session_state.language != st.query_params.get("lang", LANGUAGES[0]):
        st.query_params["lang"] = st.session_state.language             # a page's own address has none: it would be lost on a reload
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(chosen.title, anchor=False, width="stretch")
        st.segmented_control("语言 Language", LANGUAGES, format_func={"zh": "中文", "en": "English"}.__getitem__, required=True,
                             key="language", on_change=_language_changed, label_visibility="collapsed", width="content")
    st.session_state.redrawn = ()
    with state.said():
        chosen.run()
    st.session_state.refill = False


@st.cache_resource(show_spinner=False)
def _warm_up() -> None:
    """Once a server: have everything loaded that a page needs, and keep it out of the garbage collector's way.

    Streamlit collects garbage after every run; looking through libraries and rules each time would take longer than a run.
    """
    state.result(state.EXAMPLE).explain(str(state.EXAMPLE["start"]))
    gc.collect()
    gc.freeze()


def _language_changed() -> None:
    # The browser answers with translated labels: what is chosen has to be set again, or the next run forgets it.
    use_language(st.session_state.language)
    st.session_state.refill = True
    state.keep_choices()


if __name__ == "__main__":      # where there is no app.py: an installation without a checkout
    show()
