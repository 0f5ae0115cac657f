"""The dashboard as a person sees it: typed into, read, downloaded and linked, in a real browser."""
import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import openpyxl
import pytest
from dashboard_pages import PAGES, ROOT, computed, default, figures
from playwright.sync_api import Page, expect

import simulator
from simulator import gaps, months, scenario_text
from simulator.dashboard import tables
from simulator.language import in_language
from simulator.money import shown
from simulator.scenario import Scenario

pytestmark = pytest.mark.browser

WAGE = 12345.67
OWN, OTHER = "jiangsu/suzhou/kunshan", "beijing"
CHINESE = "医保"


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


def choose(page: Page, label, word, option):
    """Search for an option with the keyboard, as somebody who sees only the labels."""
    box = page.get_by_role("combobox", name=label).first
    box.click()
    box.fill(word)
    page.get_by_role("option", name=option).first.click()
    idle(page)


def download(page: Page, label):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    return waiting.value.path().read_bytes()


def tab(page: Page, name):
    page.get_by_role("tab", name=name).click()
    idle(page)


# ── my account ─────────────────────────────────────────────────────────────────────────────────────

def test_chinese_is_really_drawn(page: Page):
    page.goto("/")
    sees(page, computed())
    expect(legend(page)).to_have_text([in_language(default().title)])
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
        first, second, none = element.evaluate(drawn % CHINESE)     # U+0378 is no character: its picture is the box
        assert len({first, second, none}) == 3
    assert not re.search("[A-Za-z]", "".join(chart_texts(page).all_text_contents()))    # no "January" on the time axis


def test_change_translate_change_again(page: Page):
    page.goto("/")
    sees(page, computed())
    type_into(page, "月工资（元）", WAGE)
    sees(page, computed(wage=WAGE))
    chart = page.get_by_test_id("stVegaLiteChart")
    chart.scroll_into_view_if_needed()
    chart.hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    expect(tooltip).to_contain_text("¥")
    month = tooltip.locator("tr").first.locator("td.value").inner_text()
    expect(tooltip).to_contain_text(f"¥{shown(computed(wage=WAGE).row(month).closing)}")

    choose(page, "参保地", "beij", "北京 · beijing")                # by pinyin
    sees(page, computed(OTHER, wage=WAGE))
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_test_id("stMetricLabel").first).to_have_text("Closing balance")
    type_into(page, "Opening, earlier years' (yuan)", 7000)     # a change after the switch: here old labels would come back
    opening = {**default().data["people"][0]["opening"], "carried": 7000}
    sees(page, computed(OTHER, wage=WAGE, opening=opening))
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_test_id("stMetricLabel").first).to_have_text("期末余额")
    expect(page.get_by_label("月工资（元）", exact=True)).to_have_value(f"{WAGE:.2f}")
    type_into(page, "每月药店花费（元）", 0)
    sees(page, computed(OTHER, wage=WAGE, opening=opening, medical={}))
    page.get_by_role("link", name="能取出来吗").click()           # another page and back: nothing is lost
    expect(page.get_by_role("combobox", name="在哪里").first).to_have_value(re.compile("北京"))
    page.get_by_role("link", name="我的账户").click()
    sees(page, computed(OTHER, wage=WAGE, opening=opening, medical={}))


def test_downloads_and_the_file_that_comes_back(page: Page, tmp_path):
    page.goto("/")
    sees(page, computed())
    type_into(page, "月工资（元）", WAGE)
    result = computed(wage=WAGE)
    sees(page, result)
    tab(page, "保存与下载")
    closing = result.summary()["closing"] / 100

    ledger = download(page, "明细 CSV")
    assert ledger.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(ledger.decode("utf-8-sig"))))
    assert len(rows) == result.scenario.months and float(rows[-1]["closing"]) == closing
    assert json.loads(download(page, "明细 JSON"))["summary"]["closing"] == closing
    book = openpyxl.load_workbook(io.BytesIO(download(page, "明细 Excel")))
    head, *_, last = book["明细"].iter_rows(values_only=True)
    assert last[head.index("月末余额")] == closing
    assert download(page, "图 PNG").startswith(b"\x89PNG")
    assert ET.fromstring(download(page, "图 SVG")).tag.endswith("svg")
    sees(page, result)                                      # downloading changes nothing on the page

    (tmp_path / "mine.toml").write_bytes(download(page, "保存为情景文件"))
    run = subprocess.run([sys.executable, "-m", "simulator", "run", tmp_path / "mine.toml", "--json"], cwd=ROOT,
                         capture_output=True, check=True)
    assert json.loads(run.stdout)["summary"]["closing"] == closing
    page.goto("/")
    sees(page, computed())
    page.get_by_role("button", name="打开文件").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / "mine.toml")
    sees(page, result)


