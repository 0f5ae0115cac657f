"""The dashboard: quickly through Streamlit's own harness, and as a person sees it in a real browser."""

import csv
import io
import json
import re

import pytest
from conftest import ROOT
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

import simulator
from simulator import policy
from simulator.dashboard import inputs, main
from simulator.language import use_language
from simulator.ledger import COLUMNS
from simulator.money import shown

WAGE = 12345.67
OTHER = "beijing"
CHINESE = "医保"


@pytest.fixture(autouse=True)
def _chinese_again():
    yield
    use_language("zh")  # the page speaks the language of its session, here in our own thread


def default():
    return inputs.read(inputs.gallery()[inputs.DEFAULT])


def computed(region=None, **holder):
    """What the library makes of the default scenario, with other values for the account holder."""
    data = default().data
    first, *others = data["people"]
    region = region or default().region
    return simulator.run({**data, "region": region, "people": [{**first, **holder}, *others], "expect": []})


def figures(result):
    return [f"¥{shown(result.summary()[key])}" for key in main.FIGURES]


# ── without a browser ──────────────────────────────────────────────────────────────────────────────


def opened(**query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.query_params.update(query)
    return app.run()


def values(app):
    assert not app.exception and not app.error, [error.value for error in app.error]
    return [metric.value for metric in app.metric]


@pytest.mark.parametrize(("query", "closing", "head"), [({}, "期末余额", "逐月明细"),
                                                        ({"lang": "en"}, "Closing balance", "Ledger by month"),
                                                        ({"lang": "xx"}, "期末余额", "逐月明细")])
def test_opens_with_a_scenario(query, closing, head):
    app = opened(**query)
    assert values(app) == figures(computed())
    assert app.metric[0].label == closing
    assert app.subheader[0].value == head
    assert len(app.get("vega_lite_chart")) == 1
    assert len(app.dataframe[0].value) == default().months


def test_every_scenario_opens_with_its_own_values():
    app = opened()
    for name, path in inputs.gallery().items():
        app.number_input(key="wage").set_value(1.0)
        app.selectbox(key="scenario").set_value(name).run()
        scenario = inputs.read(path)
        assert values(app) == figures(simulator.run(scenario)), name
        assert app.multiselect(key="regions").value == [scenario.region]


def test_several_regions():
    app = opened()
    own = default().region
    app.multiselect(key="regions").set_value([own, OTHER]).run()
    assert values(app) == figures(computed())
    assert list(app.table[0].value.columns) == [str(policy.region(id)) for id in (own, OTHER)]
    assert all(text.startswith(figure) for text, figure in
               zip(app.table[0].value.iloc[:, 1], figures(computed(OTHER)), strict=True))
    app.multiselect(key="regions").set_value([]).run()
    assert values(app) == figures(computed())


def test_columns_of_zeros_only_when_asked():
    app = opened()
    few = app.dataframe[0].value
    assert {"month", "credit", "closing"} < set(few) and not (few == 0).all().any()
    app.toggle(key="all_columns").set_value(True).run()
    assert list(app.dataframe[0].value) == list(COLUMNS)


def test_opens_without_a_gallery(monkeypatch, tmp_path):
    monkeypatch.setattr(inputs, "GALLERY", tmp_path)
    assert values(opened()) == figures(simulator.run(inputs.EXAMPLE))


def test_a_wrong_file_spares_the_others(monkeypatch, tmp_path):
    good = inputs.gallery()[inputs.DEFAULT].read_text("utf-8")
    (tmp_path / f"{inputs.DEFAULT}.toml").write_text(good, "utf-8")
    (tmp_path / "wrong.toml").write_text(good.replace("wage = ", "wages = "), "utf-8")
    monkeypatch.setattr(inputs, "GALLERY", tmp_path)
    app = opened()
    assert values(app) == figures(computed())
    app.selectbox(key="scenario").set_value("wrong").run()
    assert "people[0].wages" in app.text[-1].value
    app.selectbox(key="scenario").set_value(inputs.DEFAULT).run()
    assert values(app) == figures(computed())


def test_wrong_input_is_listed():
    app = opened()
    app.number_input(key="wage").set_value(1e12).run()
    assert not app.exception and not app.metric
    assert "people[0].wage" in app.text[-1].value and "金额超出范围" in app.text[-1].value
    app.number_input(key="wage").set_value(WAGE).run()
    assert values(app) == figures(computed(wage=WAGE))


def test_a_failure_is_said_in_words(monkeypatch, caplog):
    app = opened(lang="en")
    monkeypatch.setattr(main.engine, "run", lambda scenario: 1 / 0)
    app.number_input(key="wage").set_value(4321.0).run()
    assert "This page failed" in app.error[0].value
    assert not app.exception and "ZeroDivisionError" in caplog.text


# ── in a browser ───────────────────────────────────────────────────────────────────────────────────


def idle(page: Page):
    state = page.locator("[data-test-script-state]").first
    expect(state).to_have_attribute("data-test-script-state", "notRunning")


def sees(page: Page, result):
    """The key figures on the page become those of the result."""
    expect(page.get_by_test_id("stMetricValue")).to_have_text(figures(result))
    idle(page)


def chart_texts(page: Page):
    return page.locator("[data-testid=stVegaLiteChart] svg text")


def legend(page: Page):
    return page.locator("[data-testid=stVegaLiteChart] svg .role-legend-label text")


def type_into(page: Page, label, value):
    page.get_by_label(label, exact=True).fill(str(value))
    page.get_by_label(label, exact=True).press("Enter")


def add_region(page: Page, name):
    search = page.get_by_test_id("stMultiSelect").locator("input")
    search.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    search.press("Escape")


@pytest.mark.browser
def test_chinese_is_really_drawn(page: Page):
    page.goto("/")
    sees(page, computed())
    expect(legend(page)).to_have_text([policy.region(default().region).name.zh])
    expect(chart_texts(page).get_by_text("月末余额（元）")).to_be_visible()
    drawn = """element => [...'%s\\u0378'].map(character => {
        const canvas = document.createElement('canvas')
        canvas.width = canvas.height = 48
        const pen = canvas.getContext('2d')
        pen.font = '32px ' + getComputedStyle(element).fontFamily
        pen.fillText(character, 4, 38)
        return canvas.toDataURL()
    })"""
    for element in (page.get_by_role("heading").first, legend(page).first):
        first, second, none = element.evaluate(drawn % CHINESE)  # U+0378 is no character: its picture is the box
        assert len({first, second, none}) == 3
    assert not re.search("[A-Za-z]", "".join(chart_texts(page).all_text_contents()))  # no "January" on the time axis


@pytest.mark.browser
def test_change_compare_translate(page: Page):
    page.goto("/")
    sees(page, computed())
    type_into(page, "月工资（元）", WAGE)
    sees(page, computed(wage=WAGE))

    own, other = policy.region(default().region).name, policy.region(OTHER).name
    add_region(page, other.zh)
    expect(legend(page)).to_have_text([own.zh, other.zh])
    chart = page.get_by_test_id("stVegaLiteChart")
    chart.scroll_into_view_if_needed()
    chart.hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    expect(tooltip).to_contain_text(own.zh)
    month = tooltip.locator("tr").first.locator("td.value").inner_text()
    for region in (default().region, OTHER):
        expect(tooltip).to_contain_text(f"¥{shown(computed(region, wage=WAGE).row(month).closing)}")

    page.get_by_role("radio", name="English").click()
    expect(page.get_by_test_id("stMetricLabel").first).to_have_text("Closing balance")
    expect(legend(page)).to_have_text([own.en, other.en])
    for name in (own, other):
        expect(page.get_by_test_id("stMultiSelect")).to_contain_text(name.en)
    type_into(page, "Earlier years'", 7000)  # a change after the switch: here labels of the old language would come back
    opening = {**default().data["people"][0]["opening"], "carried": 7000}
    sees(page, computed(wage=WAGE, opening=opening))
    expect(legend(page)).to_have_text([own.en, other.en])

    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_test_id("stMetricLabel").first).to_have_text("期末余额")
    expect(page.get_by_label("月工资（元）", exact=True)).to_have_value(f"{WAGE:.2f}")
    type_into(page, "药店", 0)
    sees(page, computed(wage=WAGE, opening=opening, medical={}))
    expect(legend(page)).to_have_text([own.zh, other.zh])


@pytest.mark.browser
def test_downloads(page: Page):
    def download(label):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).click()
        return waiting.value.path().read_bytes()

    page.goto("/")
    sees(page, computed())
    type_into(page, "月工资（元）", WAGE)
    sees(page, computed(wage=WAGE))
    closing = page.get_by_test_id("stMetricValue").first.inner_text()

    ledger = download("明细 CSV")
    assert ledger.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(ledger.decode("utf-8-sig"))))
    assert f"¥{float(rows[-1]['closing']):,.2f}" == closing
    assert f"¥{json.loads(download('明细 JSON'))['summary']['closing']:,.2f}" == closing
    assert download("图 PNG").startswith(b"\x89PNG")
    sees(page, computed(wage=WAGE))  # downloading changes nothing on the page


@pytest.mark.browser
def test_fits_a_phone(page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    sees(page, computed())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = "all => all.flatMap(one => [one, ...one.querySelectorAll('*')]).some(one => one.scrollWidth > one.clientWidth + 1)"
    assert not page.get_by_test_id("stMetricValue").evaluate_all(cut)
    chart = page.get_by_test_id("stVegaLiteChart").locator("svg").bounding_box()
    assert chart["x"] >= 0 and chart["x"] + chart["width"] <= 390
