"""The pages without a browser: every figure on them is the library's, and what goes wrong is said in words."""
import copy
import json
import re
import sys
from datetime import date
from typing import get_args

import matplotlib.dates as mdates
import pytest
from dashboard_pages import PAGES, computed, default, figures, opened, sound, values
from streamlit.testing.v1 import AppTest

import simulator
from simulator import charts, cli, gaps, labels, months, policy, questions, scenario, scenario_text
from simulator.columns import COLUMNS
from simulator.dashboard import account, chart, fields, items, state, tables, words
from simulator.language import in_language, use_language
from simulator.parameters import PARAMETERS
from simulator.problems import InputError
from simulator.scenario import Scenario, load, read

WAGE = 12345.67
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _as_before():
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main      # Streamlit puts its script there, and other tests' processes would start with it
    use_language("zh")                  # the page speaks the language of its session, here in our own thread


def said_by_the_command_line(capsys, *arguments):
    capsys.readouterr()                                     # what a page has logged meanwhile is not the command line's
    with pytest.raises(SystemExit) as done:
        cli.main([*map(str, arguments)])
    found = capsys.readouterr()
    return done.value.code or 0, found.out, found.err


# ── my account ─────────────────────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("query, closing", [({}, "期末余额"), ({"lang": "en"}, "Closing balance"), ({"lang": "xx"}, "期末余额")])
def test_opens_with_a_scenario(query, closing):
    app = opened(**query)
    assert values(app) == figures(computed())
    assert app.metric[0].label == closing
    assert len(app.get("vega_lite_chart")) == 1
    assert len(app.dataframe[0].value) == default().months


def test_every_scenario_opens_with_its_own_values():
    app = opened()
    for name, path in state.gallery().items():
        app.selectbox(key="example_shown").set_value(name).run()
        assert values(app) == figures(simulator.run(path)), name
        assert app.number_input(key="people.0.wage").value == load(path).people[0].wage / 100


def unfolded(app):
    """The page with all of its form open."""
    app.session_state["fold.more"] = app.session_state["fold.people"] = True
    return app.run()


def test_what_is_typed_is_what_a_file_would_say():
    app = unfolded(opened())
    app.number_input(key="people.0.wage").set_value(WAGE)
    app.number_input(key="people.0.opening.current").set_value(0.0)
    app.text_input(key="people.0.birth").set_value("1975-11")
    app.selectbox(key="people.0.sex").set_value("female")
    app.selectbox(key="people.0.career").set_value("cadre")
    app.number_input(key="months").set_value(100)
    app.selectbox(key="region").set_value("sichuan/dazhou").run()
    written = scenario_text.to_toml(app.session_state["draft"])
    assert 'region = "sichuan/dazhou"' in written and "wage = 12345.67" in written and 'birth = "1975-11"' in written
    assert values(app) == figures(simulator.run(read(written.encode())))
    assert len(app.dataframe[0].value) == 100


def test_the_command_line_says_the_same_of_the_saved_file(tmp_path, capsys):
    app = opened()
    app.number_input(key="people.0.wage").set_value(WAGE).run()
    (tmp_path / "mine.toml").write_text(scenario_text.to_toml(app.session_state["draft"]), "utf-8")
    _, printed, _ = said_by_the_command_line(capsys, "run", tmp_path / "mine.toml", "--json")
    summary = json.loads(printed)["summary"]
    assert values(app) == [f"¥{summary[key]:,.2f}" for key in account.ALWAYS]


def test_columns_of_zeros_only_when_asked():
    app = opened()
    few = app.dataframe[0].value
    assert {"month", "credit", "closing"} < set(few) and not (few == 0).all().any()
    app.toggle(key="all_columns").set_value(True).run()
    assert list(app.dataframe[0].value) == list(COLUMNS)


def test_the_months_are_the_ledger():
    shown, result = opened().dataframe[0].value, computed()
    for column in ("credit", "interest", "spent", "closing"):
        assert [round(yuan * 100) for yuan in shown[column]] == [getattr(row, column) for row in result.flows[result.holder]]


@pytest.mark.parametrize("name", ["kunshan", "wuhan_w1_before", "shenzhen_tiers"])
def test_why_a_number_is_what_it_is(name):
    """Every line of the worksheet stands on the page, with its numbers and its sources."""
    at = AppTest.from_function(_why, default_timeout=60, args=(name,)).run()
    result = simulator.run(state.gallery()[name])
    text = "\n".join(block.value for block in at.markdown)
    for line in result.explain(at.selectbox(key="pick.why.month").value).lines:
        unit = " 元" if line.unit == "yuan" else "\n" if line.unit == "months" else ""      # the months are in the number
        assert f"{words.plain(str(line.label))} **{line.shown}**{unit}" in re.sub(" *\n", "\n", text)
        assert words.plain(str(line.numbers)) in text
        assert all(words.plain(str(span.source)) in text for _, span in line.sources)


def _why(name):
    import streamlit as st

    import simulator
    from simulator.dashboard import state, why
    st.session_state.setdefault("language", "zh")
    why.explained(simulator.run(state.gallery()[name]))


