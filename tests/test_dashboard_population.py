"""The page of populations: its figures are those of the command line, and whatever happens it stays usable."""
import csv
import gc
import io
import json
import re
import sys
import threading
import time
import xml.etree.ElementTree as ET
from datetime import date

import pytest
from dashboard_pages import ROOT, opened, sound
from playwright.sync_api import Page, expect
from test_dashboard import said_by_the_command_line
from test_dashboard_browser import choose, download, idle, tab

from simulator import months
from simulator.dashboard import background
from simulator.dashboard import population as page_
from simulator.dashboard.background import Work
from simulator.language import use_language
from simulator.money import shown
from simulator.populations import sketch
from simulator.populations.result import SHARES
from simulator.populations.run import _Job, population

ACCOUNTS, SEED = 200, 7
SMALL = """title = "小城 / A small town"
start = "2024-01"
months = 15

[[groups]]
name = "=在职"
region = "jiangsu/suzhou/kunshan"
people = 60000
insured = "employee"
age = [{ from = 22, to = 59, share = 1 }]
wage = { median = 8000, spread = 0.5 }
opening = { median = 2000, spread = 1.0, empty = 0.1 }

[[groups]]
name = "retired"
region = "beijing"
people = 20000
insured = "retiree"
age = [{ from = 60, to = 85, share = 1 }]
opening = { median = 300, spread = 1.0, empty = 0.2 }

[care]
outpatient = [{ yearly = 6, median = 200, spread = 1.1 }]
outpatient_places = { pharmacy = 0.7, tertiary = 0.3 }

[work]
stops = [{ yearly = 0.2 }]
causes = { job_loss = 1 }
gaps = [{ months = 3, share = 1 }]
"""
WHAT_IF = """
[what_if]
"credit.employee_rate" = [{ from = 2025-01-01, value = 0.01 }]
"""