WRONG = {
    "wrong.toml": (ROOT / "scenarios" / "kunshan.toml").read_bytes()
        .replace(b"wage = 9000.00", b"wages = 9000.00").replace(b'sex = "male"', b'sex = "man"'),
    "gbk.toml": 'title = "断缴四个月"'.encode("gb18030"),
    "nan.toml": b'region = "beijing"\nstart = "2025-01"\nmonths = 999999999999\n[[people]]\nname = "A"\nwage = nan\n',
    "deep.toml": b"a = " + b"[" * 3000 + b"]" * 3000,
}


def test_a_wrong_file_is_answered_as_by_the_command_line(page: Page, tmp_path):
    page.goto("/")
    sees(page, computed())
    page.get_by_role("button", name="打开文件").click()
    for name, raw in WRONG.items():
        (tmp_path / name).write_bytes(raw)
        asked = [sys.executable, "-m", "simulator", "run", name, "--lang", "zh"]
        run = subprocess.run(asked, cwd=tmp_path, capture_output=True, check=False)
        assert run.returncode == 2
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / name)
        said = page.get_by_test_id("stPopoverBody").get_by_test_id("stText").filter(has_text=f"{name}:")      # not hidden behind it
        lines = [line for line in run.stderr.decode().splitlines() if name in line]
        expect(said).to_have_text("\n".join(lines), use_inner_text=True)
        expect(page.get_by_test_id("stMetricValue")).to_have_text(figures(computed()))     # what was there stays
        page.get_by_role("button", name=re.compile(f"Remove {name}|^Remove")).first.click()
        expect(said).to_have_count(0)


def test_an_event_by_keyboard_a_scenario_kept_and_the_link_to_all_of_it(page: Page, browser, dashboard, dashboard_log):
    page.goto("/")
    sees(page, computed())
    tab(page, "并排比较")
    page.get_by_role("button", name="留下当前情景").click()
    idle(page)
    page.get_by_role("button", name="添加事件").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog")
    choose(page, "发生什么", "提取", "提取")
    choose(page, "理由", "出国", "出国")
    day = form.get_by_role("spinbutton")
    for part, text in zip(day.all(), ("2026", "07", "01")):
        part.click()
        page.keyboard.type(text)
    page.keyboard.press("Escape")                           # the calendar that opened
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    event = {"on": "2026-07-01", "who": "我", "type": "withdraw", "reason": "emigration"}
    mine = simulator.run({**default().data, "events": [*default().data["events"], event], "expect": []})
    sees(page, mine)
    assert mine.total("withdrawn") > 0
    expect(page.get_by_text("✓ 2026-07-01 我 提取")).to_be_visible()
    table = page.get_by_test_id("stTable")
    for result in (mine, computed()):
        expect(table).to_contain_text(figures(result)[0])
    expect(legend(page)).to_have_text(["（表单）昆山", in_language(default().title)])

    tab(page, "保存与下载")
    link = page.get_by_test_id("stCode").first.inner_text().strip()
    assert link.startswith(f"{dashboard}/?s=")
    other = browser.new_context(base_url=dashboard, locale="en-US")
    try:
        again = other.new_page()
        again.goto(f"/?{urlsplit(link).query}")
        sees(again, mine)
        expect(legend(again)).to_have_text(["（表单）昆山", in_language(default().title)])
        expect(again.get_by_text("2026-07-01 · 我 · 提取")).to_be_visible()
    finally:
        other.close()
    assert "?s=" not in dashboard_log.read_text("utf-8") and "withdraw" not in dashboard_log.read_text("utf-8")


def test_why_this_number(page: Page):
    page.goto("/")
    sees(page, computed())
    tab(page, "为什么是这个数")
    choose(page, "哪个月", "2026-12", "2026-12")
    line = computed().explain("2026-12")["interest"]
    expect(page.get_by_role("listitem").filter(has_text=str(line.label)).filter(has_text=line.shown).first).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=str(line.numbers)).first).to_be_visible()


# ── the other pages ────────────────────────────────────────────────────────────────────────────────

def test_regions_are_searched_and_compared(page: Page):
    page.goto("/regions")
    expect(legend(page)).to_have_text(["昆山", "北京", "上海"])
    choose(page, "哪些地区", "420100", "武汉")                     # by code
    page.keyboard.press("Escape")
    expect(legend(page)).to_have_text(["昆山", "北京", "上海", "武汉"])
    table = page.get_by_test_id("stTable").first
    for region in (OWN, OTHER, "shanghai", "hubei/wuhan"):
        expect(table).to_contain_text(figures(computed(region))[0])