def test_a_wrong_file_spares_the_others(monkeypatch, tmp_path):
    good = (state.GALLERY / f"{state.DEFAULT}.toml").read_text("utf-8")
    (tmp_path / f"{state.DEFAULT}.toml").write_text(good, "utf-8")
    (tmp_path / "wrong.toml").write_text(good.replace("wage = ", "wages = "), "utf-8")
    monkeypatch.setattr(state, "GALLERY", tmp_path)
    app = opened()
    assert values(app) == figures(computed())
    app.selectbox(key="example_shown").set_value("wrong").run()
    with pytest.raises(InputError) as wrong:
        load(tmp_path / "wrong.toml")
    assert app.text[0].value == str(wrong.value)
    app.selectbox(key="example_shown").set_value(state.DEFAULT).run()
    assert values(app) == figures(computed())


def test_opens_without_a_gallery(monkeypatch, tmp_path):
    monkeypatch.setattr(state, "GALLERY", tmp_path)
    assert values(opened()) == figures(simulator.run(state.EXAMPLE))


def test_everything_wrong_is_listed_at_once():
    app = opened()
    app.number_input(key="people.0.wage").set_value(1e12)
    app.text_input(key="people.0.birth").set_value("1970年").run()
    assert not app.exception and not app.metric
    with pytest.raises(InputError) as wrong:
        Scenario.from_dict(app.session_state["draft"])
    wage, birth = sorted(wrong.value.problems, key=lambda problem: problem.key, reverse=True)
    assert set(app.text[0].value.splitlines()) == {             # by what the fields are called on the page
        f"我 · 月工资（元） – {wage.message}", f"我 · 出生年月 – {birth.message}"}
    app.run()                           # the whole page again, not only the part that was redrawn
    app.text_input(key="people.0.birth").set_value("1970-05")
    app.number_input(key="people.0.wage").set_value(WAGE).run()
    assert values(app) == figures(computed(wage=WAGE))


def test_a_failure_is_said_in_words_and_nothing_typed_reaches_the_log(monkeypatch, caplog):
    def broken(scenario):
        raise ZeroDivisionError(f"by {scenario.people[0].wage}")
    app = opened(lang="en")
    monkeypatch.setattr(state.engine, "run", broken)
    app.number_input(key="people.0.wage").set_value(4321.0).run()
    assert "This page failed" in app.error[0].value and "lost if you reload" in app.error[0].value
    assert not app.exception and "ZeroDivisionError" in caplog.text and "4321" not in caplog.text


def test_a_link_restores_what_was_typed_and_what_was_kept():
    kept = {**default().data, "title": "另一个", "expect": []}
    mine = {**default().data, "title": "我的", "months": 60, "expect": []}
    packed = [scenario_text.packed(scenario_text.to_toml(one)) for one in (mine, kept)]
    again = unfolded(opened(s=packed))
    assert values(again) == figures(simulator.run(mine))
    assert [one["title"] for one in again.session_state["kept"]] == ["另一个"]
    assert again.number_input(key="months").value == 60


@pytest.mark.parametrize("page", ["account", "regions", "family"])
def test_rules_that_a_link_brought_are_named_and_can_be_dropped(page):
    supposed = {"credit.employee_rate": [{"from": date(2023, 1, 1), "value": 0.5}]}
    data = {**default().data, "expect": [], "rules": supposed, "rules_as_of": date(2025, 1, 1)}
    app = sound(opened(page, s=scenario_text.packed(scenario_text.to_toml(data))))
    assert str(PARAMETERS["credit.employee_rate"].label) in app.info[0].value and "2025-01-01" in app.info[0].value
    if page == "account":
        assert values(app) == figures(simulator.run(data)) != figures(computed())
    app.button(key="lawful").click().run()
    assert not {"rules", "rules_as_of"} & set(app.session_state["draft"]) and not any("规则：" in one.value for one in app.info)
    if page == "account":
        assert values(app) == figures(computed())
    assert "lawful" not in [one.key for one in opened(page).button]


def test_a_damaged_link_says_so_and_shows_the_example():
    app = opened(s="nonsense")
    assert "链接不完整或已损坏" in app.text[0].value
    assert [metric.value for metric in app.metric] == figures(computed())


def test_one_session_knows_nothing_of_another():
    mine = unfolded(opened())
    mine.text_input(key="people.0.name").set_value("张三")
    mine.number_input(key="people.0.wage").set_value(WAGE).run()
    assert values(mine) == figures(computed(wage=WAGE))     # the event is his under his new name too
    other = opened()
    assert values(other) == figures(computed())
    assert "张三" in str(mine.session_state["draft"]) and "张三" not in str(other.session_state["draft"])
    assert len(other.session_state["results"]) == 1


def test_a_name_that_is_a_formula_is_none_in_a_table():
    data = {**default().data, "expect": [], "events": [], "people": [{**default().data["people"][0], "name": "=1+1"}]}
    app = sound(opened(s=scenario_text.packed(scenario_text.to_toml(data))))
    app.toggle(key="all_columns").set_value(True).run()
    assert set(app.dataframe[0].value["person"]) == {"'=1+1"}


def lines(app):
    """What the lines of the chart are called."""
    layers = drawn(app)["layer"]
    return next(one["encoding"]["color"]["scale"]["domain"] for one in layers if "color" in one["encoding"])


def drawn(app):
    """The chart in Vega-Lite's words."""
    return json.loads(app.get("vega_lite_chart")[0].proto.spec)


