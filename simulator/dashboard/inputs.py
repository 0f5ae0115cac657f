"""The sidebar: language, scenario, regions, and the account holder's money. What is typed stays in the session."""
from functools import lru_cache
from pathlib import Path

import streamlit as st

from simulator import labels, money, policy
from simulator.language import LANGUAGES, say, use_language
from simulator.problems import InputError
from simulator.scenario import Scenario, load

GALLERY = Path(__file__).parents[2] / "scenarios"
DEFAULT = "kunshan"
MOST_REGIONS = 8                        # as many as there are colours to tell them apart

# Shown where there is no gallery: an installation without a checkout.
EXAMPLE = {
    "title": "每月买药 / A monthly pharmacy bill", "region": "jiangsu/suzhou/kunshan", "start": "2025-01", "months": 36,
    "people": [{"name": "我", "birth": "1988-03", "sex": "female", "insured": "employee", "wage": 8000,
                "opening": {"current": 300, "carried": 5200}, "medical": {"pharmacy": 120}}],
    "events": [{"on": "2026-01-01", "who": "我", "type": "wage", "amount": 9000}],
}

INPUTS = ("wage", "current", "carried", *labels.PLACES)
KEYS = ("scenario", "regions", "ledger_region", "all_columns", *INPUTS)


def start():
    """The language of this session, for everything that follows in this run."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang")
        st.session_state.language = asked if asked in LANGUAGES else LANGUAGES[0]
    use_language(st.session_state.language)


def sidebar():
    """Draws the inputs. Returns the scenario as it is wanted, and the regions to show it in, its own first."""
    st.segmented_control("语言 Language", LANGUAGES, format_func={"zh": "中文", "en": "English"}.__getitem__,
                         required=True, key="language", on_change=_language_changed, width="stretch",
                         label_visibility="collapsed")
    known = gallery()
    st.session_state.setdefault("scenario", DEFAULT if DEFAULT in known else next(iter(known)))
    name = st.selectbox(say("情景", "Scenario"), known, format_func=lambda name: _title(known[name], name),
                        key="scenario", placeholder=say("选择情景", "choose a scenario"))
    scenario = read(known[name])
    if st.session_state.get("filled_from") != name or "wage" not in st.session_state:   # gone with a wrong file
        _fill(scenario)
        st.session_state.filled_from = name
    regions = st.multiselect(
        say("地区", "Regions"), policy.region_ids(), format_func=lambda id: str(policy.region(id)), key="regions",
        max_selections=MOST_REGIONS, select_all=False, placeholder=str(policy.region(scenario.region)),
        help=say("可选多个并排比较；关键数字与事件以第一个为准。",
                 "Choose several to compare them; key figures and events are those of the first."))
    _amount("wage", say("月工资（元）", "Monthly wage (yuan)"), 100.0)
    st.caption(say("期初余额（元）", "Opening balance (yuan)"))
    with st.grid(2, min_column_width=100, gap="xsmall"):
        _amount("current", say("当年", "This year's"), 100.0)
        _amount("carried", say("历年", "Earlier years'"), 100.0)
    st.caption(say("每月医疗费用（元，支付前）", "Monthly spending (yuan, before payment)"))
    with st.grid(2, min_column_width=100, gap="xsmall", vertical_alignment="bottom"):
        for place, label in labels.PLACES.items():
            _amount(place, str(label).capitalize(), 10.0)
    return _varied(scenario), regions or [scenario.region]


def _amount(key, label, step):
    st.number_input(label, min_value=0.0, step=step, format="%.2f", key=key)


def _language_changed():
    # The browser answers with translated labels: what is chosen has to be set again, or the next run forgets it.
    for key in KEYS:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
    st.query_params["lang"] = st.session_state.language


# ── scenarios ──────────────────────────────────────────────────────────────────────────────────────

def gallery():
    """{name: path of a scenario file}; the example, without a path, where there are none."""
    return {path.stem: path for path in sorted(GALLERY.glob("*.toml"))} or {"example": None}


def read(path):
    """A scenario of the gallery. InputError if the file is wrong."""
    return _read(path, path.stat().st_mtime_ns) if path else Scenario.from_dict(EXAMPLE)


@lru_cache(maxsize=100)
def _read(path, changed):
    return load(path)


def _title(path, name):
    try:
        return read(path).title or name
    except InputError:
        return name                     # what is wrong with it is said to whom chooses it


def _fill(scenario):
    """Put a scenario's own values into the inputs."""
    holder = scenario.people[0]
    fen = {"wage": holder.wage, "current": holder.opening.current, "carried": holder.opening.carried,
           **{place: getattr(holder.medical, place) for place in labels.PLACES}}
    for key, amount in fen.items():
        st.session_state[key] = float(money.plain(amount))
    st.session_state.regions = [scenario.region]


def _varied(scenario):
    """The scenario with what stands in the inputs. InputError if that cannot be."""
    holder, *others = scenario.data["people"]
    typed = {key: st.session_state[key] for key in INPUTS}
    holder = {**holder, "wage": typed["wage"],
              "opening": {**holder.get("opening", {}), "current": typed["current"], "carried": typed["carried"]},
              "medical": {place: typed[place] for place in labels.PLACES}}
    return scenario.varied(people=[holder, *others], expect=[])