@pytest.fixture(autouse=True)
def _as_before():
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main      # Streamlit puts its script there, and other tests' processes would start with it
    use_language("zh")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A population without and with a what-if, as files, and what the library makes of them."""
    folder = tmp_path_factory.mktemp("population")
    (folder / "small.toml").write_text(SMALL, "utf-8")
    (folder / "both.toml").write_text(SMALL.replace("months", "panel = 200\nmonths", 1) + WHAT_IF, "utf-8")
    return {path.stem: (path, population(path, ACCOUNTS, SEED)) for path in folder.glob("*.toml")}


def ready(lang="zh", upload=None, accounts=ACCOUNTS):
    """The page, with what is to be run filled in."""
    app = opened("population", lang=lang)
    if upload:
        app.file_uploader(key="population_file").upload(upload.name, upload.read_bytes(), "application/toml").run()
        assert app.session_state["pick.population.of"] == "upload"
    app.number_input(key="pick.population.accounts").set_value(accounts)
    app.number_input(key="pick.population.seed").set_value(SEED).run()
    return app


def run(app):
    app.button(key="population_run").click().run()
    return over(app)


def over(app):
    """The page once the run in the background is over."""
    until = time.monotonic() + 20
    while app.session_state["population_work"] is not None:
        assert time.monotonic() < until
        time.sleep(0.05)
        app.run()
    return app


def on_tab(app, number):
    app.session_state["population_tab"] = app.tabs[number].label
    return app.run()


def data(app):
    """The tables of the page, as lists of rows."""
    return [one.value.values.tolist() for one in (*app.dataframe, *app.table)]


# ── figures ────────────────────────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_is_the_librarys(files, lang):
    path, result = files["both"]
    app = sound(run(ready(lang, path)))
    assert app.tabs[0].label == {"zh": "逐年", "en": "By year"}[lang]
    heads, rows = result.table()
    assert list(app.dataframe[0].value) == heads and data(app) == [rows]
    said = " ".join(caption.value.replace("\\", "") for caption in app.caption)
    assert all(note in said for note in result.notes()) and next(result.notes()) == result.table_note()
    assert f"{ACCOUNTS}" in app.markdown[0].value and f"{SEED}" in app.markdown[0].value

    app.session_state["pick.population.month"] = "2024-12"
    on_tab(app, 1)
    said = " ".join(caption.value.replace("\\", "") for caption in app.caption)
    assert result.table_note() not in said and all(note in said for note in result.notes(with_table=False))
    assert {"zh": "零左边", "en": "left of zero"}[lang] in said
    found, law = result.quantiles_fen()
    place = [months.month_text(month) for month in found].index("2024-12")
    other = result.quantiles_fen(what_if=True)[1]
    assert [row[1:] for row in data(sound(app))[0]] == [[f"¥{shown(int(amount))}" for amount in both]
                                                         for both in zip(law[place], other[place])]
    on_tab(app, 2)
    last = data(sound(app))[0][-1]
    assert last[0] == "2025-03"
    assert last[5] == f"{result.represented('is_in_gap')[-1] / result.represented('lives')[-1]:.2%}" != "0.00%"
    on_tab(app, 3)
    one = result.differences()[-1]
    assert one.worse > 0 and data(sound(app))[0][-1] == ["2025-03", one.better, one.alike, one.worse,
                                                        *(fen / 100 for fen in one.quantiles_fen)]


def test_the_command_line_says_the_same(files, capsys, tmp_path):
    path, _ = files["small"]
    app = sound(run(ready(upload=path)))
    given = ("--out", tmp_path / "out", "--accounts", ACCOUNTS, "--seed", SEED)
    _, printed, _ = said_by_the_command_line(capsys, "population", path, *given, "--json")
    said = json.loads(printed)
    on_tab(app, 1)
    quantiles = [value for key, value in said["balances"]["law"][-1].items() if key != "month"]
    assert [row[1] for row in data(app)[0]] == [f"¥{value:,.2f}" for value in quantiles]
    result = app.session_state["population_result"]
    for name, make in result.makers().items():              # what the buttons give is what the folder holds
        assert make() == (tmp_path / "out" / name).read_bytes(), name
    assert b"'=" in result.makers()["flows.csv"]()          # a group called like a formula is none


def test_a_group_has_figures_of_its_own(files):
    path, result = files["small"]
    app = run(ready("en", path))
    app.selectbox(key="pick.population.group").set_value("1").run()
    assert data(sound(app)) == [result.table(1)[1]] != [result.table()[1]]
    assert "retired" in app.get("vega_lite_chart")[0].proto.alt
    on_tab(app, 1)
    assert [row[1] for row in data(app)[0]] == [f"¥{shown(int(fen))}" for fen in result.quantiles_fen(group=1)[1][-1]]


def test_a_group_in_a_short_run_has_a_table_where_a_fan_would_be_empty(tmp_path):
    """Of a group only the end of the year is known: a fan of one point is nothing but axes."""
    path = tmp_path / "short.toml"
    path.write_text((SMALL + WHAT_IF.replace("2025", "2024")).replace("months = 15", "months = 12"), "utf-8")
    app = run(ready(upload=path))
    assert len(app.get("vega_lite_chart")) == 1 and not app.table
    assert "以下说明是全部组合计的：" not in [one.value for one in app.caption]
    app.selectbox(key="pick.population.group").set_value("0").run()
    result = population(path, ACCOUNTS, SEED)
    law, other = ([f"¥{shown(int(fen))}" for fen in result.quantiles_fen(group=0, what_if=what_if)[1][-1]] for what_if in (False, True))
    assert sound(app).table[0].value.values.tolist() == [["2024-12", *reversed(law), other[SHARES.index(0.5)]]]
    assert not app.get("vega_lite_chart") and "以下说明是全部组合计的：" in [one.value for one in app.caption]


def test_a_what_if_of_ones_own_is_that_of_a_file(files):
    _, result = files["both"]
    app = ready(upload=files["small"][0])
    app.selectbox(key="pick.population.what_if").set_value("own").run()
    app.selectbox(key="pick.population.param.0").set_value("credit.employee_rate")
    app.text_input(key="pick.population.value.0").set_value("0.01")
    app.date_input(key="pick.population.from.0").set_value(date(2025, 1, 1)).run()
    assert data(sound(run(app))) == [result.table()[1]]
    assert "职工个人缴费计入比例 0.01（2025-01-01 起）" in app.markdown[1].value.replace("\\", "")
    for typed in ("2 %", "abc", ""):
        app.text_input(key="pick.population.value.0").set_value(typed).run()
        assert app.text[0].value == f"值（职工个人缴费计入比例） – 应为数字：'{typed}'" and not app.exception
    for typed, said in (("2", "应在 0 与 1 之间"), ("-1", "负数")):
        app.text_input(key="pick.population.value.0").set_value(typed).run()
        assert app.text[0].value.startswith("值（职工个人缴费计入比例） – ") and said in app.text[0].value
    assert data(app) == [result.table()[1]]                 # what was computed before still stands
    app.text_input(key="pick.population.value.0").set_value("0.01").run()
    app.button(key="population_more").click().run()
    app.date_input(key="pick.population.from.1").set_value(date(2025, 1, 1)).run()
    assert "写了两次" in app.text[0].value                    # the same rule from the same day


def test_a_histogram_counts_every_account_once(files):
    _, result = files["both"]
    month = result.quantiles_fen()[0][0]
    amounts = [row["closing"] for row in result.panel() if row["month"] == "2024-03"]
    bars = result.histogram(month)
    assert sum(many for *_, many in bars) == len(amounts)
    assert bars[0] == (0, 1, amounts.count(0)) and amounts.count(0)
    assert bars[2][0] > 1 and bars[-1][1] is None
    below = 0
    for _, edge, many in bars[:-1]:
        below += many
        near = edge * sketch.ERROR
        assert sum(amount < edge - near for amount in amounts) <= below <= sum(amount < edge + near for amount in amounts)
    last = result.quantiles_fen()[0][-1]
    law, other = (result.histogram(last, 0, what_if, 100_000) for what_if in (False, True))
    assert [bar[:2] for bar in other] == [bar[:2] for bar in law] and other != law
    assert sum(many for *_, many in law) == result.accounts[0]


def test_shares_of_nobody_are_none():
    late = {**page_.EXAMPLE, "groups": [{**page_.EXAMPLE["groups"][0], "joins": "2025-03"}]}
    result = population(late, 5)
    assert result.shares("is_empty")[:2] == [None, None]
    assert all(0 <= share <= 1 for share in result.shares("is_empty")[2:])


# ── a run in the background ────────────────────────────────────────────────────────────────────────

def test_a_cancelled_run_leaves_the_page_usable(files, monkeypatch):
    steps, first = threading.Event(), []

    def held(people, accounts, seed, progress):
        first.append(accounts)
        progress(1, accounts)
        steps.wait(10)
        progress(2, accounts)
        raise AssertionError("it went on after it was cancelled")
    app = ready("en", files["small"][0])
    with monkeypatch.context() as patched:
        patched.setattr(page_, "population", held)
        app.button(key="population_run").click().run()
        until = time.monotonic() + 10
        while not (app.get("progress") and app.get("progress")[0].proto.text == "1 of 200 accounts (0%)"):
            assert time.monotonic() < until
            app.run()
        assert app.button(key="population_run").disabled    # one at a time
        app.button(key="population_cancel").click().run()
        assert app.button(key="population_cancel").disabled
        steps.set()
        over(app)
    assert first == [ACCOUNTS] and not app.error and not app.get("progress") and not app.dataframe
    assert data(sound(run(app))) == [files["small"][1].table()[1]]


def test_runs_wait_for_each_other():
    go, order = threading.Event(), []

    def held(progress):
        go.wait(10)
        order.append("first")
        return 1
    first = Work(held)
    wait_for(lambda: first.has_begun)
    second = Work(lambda progress: order.append("second") or 2)
    third = Work(lambda progress: order.append("third"))
    time.sleep(2 * background.WAIT)
    assert not second.has_begun and page_._how_far(second).startswith("排队中")
    third.stop()                                            # one who waits can give up
    wait_for(lambda: third.is_over)
    go.set()
    wait_for(lambda: second.is_over)
    assert order == ["first", "second"] and (first.result, second.result, third.result) == (1, 2, None)


def test_a_run_that_nobody_waits_for_ends():
    ended = threading.Event()

    def endless(progress):
        try:
            while True:
                progress(1, 2)
                time.sleep(0.01)
        finally:
            ended.set()
    work = [Work(endless)]
    wait_for(lambda: work[0].has_begun)
    work.clear()                                                # as when its session ends
    gc.collect()
    assert ended.wait(10)


def test_a_failure_is_said_in_words_and_nothing_of_it_reaches_the_log(files, monkeypatch, caplog):
    def broken(*_, **__):
        raise ZeroDivisionError("secret")
    monkeypatch.setattr(page_, "population", broken)
    app = run(ready("en", files["small"][0]))
    assert "This page failed" in app.error[0].value and not app.exception
    assert "ZeroDivisionError" in caplog.text and "secret" not in caplog.text


def wait_for(done):
    until = time.monotonic() + 10
    while not done():
        assert time.monotonic() < until
        time.sleep(0.01)


# ── files ──────────────────────────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_file_is_answered_as_by_the_command_line(files, lang, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = {"wrong.toml": SMALL.replace("median = 8000", "median = -1").replace('"retiree"', '"student"').encode(),
             "broken.toml": b"groups = [", "gbk.toml": 'title = "小城"'.encode("gb18030"),
             "early.toml": SMALL.replace("2024-01", "1990-01").encode()}
    for name, raw in wrong.items():
        (tmp_path / name).write_bytes(raw)
        code, _, said = said_by_the_command_line(capsys, "population", name, "--out", "out", "--accounts", ACCOUNTS, "--lang", lang)
        app = opened("population", lang=lang)
        app.file_uploader(key="population_file").upload(name, raw, "application/toml").run()
        if not app.text:                                    # only the rules know that they do not reach so far back
            app = run(app)
        assert code == 2 and not app.exception and not app.dataframe
        assert app.text[0].value.splitlines() == said.splitlines()[1:], name
    assert app.button(key="population_run").disabled is False


def test_a_file_of_another_kind_is_sent_to_its_page(files):
    people = (ROOT / "scenarios" / "kunshan.toml").read_bytes()
    for page, key, raw, named in (("population", "population_file", people, "My account"),
                                  ("account", "upload", files["small"][0].read_bytes(), "Population")):
        app = opened(page, lang="en")
        app.file_uploader(key=key).upload("other.toml", raw, "application/toml").run()
        assert app.text[0].value.endswith(f"file: open it under {named}") and not app.exception


def test_one_session_knows_nothing_of_another(files):
    mine = run(ready(upload=files["both"][0]))
    other = opened("population")
    assert other.selectbox(key="pick.population.of").value == "example" and not other.dataframe
    assert _Job._last is None                               # nor does the server
    assert "both.toml" in str(mine.selectbox(key="pick.population.of").options)
    assert "both.toml" not in str(other.selectbox(key="pick.population.of").options)


def test_all_populations_of_the_project_can_be_chosen():
    app = opened("population", lang="en")
    for name in ("example", *(path.name for path in page_.GALLERY.glob("*.toml"))):
        app.selectbox(key="pick.population.of").set_value(name).run()
        sound(app)
        assert not app.button(key="population_run").disabled
    assert any("compiled" in caption.value for caption in app.caption)      # 1,000 accounts of a nation, ten years


def test_the_example_is_there_without_a_gallery(monkeypatch, tmp_path):
    monkeypatch.setattr(page_, "GALLERY", tmp_path)
    app = ready(accounts=20)
    assert len(app.selectbox(key="pick.population.of").options) == 1
    assert data(sound(run(app))) == [population(page_.EXAMPLE, 20, SEED).table()[1]]


# ── in a browser ───────────────────────────────────────────────────────────────────────────────────

@pytest.mark.browser
def test_a_population_is_run_translated_and_downloaded(page: Page, files, dashboard_log):
    path, result = files["both"]
    page.goto("/population")
    page.get_by_role("button", name="打开群体文件").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.get_by_role("combobox", name="群体").first).to_have_value(re.compile("小城 · both.toml"))
    page.keyboard.press("Escape")
    for label, value in (("账户数", ACCOUNTS), ("随机种子", SEED)):
        page.get_by_label(label, exact=True).fill(str(value))
        page.get_by_label(label, exact=True).press("Enter")
        idle(page)
    page.get_by_role("button", name="开始", exact=True).focus()
    page.keyboard.press("Enter")
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart.locator("svg")).to_be_visible()
    idle(page)
    chart.scroll_into_view_if_needed()
    chart.hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    expect(tooltip).to_contain_text("中位数")
    month = tooltip.locator("tr").first.locator("td.value").inner_text()
    found, fen = result.quantiles_fen()
    row = fen[[months.month_text(one) for one in found].index(month)]
    for share in (0.05, 0.5, 0.95):
        expect(tooltip).to_contain_text(f"¥{shown(int(row[SHARES.index(share)]))}")
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("tab").first).to_have_text("By year")
    choose(page, "Which group", "retired", "retired")       # a change after the switch
    expect(page.get_by_label("Accounts", exact=True)).to_have_value(str(ACCOUNTS))
    page.get_by_role("link", name="Family").click()         # another page and back: nothing is lost
    expect(page.get_by_role("heading").first).to_have_text("Family")
    page.get_by_role("link", name="Population").click()
    expect(page.get_by_label("Seed", exact=True)).to_have_value(str(SEED))
    expect(page.get_by_role("combobox", name="What-if").first).to_have_value("the file's own")
    tab(page, "Download")
    makers = result.makers()
    for label, name in (("Flows CSV", "flows.csv"), ("Balances CSV", "balances.csv"), ("Differences CSV", "differences.csv")):
        got = download(page, label)
        assert got == makers[name]() and got.startswith(b"\xef\xbb\xbf")
        assert len(list(csv.DictReader(io.StringIO(got.decode("utf-8-sig"))))) > 3
    assert download(page, "Figure PNG").startswith(b"\x89PNG")
    assert ET.fromstring(download(page, "Figure SVG")).tag.endswith("svg")
    assert "小城" not in dashboard_log.read_text("utf-8")


@pytest.mark.browser
def test_a_run_is_cancelled_and_a_rule_found_by_its_name(page: Page):
    page.goto("/population?lang=en")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(0)
    choose(page, "What-if", "my own", "my own")
    choose(page, "Rule", "late fee a day", re.compile("arrears.late_fee_daily_rate"))