def test_compared_scenarios_are_told_apart_by_what_differs():
    app = opened()
    title = in_language(default().title)
    assert lines(app) == [title]
    app.session_state["tab"] = "并排比较"
    app.run().button(key="keep").click().run()
    assert lines(app) == [f"（表单）{title}", title]
    app.number_input(key="people.0.wage").set_value(WAGE).run()
    assert lines(sound(app)) == ["（表单）昆山", title]
    app.run()                           # the whole page again
    app.selectbox(key="region").set_value("beijing").run()
    assert lines(sound(app)) == ["（表单）北京", "昆山"] == list(app.table[0].value)
    assert "title" not in app.session_state["draft"] and app.session_state["kept"][0]["title"] == default().title


@pytest.mark.parametrize("key, new", [("people.0.wage", 8000.0), ("region", "beijing"), ("title", "我的")])
def test_an_example_that_is_changed_is_one_no_more(key, new):
    """Neither its title nor the box of the examples claims it, and it can be chosen again."""
    app = unfolded(opened())
    app.selectbox(key="example_shown").set_value("shanghai_base_20000").run()
    assert lines(sound(app)) == ["上海：基数 20,000 元"]
    one, = (one for one in (*app.number_input, *app.selectbox, *app.text_input) if one.key == key)
    one.set_value(new).run()
    assert "20,000" not in lines(sound(app))[0] and app.selectbox(key="example_shown").value is None
    assert app.text_input(key="title").value == app.session_state["draft"].get("title", "") == ("我的" if key == "title" else "")
    app.selectbox(key="example_shown").set_value("shanghai_base_20000").run()
    assert lines(sound(app)) == ["上海：基数 20,000 元"] and app.number_input(key="people.0.wage").value == 20000


def test_an_example_whose_event_is_removed_is_one_no_more():
    app = opened()
    app.button(key="events.0.remove").click().run()
    assert "title" not in sound(app).session_state["draft"] and app.session_state["example"] is None


def test_the_figures_add_up_whatever_went_in_and_out():
    leaves = {"on": "2026-06-01", "who": "我", "type": "withdraw", "reason": "emigration"}
    data = {**FAMILY, "events": [*FAMILY["events"], leaves]}
    app = sound(opened(s=scenario_text.packed(scenario_text.to_toml(data))))
    fen = {one.label: round(float(one.value.replace("¥", "").replace(",", "")) * 100) for one in app.metric}
    assert fen["共济支出"] > 0 < fen["提取"]
    gone = sum(fen[label] for label in ("账户付医疗费", "共济支出", "提取"))
    assert fen["期末余额"] == simulator.run(data).summary()["opening"] + fen["计入合计"] + fen["利息合计"] - gone
    app.session_state["tab"] = "并排比较"
    app.run().button(key="keep").click().run()
    assert {"共济支出", "提取"} <= set(sound(app).table[0].value.index)


def test_a_title_of_ones_own_stays_when_the_region_changes():
    app = unfolded(opened())
    app.text_input(key="title").set_value("我的").run()
    app.run()
    app.selectbox(key="region").set_value("beijing").run()
    assert app.session_state["draft"]["title"] == "我的"


def woman(**own):
    """A link to a woman worker who is fifty in 2022-08, with the years that her area asks for."""
    return scenario_text.packed(scenario_text.to_toml({"region": "beijing", "start": "2022-01", "months": 24, "people": [
        {"name": "我", "birth": "1972-08", "sex": "female", "insured": "employee", "wage": 8000, "contributed_months": 300, **own}]}))


def test_who_retires_by_age_is_told():
    app = sound(opened(s=woman()))
    assert "2022-09 起，我为退休人员（达到法定退休年龄，缴费年限已满）" in [one.value for one in app.text]
    assert "在职职工（2022-09 起退休）" in app.markdown[0].value
    app.session_state["tab"] = "为什么是这个数"
    assert app.run().selectbox(key="pick.why.month").value == "2022-09"
    english = sound(opened(s=woman(), lang="en"))
    assert "2022-09: me – a retiree from here on (of statutory age, with the years paid)" in [one.value for one in english.text]


def test_who_is_of_age_without_the_years_is_told_to_pay_on():
    app = sound(opened(s=woman(contributed_months=200)))
    assert [one.value for one in app.text] == ["2022-09，我已到法定退休年龄（2022-08），缴费年限不足，继续缴费"]
    assert not sound(opened(s=woman(birth="1980-01"))).text


def test_the_post_stands_beside_the_sex_of_a_woman_who_is_employed():
    app = sound(opened(s=woman()))
    assert app.selectbox(key="people.0.career").value == "worker"
    app.selectbox(key="people.0.sex").set_value("male").run()
    assert "people.0.career" not in [one.key for one in app.selectbox]
    assert "people.0.career" in [one.key for one in unfolded(app).selectbox]