def test_a_gap_is_priced(page: Page):
    page.goto("/gap")
    choose(page, "参保地", "dazhou", "达州")
    type_into(page, "断缴几个月", 2)
    idle(page)
    scenario = Scenario.from_dict({
        "region": "sichuan/dazhou", "start": "2026-01", "months": 38, "people": [{
            "name": "我", "birth": "1970-05", "sex": "male", "insured": "employee", "wage": 9000, "contributed_months": 240,
            "medical": {"tertiary": 300}}]})
    back = gaps.gap(scenario, months.month_number("2026-01"), 2, "job_loss", months.day("2026-03-20"))       # when paying begins again
    table = page.get_by_test_id("stTable").first
    expect(table).to_contain_text(tables.yuan(back.late_fee_fen))
    expect(table).to_contain_text(tables.yuan(back.worse_by_fen))
    assert back.late_fee_fen > 0
    expect(legend(page)).to_have_text(["补缴", "不补缴"])


def test_money_is_asked_for(page: Page):
    page.goto("/withdrawal")
    choose(page, "因为什么", "出国", "出国")
    type_into(page, "账户余额（元）", 1234.5)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("¥1,234.50")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("可以")


def test_a_mother_is_added_and_draws(page: Page):
    page.goto("/family")
    page.get_by_role("button", name="添加家人").click()
    type_into(page, "称呼", "母亲")
    type_into(page, "每月药店（元）", 200)
    choose(page, "让 TA 用我的账户", "父母", "父母")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(page.get_by_test_id("stTable").first).to_contain_text("母亲")
    expect(page.get_by_test_id("stTable").first).to_contain_text("✓ 可以")
    expect(legend(page).first).to_have_text("统筹支付")


# ── every page ─────────────────────────────────────────────────────────────────────────────────────

NAMELESS = """() => [...document.querySelectorAll('input, button, [role=combobox], [role=tab], [role=slider]')]
    .filter(one => one.offsetParent && one.tabIndex >= 0 && one.type != 'file' && one.closest('[data-testid=stMain]'))
    .filter(one => !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.innerText.trim() || one.title
                     || one.labels?.length || one.closest('label')?.innerText || one.getAttribute('aria-hidden') == 'true'))
    .map(one => one.outerHTML.slice(0, 200))"""