def test_events_are_marked_on_their_day_and_months_at_their_end():
    data = {"region": "beijing", "start": "2024-01", "months": 12, "people": [
        {"name": "我", "birth": "1988-03", "sex": "male", "insured": "employee", "wage": 8000}], "events": [
        {"on": "2024-07-02", "who": "我", "type": "wage", "amount": 9000}, {"on": "2024-09-10", "who": "我", "type": "retire"}]}
    result = simulator.run(data)
    frame = chart._spoken([result])
    marks = frame[frame["part"] == "event"]
    assert [(str(day.date()), text) for day, text in zip(marks["day"], marks["events"])] == [
        ("2024-07-02", "07-02 工资变动"), ("2024-09-10", "09-10 办理退休（未准）")]
    assert list(marks["is_first"]) == [True, True]
    ends = chart.month_ends(result.scenario.start, result.scenario.end)["values"]
    assert ends[6] == {"year": 2024, "month": 7, "date": 31} and len(ends) == 12
    axis = drawn(sound(opened(s=scenario_text.packed(scenario_text.to_toml(data)))))["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"] == ends
    axes = result.plot().axes[0]
    marked = {text.get_text(): text.xy for text in axes.texts if hasattr(text, "xy")}
    assert marked["办理退休（未准）"][0] == date(2024, 9, 10)
    assert {str(mdates.num2date(number).date()) for number in axes.get_xticks()} >= {"2024-09-30", "2024-12-31"}


def test_of_requests_of_one_day_only_the_refused_are_marked_so():
    asked = [{"on": "2025-02-01", "who": "Lin", "type": "withdraw", "reason": reason} for reason in ("emigration", "free")]
    result = simulator.run({"region": "beijing", "start": "2025-01", "months": 3, "people": [
        {"name": "Lin", "birth": "1975-03", "sex": "male", "insured": "employee", "wage": 9000, "opening": {"carried": 5200}}],
        "events": [*asked, {"on": "2025-02-01", "who": "Lin", "type": "retire"}]})
    named = ["提取", "提取（未准）", "办理退休（未准）"]
    for found in (result, copy.deepcopy(result)):
        assert [charts.event_name(found, event) for event in found.scenario.events] == named
    assert next(text.get_text() for text in result.plot().axes[0].texts if hasattr(text, "xy")) == "\n".join(named)


def test_retiring_by_age_is_marked():
    frame = chart._spoken([simulator.run(read(scenario_text.unpacked(woman())))])
    assert list(frame[frame["part"] == "event"]["events"]) == ["09-01 退休"]


@pytest.mark.parametrize("typed", ["1975-3", "1975/03", "197503", "1975年3月", " 1975.3 "])
def test_a_month_may_be_written_in_many_ways(typed):
    app = opened()
    app.text_input(key="people.0.birth").set_value(typed).run()
    assert sound(app).session_state["draft"]["people"][0]["birth"] == "1975-03"
    assert [fields.month_typed(other) for other in ("1970年", "19753", "1975-13", "abc")] == ["1970年", "19753", "1975-13", "abc"]


def test_a_number_of_hundreds_of_digits_is_said_in_short():
    app = opened()
    app.number_input(key="people.0.wage").set_value(1e300).run()
    assert "…" in app.text[0].value and len(app.text[0].value) < 200


# ── the other pages ────────────────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_english_without_a_chinese_label(page):
    app = opened(page, lang="en")
    assert (not app.exception and not app.text) or page == "account"
    widgets = [*app.selectbox, *app.number_input, *app.text_input, *app.date_input, *app.multiselect, *app.toggle, *app.button,
               *app.metric, *app.tabs, *app.expander, *app.subheader, *app.header]
    assert widgets and not [one.label if hasattr(one, "label") else one.value for one in widgets
                            if CHINESE.search((one.label if hasattr(one, "label") else one.value) or "")]


def test_an_english_page_opens_with_nothing_chinese_but_names():
    app = opened(lang="en")
    shown = [*lines(app), *app.selectbox(key="example_shown").options, *(one.value for one in (*app.text, *app.markdown, *app.caption))]
    assert "Shanghai: a base of 20,000 yuan" in shown and any(" · me · " in one for one in shown)
    assert not [one for one in shown if CHINESE.search(one)]


@pytest.mark.parametrize("supposed, first", [
    ({}, "2026-01-01"), ({"months": 6}, "2025-06-30"), ({"rules_as_of": date(2025, 6, 1)}, "2025-06-01")])
def test_rules_that_differ_are_those_of_a_day_that_was_used(supposed, first):
    people = [{"name": "我", "birth": "1988-03", "sex": "male", "insured": "employee", "wage": 8000}]
    data = {"region": "beijing", "start": "2025-01", "months": 24, "people": people, **supposed}
    app = sound(opened("regions", s=scenario_text.packed(scenario_text.to_toml(data))))
    assert str(app.date_input(key="pick.regions.on").value) == first
    shown = re.findall(r"\d{4}-\d\d-\d\d(?= 起)", app.table[1].value.to_string())
    assert shown and max(shown) <= first


def test_rules_that_are_supposed_are_those_that_differ():
    rules = {"contribution.base_floor": [{"from": date(2022, 1, 1), "value": 5000}]}
    data = {**default().data, "expect": [], "rules": rules}
    app = sound(opened("regions", s=scenario_text.packed(scenario_text.to_toml(data))))
    before = opened("regions").table[1].value.index
    assert set(before) - set(app.table[1].value.index) == {str(PARAMETERS["contribution.base_floor"].label)}


def test_regions_side_by_side():
    app = sound(opened("regions"))
    app.multiselect(key="pick.regions.chosen").set_value([default().region, "beijing"]).run()
    table = sound(app).table[0].value
    assert list(table.columns) == ["昆山", "北京"]
    assert list(table.iloc[:, 0]) == figures(computed())
    assert all(text.startswith(figure) for text, figure in zip(table.iloc[:, 1], figures(computed("beijing")), strict=True))
    assert "缴费基数下限" in app.table[1].value.index
    app.multiselect(key="pick.regions.chosen").set_value([]).run()
    assert not sound(app).table


def test_where_all_regions_come_to_the_same_none_has_most():
    data = {**default().data, "expect": [], "events": [], "people": [
        {"name": "我", "birth": "1970-05", "sex": "male", "insured": "resident"}]}
    app = sound(opened("regions", s=scenario_text.packed(scenario_text.to_toml(data))))
    assert app.markdown[0].value == "同一个人到期末，这些地区相同：**¥0.00**。"
    app.multiselect(key="pick.regions.chosen").set_value(["beijing"]).run()
    assert "相同" not in "".join(block.value for block in sound(app).markdown)


def test_all_regions_are_those_of_the_command_line():
    app = opened("regions")
    app.button(key="all_regions").click().run()
    table = sound(app).dataframe[0].value
    assert len(table) == len(policy.regions())
    row = table[table["id"] == "hubei/wuhan"].iloc[0]
    assert f"¥{row['期末余额']:,.2f}" == figures(computed("hubei/wuhan"))[0]


def test_gap_figures_are_those_of_the_library():
    app = opened("gap")
    app.selectbox(key="pick.gap.region").set_value("sichuan/dazhou")
    app.number_input(key="pick.gap.count").set_value(5)
    app.date_input(key="pick.gap.paid").set_value(date(2026, 6, 20)).run()
    app.number_input(key="pick.gap.wage").set_value(8000.0).run()
    scenario = Scenario.from_dict({
        "region": "sichuan/dazhou", "start": "2026-01", "months": 38, "people": [{
            "name": "我", "birth": "1970-05", "sex": "male", "insured": "employee", "wage": 8000, "contributed_months": 240,
            "medical": {"tertiary": 300}}]})
    first = months.month_number("2026-01")
    back = gaps.gap(scenario, first, 5, "job_loss", date(2026, 6, 20))
    wait = gaps.gap(scenario, first, 5, "job_loss")
    table = sound(app).table[0].value
    for column, gap in zip(table, (back, wait)):
        assert table[column].iloc[0] == tables.yuan(gap.late_fee_fen) and table[column].iloc[-1] == tables.yuan(gap.worse_by_fen)
    assert back.late_fee_fen > 0
    lengths = app.dataframe[0].value
    assert round(lengths["补缴 · 滞纳金（本人付）"][4] * 100) == back.late_fee_fen


def test_a_payment_before_the_gap_is_over_is_refused():
    app = opened("gap")
    app.date_input(key="pick.gap.paid").set_value(date(2026, 2, 1)).run()
    assert "早于续缴的 2026-04" in app.text[0].value and not app.exception


def test_the_day_of_payment_moves_with_the_gap_until_it_is_chosen():
    app = opened("gap")
    app.number_input(key="pick.gap.count").set_value(9).run()
    assert sound(app).date_input(key="pick.gap.paid").value == date(2026, 10, 20)
    app.text_input(key="pick.gap.begin").set_value("2025-03").run()
    assert sound(app).date_input(key="pick.gap.paid").value == date(2025, 12, 20)
    app.date_input(key="pick.gap.paid").set_value(date(2025, 12, 31)).run()
    app.number_input(key="pick.gap.count").set_value(2).run()
    assert sound(app).date_input(key="pick.gap.paid").value == date(2025, 12, 31)


def test_all_fields_stay_beside_a_wrong_month():
    app = opened("gap")
    keys = [one.key for kind in ("selectbox", "number_input", "text_input", "date_input") for one in app.get(kind)]
    app.text_input(key="pick.gap.begin").set_value("2026年")
    app.number_input(key="pick.gap.bills").set_value(0.005).run()
    assert [one.key for kind in ("selectbox", "number_input", "text_input", "date_input") for one in app.get(kind)] == keys
    assert "2026年" in app.text[0].value and "0.005" in app.text[0].value and not app.table     # both at once, and no answer
    app.text_input(key="pick.gap.begin").set_value("2026-01")
    app.number_input(key="pick.gap.bills").set_value(300.0).run()
    assert sound(app).table


def test_the_rows_of_a_gap_add_up():
    app = opened("gap", lang="en")
    for cause in ("job_loss", "employer_arrears"):
        app.selectbox(key="pick.gap.cause").set_value(cause).run()
        table = sound(app).table[0].value
        for column in table:
            amounts = [round(float(cell.replace("¥", "").replace(",", "")) * 100) for cell in table[column] if "¥" in cell]
            fee_fen, *others, worse_fen = amounts
            assert worse_fen == sum(others) + (fee_fen if cause == "job_loss" else 0)
    assert ", all of it interest; " in app.markdown[0].value     # the bills of the gap were refunded into the account
    assert table.iloc[3:6, 0].eq("¥0.00").all()
    assert app.caption[1].value.startswith("Interest: ")


def test_a_gap_before_the_rules_begin_is_said_by_its_own_field():
    app = opened("gap")
    app.text_input(key="pick.gap.begin").set_value("2020-05").run()
    assert app.text[0].value == "从哪个月起断缴 – 该地规则自 2021-01-01 起有记录：2020-05" and not app.exception
    app.text_input(key="pick.gap.begin").set_value("2021-01").run()
    assert sound(app).table