CHARTS = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg')].map(
    one => one.getAttribute('aria-label') || one.querySelector('[aria-label]')?.getAttribute('aria-label') || '')"""


@pytest.mark.parametrize("page_name", PAGES)
def test_fits_a_phone_in_the_dark_and_names_everything(page: Page, page_name):
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/" if page_name == "account" else f"/{page_name}")
    expect(page.get_by_role("heading").first).to_be_visible()
    idle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = "all => all.flatMap(one => [one, ...one.querySelectorAll('*')]).some(one => one.scrollWidth > one.clientWidth + 1)"
    assert not page.get_by_test_id("stMetricValue").evaluate_all(cut)
    red, green, blue = map(int, re.findall(r"\d+", page.locator("[data-testid=stApp]").evaluate(
        "one => getComputedStyle(one).backgroundColor"))[:3])
    assert max(red, green, blue) < 60                       # dark where the system is
    assert page.evaluate(NAMELESS) == []
    if page_name in ("account", "regions", "gap", "rules"):
        chart = page.get_by_test_id("stVegaLiteChart").locator("svg").first
        expect(chart).to_be_visible()
        box = chart.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert all(len(text) > 10 for text in page.evaluate(CHARTS))    # and says what it shows


def test_what_is_chosen_in_a_tab_is_there_when_one_comes_back(page: Page):
    """The selectors and what they select agree, through other tabs and the other language."""
    mother = {"name": "母亲", "birth": "1950-01", "sex": "female", "insured": "retiree", "pension": 3000}
    family = {**default().data, "expect": [], "people": [*default().data["people"], mother]}
    page.goto(f"/?s={scenario_text.packed(scenario_text.to_toml(family))}")
    idle(page)
    choose(page, "谁的明细", "母亲", "母亲")
    tab(page, "为什么是这个数")
    choose(page, "谁", "母亲", "母亲")
    choose(page, "哪个月", "2026-12", "2026-12")
    tab(page, "逐月明细")
    expect(page.get_by_role("combobox", name="谁的明细")).to_have_value("母亲")
    tab(page, "为什么是这个数")
    expect(page.get_by_role("combobox", name="谁")).to_have_value("母亲")
    expect(page.get_by_role("combobox", name="哪个月")).to_have_value("2026-12")
    closing = simulator.run(family).row("2026-12", "母亲").closing
    expect(page.get_by_text(f"月末余额 {shown(closing)}")).to_be_visible()
    page.get_by_role("radio", name="English").click()
    idle(page)
    expect(page.get_by_role("tab", name="Why this number")).to_have_attribute("aria-selected", "true")
    tab(page, "By month")
    expect(page.get_by_role("combobox", name="Whose months")).to_have_value("母亲")
    tab(page, "Why this number")
    expect(page.get_by_role("combobox", name="Who")).to_have_value("母亲")
    expect(page.get_by_role("combobox", name="Which month")).to_have_value("2026-12")
    expect(page.get_by_text(f"closing balance {shown(closing)}")).to_be_visible()


@pytest.mark.parametrize("day, named", [("2025-01-01", "01-01 stops paying"), ("2026-11-10", "11-10 stops paying")])
def test_no_event_of_a_day_is_cut_off_on_a_phone(page: Page, day, named):
    acts = [{"type": "stop", "cause": "own_choice"}, {"type": "back_pay"}, {"type": "retire"}, {"type": "withdraw", "reason": "free"},
            {"type": "medical", "place": "tertiary", "amount": 300}]
    data = {"region": OTHER, "start": "2025-01", "months": 24, "events": [{"on": day, "who": "Lin", **act} for act in acts], "people": [
        {"name": "Lin", "birth": "1975-03", "sex": "male", "insured": "employee", "wage": 9000, "opening": {"carried": 5200}}]}
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/?lang=en&s={scenario_text.packed(scenario_text.to_toml(data))}")
    idle(page)
    edge = page.get_by_test_id("stVegaLiteChart").locator("svg").first.bounding_box()
    names = [named, "back-payment (refused)", "retires (refused)", "withdraws (refused)", "medical bill"]
    boxes = [chart_texts(page).get_by_text(name, exact=True).bounding_box() for name in names]
    assert all(edge["x"] <= box["x"] and box["x"] + box["width"] <= edge["x"] + edge["width"] for box in boxes)
    assert [box["y"] for box in boxes] == sorted({box["y"] for box in boxes})       # one below the other
    assert len({box["x"] for box in boxes}) == 1
    line = page.get_by_test_id("stVegaLiteChart").locator("svg .mark-line path").first.bounding_box()
    assert line["width"] > 0.7 * edge["width"]              # and the balances have their room


def test_the_language_stays_when_another_page_is_reloaded(page: Page):
    page.goto("/?lang=en")
    idle(page)
    page.get_by_role("link", name="Regions").click()
    page.wait_for_url(re.compile(r"/regions\?lang=en$"))
    page.reload()
    expect(page.get_by_role("heading", name="Regions", exact=True)).to_be_visible()
    idle(page)
    page.get_by_role("radio", name="中文").click()
    page.wait_for_url(re.compile(r"/regions\?lang=zh$"))


def test_no_name_of_a_line_is_lost_where_two_hardly_fit(page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/gap?lang=en")
    expect(legend(page)).to_have_text(["paid back", "not paid back"])
    idle(page)
    edge = page.get_by_test_id("stVegaLiteChart").locator("svg").first.bounding_box()
    assert all(one.bounding_box()["y"] >= edge["y"] for one in legend(page).all())


def test_no_name_of_a_line_is_cut_off_on_a_phone(page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    titles = ("短", in_language(default().title), "一个相当长的名字：改革之后", "也不短的名字")
    kept = [default().data | {"expect": [], "title": title} for title in titles]
    named = [f"（表单）{titles[0]}", *titles[1:]]
    link = "/?" + "&".join(f"s={scenario_text.packed(scenario_text.to_toml(one))}" for one in kept)
    page.goto(link)
    expect(legend(page)).to_have_text(named)
    idle(page)
    edge = page.get_by_test_id("stVegaLiteChart").locator("svg").first.bounding_box()
    boxes = [one.bounding_box() for one in legend(page).all()]
    assert all(edge["x"] <= box["x"] and box["x"] + box["width"] <= edge["x"] + edge["width"] for box in boxes)
    assert len({round(box["y"], -1) for box in boxes}) == len(kept)    # one below the other
    page.set_viewport_size({"width": 1600, "height": 900})
    page.goto(link)
    expect(legend(page)).to_have_text(named)
    idle(page)
    assert len({round(one.bounding_box()["y"], -1) for one in legend(page).all()}) == 2    # where there is room, beside each other