@pytest.mark.parametrize("page, key, tabs", [("account", "tab", 4), ("gap", "gap_tab", 4), ("withdrawal", "take_tab", 2)])
def test_the_open_tab_stays_open_in_another_language(page, key, tabs):
    app = opened(page)
    app.session_state[key] = app.tabs[tabs - 1].label
    app.run()
    app.button_group(key="language").set_value("en").run()
    assert not app.exception and app.session_state[key] == app.tabs[tabs - 1].label != app.tabs[0].label
    assert not CHINESE.search(app.session_state[key])


@pytest.mark.parametrize("typed, said", [
    (1e12, "应不小于 0、小于 100,000,000,000：1,000,000,000,000"), (12.345, "应精确到分，输入的是 12.345")])
def test_a_wrong_amount_is_said_as_it_was_typed(typed, said):
    app = opened("withdrawal")
    app.number_input(key="pick.take.balance").set_value(typed).run()
    assert said in app.text[0].value and not app.exception


def test_what_may_not_be_paid_back_is_not_shown_as_if_it_were():
    app = opened("gap")
    app.selectbox(key="pick.gap.region").set_value("shanghai")
    app.number_input(key="pick.gap.count").set_value(4).run()
    assert "不能补缴" in sound(app).warning[0].value and app.markdown[0].value.startswith("断缴 4 个月，不补缴，到期末共少")
    assert list(app.table[0].value) == ["不补缴"]
    lengths = app.dataframe[0].value
    refused = lengths["能否补缴"] != "可以"
    assert refused[3] and lengths.loc[refused, "补缴 · 到期末本人共少（负数为多）"].isna().all()
    assert lengths["不补缴 · 到期末本人共少（负数为多）"].notna().all()
    app.session_state["gap_tab"] = "逐月"
    assert lines(app.run()) == ["不补缴", "不断缴"] and sound(app).dataframe


@pytest.mark.parametrize("cause, says", [("employer_arrears", False), ("job_loss", True)])
def test_a_fee_that_the_employer_pays_is_no_part_of_what_a_gap_costs(cause, says):
    app = opened("gap")
    app.selectbox(key="pick.gap.region").set_value("sichuan/dazhou")
    app.selectbox(key="pick.gap.cause").set_value(cause)
    app.number_input(key="pick.gap.bills").set_value(0.0).run()
    told, fee = app.markdown[0].value, app.table[0].value.iloc[0, 0]
    assert told.startswith("断缴 3 个月") and fee != "¥0.00"
    assert (f"滞纳金 {fee}" in told) is says and "-¥" not in told
    worse = app.table[0].value.iloc[-1, 0]
    assert f"到期末共{'多' if worse.startswith('-') else '少'} **{worse.removeprefix('-')}**" in told


def test_other_pages_follow_the_household_until_something_else_is_chosen():
    app = AppTest.from_string(HOPPING, default_timeout=60)
    app.session_state["page"] = "gap"
    app.run()
    app.number_input(key="pick.gap.count").set_value(5).run()
    app.session_state["gap_tab"] = "逐月"
    app.run()
    for page, key, new in (("regions", "pick.regions.chosen", None), ("withdrawal", "pick.take.region", None),
                           ("rules", "pick.rules.region", "shanghai")):
        app.session_state["page"] = page
        app.run()
        if new:
            app.selectbox(key=key).set_value(new).run()
    app.session_state["draft"] = {**default().data, "region": "sichuan/dazhou", "expect": [], "people": [
        {**default().data["people"][0], "wage": 7000}]}
    chosen = {}
    for page in ("gap", "regions", "withdrawal", "rules"):
        app.session_state["page"] = page
        assert not app.run().exception
        chosen |= {one.key: one.value for one in (*app.selectbox, *app.multiselect, *app.number_input)}
        assert page != "gap" or app.session_state["gap_tab"] == "逐月"
    assert chosen["pick.gap.region"] == chosen["pick.take.region"] == "sichuan/dazhou"
    assert chosen["pick.gap.wage"] == 7000 and chosen["pick.gap.count"] == 5
    assert chosen["pick.regions.chosen"] == ["sichuan/dazhou", "beijing", "shanghai"]
    assert chosen["pick.rules.region"] == "shanghai"        # chosen
    app.selectbox(key="pick.rules.region").set_value(default().region).run()        # and it may be what it once began with
    assert app.selectbox(key="pick.rules.region").value == default().region


HOPPING = """
import streamlit as st
from simulator.dashboard import main, state
state.start()
st.session_state.redrawn = ()
main.PAGES[st.session_state.page][0]()
"""


@pytest.mark.parametrize("key, chinese, english", [
    ("people[0].opening.carried", "我 · 期初历年余额（元）", "me · Opening, earlier years' (yuan)"),
    ("people[1].opening.carried", "母亲 · 账户余额（元）", "母亲 · Account balance (yuan)"),
    ("people[1].region", "母亲 · 参保地（可输拼音或代码）", "母亲 · Region (name, pinyin or code)"),
    ("people[2].name", "称呼", "Name"), ("events[3].amount", "金额（元）", "Amount (yuan)"),      # not in the household yet
    ("events[1].amount", "2024-06-01 · 续缴 · 金额（元）", "2024-06-01 · pays again · Amount (yuan)"),
    ("aid[0].monthly_limit", "我 → 母亲 · 每月限额（元，0 为不限）", "me → 母亲 · Monthly limit (yuan, 0: none)"),
    ("months", "算几个月", "Months"), ("events[0]", "2024-03-01 · 断缴", "2024-03-01 · stops paying"),
    ("rules.credit.x", "rules.credit.x", "rules.credit.x")])
def test_fields_are_called_by_their_labels(key, chinese, english):
    household = {**FAMILY, "events": EVENTS}
    assert words.field(key, household) == chinese
    use_language("en")
    assert words.field(key, household) == english


def test_days_out_of_reach_are_said_by_their_labels():
    app = opened("withdrawal", lang="en")
    app.date_input(key="pick.take.on").set_value(date(1999, 1, 1)).run()
    assert app.text[0].value.startswith("On which day – ")
    app = opened("gap")
    app.session_state["gap_tab"] = "滞纳金计算"
    app.run()
    app.date_input(key="pick.fee.last").set_value(date(2024, 1, 1)).run()
    assert app.text[0].value.startswith("截止日 – 2024-01-01 早于")


def test_the_late_fee_is_that_of_the_command_line(capsys):
    app = opened("gap")
    app.session_state["gap_tab"] = "滞纳金计算"
    app.run()
    _, printed, _ = said_by_the_command_line(capsys, "late-fee", "1200", "2025-01-16", "2025-03-31", "--json")
    answer = json.loads(printed)
    assert [metric.value for metric in app.metric] == [str(answer["days"]), f"¥{answer['fee']:,.2f}"]


@pytest.mark.parametrize("reason", labels.REASONS)
def test_can_i_take_it_out(reason):
    app = opened("withdrawal")
    app.selectbox(key="pick.take.region").set_value("beijing")
    app.date_input(key="pick.take.on").set_value(date(2026, 7, 1))
    app.selectbox(key="pick.take.reason").set_value(reason).run()
    answer = questions.can_withdraw("beijing", reason, date(2026, 7, 1), 500000)
    said = app.success if answer.allowed else app.error
    assert str(answer.reason) in said[0].value and not app.exception
    assert app.metric[0].value == "至多 " * (reason == "free") + tables.yuan(answer.amount_fen)
    history = next(block.value for block in app.markdown if block.value.startswith("- **2021-01-01 – "))
    assert re.findall(r"^- \*\*(\S+) – .*?\*\* (\S)", history, re.M) == [
        (str(day), "✓" if found.allowed else "✗") for day, found in questions.withdrawal_history("beijing", reason)]
    others = app.dataframe[0].value
    assert list(others["答案"].str[0]) == ["✓" if questions.can_withdraw("beijing", one, date(2026, 7, 1)).allowed else "✗"
                                         for one in labels.REASONS]


def saved(app, kind, place, **values):
    """Open the form of an item, change values in it (by their field), and save it."""
    app.button(key=f"{kind}.{place}.edit").click().run()
    form = f"form{app.session_state['serial']}"
    for name, new in values.items():
        widget, = (one for one in (*app.text_input, *app.number_input, *app.selectbox) if one.key == f"{form}.{name}")
        widget.set_value(new)
    app.session_state["asked"] = kind, place                # a dialog stays open by itself only in a browser
    return app.button(key=f"{form}.save").click().run()


FAMILY = {**default().data, "expect": [], "people": [*default().data["people"], {
    "name": "母亲", "birth": "1950-01", "sex": "female", "insured": "resident", "medical": {"pharmacy": 200}}],
    "aid": [{"from": "我", "to": "母亲", "relation": "parent", "since": "2024-01"}]}


def test_who_may_draw_on_whom():
    app = sound(opened("family", s=scenario_text.packed(scenario_text.to_toml(FAMILY))))
    result = simulator.run(FAMILY)
    row = app.table[0].value.iloc[:, 0]
    draws = questions.who_may_draw(result, date(2027, 12, 31))
    assert [row[str(words.USES[draw.use])][0] == "✓" for draw in draws] == [draw.allowed for draw in draws]
    flows = app.dataframe[0].value
    assert flows["aid_received"].sum() == pytest.approx(result.total("aid_received", "母亲") / 100) != 0
    app.button(key="people.1.remove").click().run()
    assert "aid" not in app.session_state["draft"] and not app.table


def test_two_people_never_come_to_have_one_name():
    app = unfolded(opened(s=scenario_text.packed(scenario_text.to_toml(FAMILY))))
    before = app.session_state["draft"]
    for name, why in (("母亲", "重名：母亲"), ("", "不能为空")):
        app.text_input(key="people.0.name").set_value(name).run()
        assert why in app.error[0].value and app.session_state["draft"] == before
        assert app.text_input(key="people.0.name").value == "我"
    app.text_input(key="people.0.name").set_value("李").run()
    assert sound(app).session_state["draft"]["aid"][0]["from"] == "李"
    assert [one["name"] for one in app.session_state["draft"]["people"]] == ["李", "母亲"]


@pytest.mark.parametrize("name", ["我", "父亲"])
def test_a_relative_is_not_given_the_name_of_another(name):
    father = {**FAMILY["people"][1], "name": "父亲"}
    data = {**FAMILY, "people": [*FAMILY["people"], father]}
    app = unfolded(opened(s=scenario_text.packed(scenario_text.to_toml(data))))
    before = app.session_state["draft"]
    saved(app, "people", 1, name=name)
    assert f"重名：{name}" in app.text[-1].value and app.session_state["draft"] == before


EVENTS = [
    {"on": date(2024, 3, 1), "who": "我", "type": "stop", "cause": "job_loss"},
    {"on": date(2024, 6, 1), "who": "我", "type": "resume"},
    {"on": date(2025, 6, 1), "who": "我", "type": "withdraw", "reason": "death", "to": "母亲"},
]


def saved_anew(kind, place, old, **values):
    """What saving the form of an item makes of it."""
    app = unfolded(opened(s=scenario_text.packed(scenario_text.to_toml(old))))
    return sound(saved(app, kind, place, **values)).session_state["draft"][kind][place]


@pytest.mark.parametrize("place", range(len(EVENTS)))
def test_an_event_that_is_saved_untouched_stays_as_it_was(place):
    assert saved_anew("events", place, {**FAMILY, "events": EVENTS}) == EVENTS[place]


def test_the_form_of_an_event_asks_for_all_that_one_may_have():
    for event in get_args(get_args(scenario.Event)[0]):
        kind, = get_args(event.model_fields["type"].annotation)
        assert {*items.EVENT_FIELDS[kind], "on", "who", "type"} == set(event.model_fields), kind


def test_what_is_emptied_in_a_form_is_gone():
    mother = {**FAMILY["people"][1], "region": "beijing", "opening": {"carried": 500}}
    link = {**FAMILY["aid"][0], "monthly_limit": 50, "yearly_limit": 900}
    data = {**FAMILY, "people": [FAMILY["people"][0], mother], "aid": [link]}
    assert saved_anew("people", 1, data)["region"] == "beijing"
    assert saved_anew("people", 1, data, region="", carried=0.0) == FAMILY["people"][1]
    assert saved_anew("aid", 0, data)["monthly_limit"] == 50
    assert saved_anew("aid", 0, data, monthly_limit=0.0) == {
        "from": "我", "to": "母亲", "relation": "parent", "since": date(2024, 1, 1), "yearly_limit": 900, "uses": ["medical", "premium"]}


def test_tables_are_others_in_another_language(monkeypatch):
    """Or the browser keeps the widths of the headings it had."""
    keys, draw = [], tables.st.dataframe
    monkeypatch.setattr(tables.st, "dataframe", lambda *args, **look: (keys.append(look.get("key")), draw(*args, **look)))
    for page in ("account", "rules", "withdrawal", "gap"):
        app = opened(page)
        assert keys and all(key.endswith(".zh") for key in keys)
        keys.clear()
        app.button_group(key="language").set_value("en").run()
        assert keys and all(key.endswith(".en") for key in keys)
        keys.clear()


def test_tables_of_something_else_stand_elsewhere():
    """Or the browser keeps the widths of the values it had."""
    app = opened("rules")
    places = [app.session_state["places"]["rules.in_force"]]
    for key, new in (("pick.rules.topic", "pooling"), ("pick.rules.region", "shanghai")):
        app.selectbox(key=key).set_value(new).run()
        places.append(app.session_state["places"]["rules.in_force"])
    sound(app).run()
    assert [place for _, place in places] == [0, 1, 0] and app.session_state["places"]["rules.in_force"] == places[-1]


def test_the_chart_of_a_rule_goes_from_the_first_day_to_the_one_asked_for(monkeypatch):
    drawn = []
    monkeypatch.setattr(chart, "draw", lambda frame, *_: drawn.append(frame))
    app = opened("rules")
    app.selectbox(key="pick.rules.region").set_value("beijing")
    app.date_input(key="pick.rules.on").set_value(date(2026, 11, 1))
    app.selectbox(key="pick.rules.param").set_value("contribution.base_floor").run()
    sound(app)
    days = [str(day.date()) for day in drawn[-1]["day"]]
    assert days[0] == str(policy.region("beijing").covers) and days[-1] == "2026-11-01"
    numbers = list(drawn[-1]["number"])
    assert min(numbers) > 0 and numbers[-1] == numbers[-2]


def test_rules_are_those_of_the_command_line(capsys):
    app = opened("rules")
    app.selectbox(key="pick.rules.region").set_value("beijing")
    app.date_input(key="pick.rules.on").set_value(date(2026, 7, 1)).run()
    table = sound(app).dataframe[0].value
    _, printed, _ = said_by_the_command_line(capsys, "rules", "beijing", "--on", "2026-07-01", "--param", "contribution", "--json")
    listed = json.loads(printed)
    assert list(table["param"]) == [one["param"] for one in listed]
    assert list(table["from"]) == [one["from"] for one in listed]
    for value, one in zip(table["value"], listed, strict=True):
        assert not isinstance(one["value"], float) or float(value) == one["value"]
    assert not table["url"].isna().any() and not (table["url"] == "").all()       # a browser writes None for what is not there
    app.selectbox(key="pick.rules.param").set_value("contribution.base_floor").run()
    _, printed, _ = said_by_the_command_line(capsys, "rules", "beijing", "--param", "contribution.base_floor", "--history", "--json")
    assert list(app.dataframe[1].value["from"]) == [one["from"] for one in json.loads(printed)]
