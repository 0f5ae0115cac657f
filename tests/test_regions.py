"""All of China: which regions there are, that they agree with the tables in data/, and that pages and guide keep up."""
import csv
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest

import simulator
from simulator import checking, money, months, policy
from simulator.coverage import KNOWN, STATES, TOPIC_NAMES, coverage, in_force
from simulator.language import use_language
from simulator.parameters import PARAMETERS
from simulator.wording import rule_text

ROOT = Path(__file__).parent.parent
CHECKED = date(2026, 11, 21)
PROVINCES = [region.id for region in policy.regions("province")]
PARAM_OF = {"medical_base_floor": "contribution.base_floor", "medical_base_ceiling": "contribution.base_ceiling",
            "employer_rate_percent": "contribution.employer_rate", "employee_rate_percent": "contribution.employee_rate",
            "fixed_monthly_yuan": "contribution.fixed_monthly"}


def tool(name):
    """A module of tools/."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return import_module(name)
    finally:
        sys.path.pop(0)


def table(name):
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLE, HISTORY = table("contributions_2026.csv"), table("bases_history.csv")


def text_of(region):
    return (policy.FOLDER / f"{region.id}.toml").read_text("utf-8")


def generated(code):
    return text_of(policy.region(code)).startswith("# Generated")


# ── all of China ──

def test_there_are_all_provinces_and_prefectures():
    assert len(PROVINCES) == 31
    assert len(policy.regions("city")) + 4 >= 337                   # the four municipalities are in the table, too
    assert len(TABLE) == 337
    for row in TABLE:
        found = policy.region(row["adcode"])
        assert found.code == row["adcode"] and found.level == ("province" if row["adcode"].endswith("0000") else "city")


def test_no_two_regions_share_an_id_a_name_or_a_code():
    found = policy.regions()
    for what in ([region.id for region in found], [region.name.zh for region in found],
                 [region.name.en for region in found], [region.code for region in found]):
        assert [one for one, count in Counter(what).items() if count > 1] == []
    for region in found:
        for word in (region.name.zh, region.name.en, region.code):
            assert policy.region(word) is region or policy.region(word).id == region.id, word


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["adcode"])
def test_a_prefecture_is_found_by_the_name_of_the_table(row):
    short = re.sub(r"(市|地区|盟)$", "", row["city"])
    if not row["city"].endswith("自治州"):
        assert policy.region_id(row["city"] if row["city"].endswith("市") else short) == policy.region_id(row["adcode"])


def test_a_city_lies_in_the_province_of_its_code():
    for region in policy.regions("city"):
        assert region.parent.code[:2] == region.code[:2] and region.id.startswith(f"{region.parent.id}/"), region.id


@pytest.mark.parametrize("province", PROVINCES)
def test_what_check_asks_for_every_region_has(province):
    """And more than `check` asks for no test here may demand of a file: who writes one has only that to go by."""
    for report in checking.check_paths([policy.FOLDER / f"{province}.toml", *(policy.FOLDER / province).rglob("*.toml")]):
        assert report.ok and report.kind == "region", report.problems


def begin(region):
    """The first month that is looked at: one region may be known from later on than all others."""
    return months.month_number(max(region.covers, date(2021, 1, 1)))


END = months.month_number("2031-01")


@pytest.mark.parametrize("province", PROVINCES)
def test_one_scenario_runs_everywhere_from_2021_to_2030(province):
    everywhere = [id for id in policy.region_ids() if id == province or id.startswith(f"{province}/")]
    for id in everywhere:
        start = begin(policy.region(id))
        ledger = simulator.run({"region": id, "start": months.month_text(start), "months": END - start, "people": [
            {"name": "Lin", "birth": "1985-03", "sex": "male", "insured": "employee", "wage": 9000.00,
             "medical": {"tertiary": 120.00}}]}).ledger
        assert len(ledger) == END - start and not ledger.isna().any().any(), id
        assert (ledger["base"] > 0).all() and (ledger["credit"] > 0).all(), id


@pytest.mark.parametrize("province", PROVINCES)
def test_no_floor_is_above_its_ceiling(province):
    for id in policy.region_ids():
        if id == province or id.startswith(f"{province}/"):
            start = begin(policy.region(id))
            rules = policy.RuleTable(policy.region(id), start, END - start)
            for turn, row in zip(rules.turns, rules.rows):
                assert row.contribution_base_floor_fen <= row.contribution_base_ceiling_fen, f"{id} {turn}"


def test_a_region_says_what_it_covers_and_how_well():
    for region in policy.regions():
        found = coverage(region)
        if generated(region.id):                            # who keeps a file by hand may say less
            assert region.covers <= date(2021, 1, 1) and region.verified >= CHECKED and region.note.zh and region.note.en
        assert list(found) == list(policy.TOPICS) == list(TOPIC_NAMES)
        assert sum(summary[one] for summary in found.values() for one in STATES) == len(PARAMETERS)


def test_coverage_tells_own_values_from_inherited_and_assumed_ones():
    found = coverage(policy.region("昆山"))
    assert found["contribution"]["state"] == "inherited" and found["contribution"]["from"] == "jiangsu/suzhou"
    assert found["projection"]["state"] == found["projection"]["worst_grade"] == "assumed"
    for region in policy.regions():
        values = policy.rules(region.id).on(region.verified)
        for param, entry in in_force(region).items():
            assert values[param].entry is entry or values[param].projected, (region.id, param)
    assert coverage(policy.region("beijing"))["contribution"]["state"] == "known" and "assumed" not in KNOWN


# ── the tables ──

def claims():
    """(region code, parameter, day, expected) of every figure that the tables have on a city whose file is generated."""
    for row in TABLE:
        if generated(row["adcode"]):
            last = min(filter(None, (row["base_effective_to"], CHECKED.isoformat())))
            for column, param in PARAM_OF.items():
                day = last if "base" in column else CHECKED.isoformat()
                if "base" in column and is_outdone(row):
                    continue
                if row[column] or (column == "medical_base_ceiling" and "ceiling not stated" not in row["note"]):
                    yield row["adcode"], param, day, expected(column, row[column])
    for row in HISTORY:
        if not row["adcode"].endswith("0000") and generated(row["adcode"]) and row["kind"] != "pension":
            for column, param in (("base_floor", "contribution.base_floor"), ("base_ceiling", "contribution.base_ceiling"),
                                  ("employer_rate_percent", "contribution.employer_rate")):
                if row[column]:
                    yield row["adcode"], param, row["effective_from"], expected(column, row[column])


def is_outdone(row):
    """Whether a base is borrowed from pensions though the city has had one of its own."""
    return "pension base used" in row["note"] and any(
        one["adcode"] == row["adcode"] and one["base_floor"] and one["kind"] != "pension" for one in HISTORY)


def test_a_borrowed_base_is_assumed_and_moves_no_city_s_own():
    assert {row["adcode"] for row in TABLE if is_outdone(row)} >= {"210400", "511500"}
    for code, own in (("210400", True), ("210600", False)):         # Fushun, Dandong
        found = policy.rules(code).on(CHECKED)["contribution.base_floor"]
        assert (found.projected, found.entry.region == "liaoning") == (own, not own) and found.grade == ("official" if own else "assumed")


def expected(column, text):
    if not text:
        return money.NO_LIMIT
    return int(Decimal(text) * (10_000 if "percent" in column else 100))


def test_every_value_of_the_tables_is_in_force_or_told_beside_a_disputed_one():
    differ, disputed = [], set()
    for code, param, day, value in claims():
        found = policy.rules(code).on(date.fromisoformat(day))[param]
        compiled = found.compiled if isinstance(found.compiled, int) else found.compiled[0]      # January's is every month's
        if compiled != value:
            other = found.entry.other if found.grade == "disputed" else None
            if other is None or PARAMETERS[param].kind.compile(other) != value:
                differ.append(f"{policy.region(code).id} {param} on {day}: {found.value}, the table has {value}")
            disputed.add(policy.region(code).id)
    assert not differ, "\n".join(differ)
    assert disputed == {"qinghai/haidong"}              # the old rate goes on in transition, or the province's holds at once


def test_a_mismatch_of_the_table_is_disputed_and_a_guess_assumed():
    for row in TABLE:
        if generated(row["adcode"]):
            found = in_force(policy.region(row["adcode"]))
            for column, param in (("base_status", "contribution.base_floor"), ("rate_status", "contribution.employer_rate")):
                entry = found[param]
                assert row[column] != "mismatch" or entry.grade == "disputed", f"{entry.region} {param}"
                if row[column] == "estimated" and not is_outdone(row) and entry.region == policy.region(row["adcode"]).id:
                    assert entry.grade == "assumed", f"{entry.region} {param}"


def test_generated_files_are_what_the_tables_make():
    loader = tool("load_contributions")
    differ = [id for id, text in loader.made().items() if (policy.FOLDER / f"{id}.toml").read_text("utf-8") != text]
    assert not differ, "run: python tools/load_contributions.py --write"


def test_remarks_of_the_tables_are_known_in_chinese_and_none_is_for_nothing():
    loader = tool("load_contributions")
    made = "".join(loader.made().values())
    assert not loader.not_in_chinese, "add them to data/notes_zh.csv"
    assert not [en for en, zh in loader.in_chinese().items() if zh not in made], "nothing says so any more"
    assert loader._note("8.0 + 0.7; a remark that nobody knows") == ['note = "8.0 + 0.7; a remark that nobody knows"']


def test_remarks_say_the_same_figures_in_both_languages():
    def figures(text):
        return {figure for figure in re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d{3})", "", text)) if len(figure) > 2}

    remarks = {note for region in policy.regions() for entries in (region.entries, *(own for _, own in region.plans.values()))
               for dated in entries.values() for entry in dated for note in (entry.note, entry.source.note, region.note)}
    assert len(remarks) > 1500
    assert not [note for note in remarks if figures(note.zh) != figures(note.en)]


def test_a_file_in_other_hands_is_left_alone_and_compared():
    loader = tool("load_contributions")
    assert not set(loader.made()) & set(loader.in_other_hands().values())
    assert "guangdong/shenzhen" in loader.in_other_hands().values() and "guangdong/shenzhen" not in loader.made()
    assert all(id in loader.in_other_hands().values() for id, *_ in loader.differences())


@pytest.mark.parametrize("id, param, day, value, other, grade", [
    ("national", "arrears.retroactive_months", "2026-01-01", {"employer": 999, "own": 3}, None, "secondary"),   # no text limits it not
    ("jiangxi/nanchang", "arrears.retroactive_months", "2026-01-01", {"employer": 999, "own": 3}, None, "secondary"),
    ("beijing", "arrears.retroactive_months", "2026-01-01", {"employer": 999, "own": 3}, None, "secondary"),
    ("national", "aid.wallet_transfers", "2025-09-24", 3, 1, "disputed"),           # 3 × 2,000 a day, or 2,000 in all
    ("shaanxi/xian", "aid.wallet_transfers", "2025-11-04", 1, 3, "disputed"),
    ("national", "arrears.waiver_months", "2022-08-01", 3, None, "assumed"),        # of small employers where the reserve allows
    ("hebei/baoding", "aid.start", "2021-06-01", date(2022, 1, 1), None, "assumed"),
    ("hubei/xiangyang", "aid.start", "2021-06-01", date(2023, 2, 1), None, "assumed"),
    ("national", "aid.start", "2026-01-01", date(2021, 4, 22), None, "assumed"),    # the guideline opens nothing by itself
    ("xinjiang/changji", "contribution.employer_rate", "2024-02-29", Decimal("0.095"), None, "assumed"),
    ("xinjiang/changji", "contribution.employer_rate", "2025-02-28", Decimal("0.075"), None, "reported"),
    ("xinjiang/changji", "contribution.employer_rate", "2025-03-01", Decimal("0.095"), None, "secondary"),
    ("xinjiang/tacheng", "contribution.employer_rate", "2024-03-01", Decimal("0.075"), None, "reported"),
    ("xinjiang/yili", "contribution.employer_rate", "2024-03-01", Decimal("0.075"), None, "secondary"),
    ("xinjiang/yili", "contribution.employer_rate", "2025-03-01", Decimal("0.095"), None, "assumed"),
    ("shanghai", "contribution.employer_rate", "2024-12-01", Decimal("0.09"), Decimal("0.1"), "disputed"),
    ("chongqing", "contribution.base_floor", "2026-01-01", 4553, None, "secondary"),        # a figure for the year
    ("chongqing", "contribution.base_ceiling", "2026-08-25", 22765, None, "secondary"),
    ("tianjin", "contribution.base_floor", "2024-12-31", 5013, None, "reported"),
    ("tianjin", "contribution.base_floor", "2025-09-17", 5013, 5124, "disputed"),           # from January, or from publication
    ("tianjin", "contribution.base_ceiling", "2025-01-01", 25065, 25620, "disputed"),
    ("tianjin", "contribution.base_ceiling", "2025-09-18", 25620, None, "official"),
])
def test_what_sources_leave_open_is_not_shown_as_sure(id, param, day, value, other, grade):
    span = policy.rules(id).on(day)[param]
    assert (span.value, span.entry.other, span.grade) == (value, other, grade)
    assert span.entry.note or grade in policy.GRADES[:3]


@pytest.mark.parametrize("id", ["shandong/weihai", "hubei/jingzhou"])
def test_long_residence_elsewhere_opens_the_account_in_two_more_cities(id):
    assert "remote_residence" in policy.rules(id).on("2026-01-01")["withdrawal.reasons"].value
    assert "remote_residence" not in policy.rules(id.split("/")[0]).on("2026-01-01")["withdrawal.reasons"].value


def test_facts_on_single_cities_name_what_they_rest_on():
    codes = {row["adcode"]: row["name_zh"] for row in table("prefectures.csv")}
    for row in table("city_facts.csv"):
        assert codes[row["adcode"]] == row["city"] and row["param"].removeprefix("pool_only.") in PARAMETERS, row
        assert bool(row["value"]) == bool(row["value"] and row["from"] and row["grade"] and row["source"]), row


def test_a_premium_below_an_employer_s_has_no_account():
    """Unless its note says that it has one; on the day of the tables."""
    found = set()
    for region in policy.regions():
        rules = simulator.rules(region.id).on(CHECKED)
        flexible, employer = rules["contribution.flexible_rate"], rules["contribution.employer_rate"]
        is_own = flexible.entry.region == region.id and "有个人账户" not in flexible.entry.note.zh.replace("无个人账户", "")
        if is_own and flexible.compiled < employer.compiled:
            assert rules["credit.flexible_rate"].compiled == 0, region.id
            found.add(region.id)
    assert {"jilin/yanbian", "yunnan/lincang", "hebei/baoding", "hebei/cangzhou", "hebei/shijiazhuang", "guizhou/guiyang"} <= found


def test_what_ends_on_a_stated_day_is_a_projection_after_it():
    found = set()
    for region in policy.regions():
        for param, dated in region.entries.items():
            for entry in dated:
                if stated := re.search(r"有效期[\d-]+至([\d-]+)", entry.note.zh):
                    last = date.fromisoformat(stated[1])
                    assert policy.value_on(policy.spans(region, param), date(last.year + 1, 12, 31)).projected, (region.id, param)
                    found.add((region.id, last))
    assert found == {("sichuan/bazhong", date(2027, 1, 15)), ("hubei/suizhou", date(2028, 12, 31)), ("guangxi/guilin", date(2030, 12, 31))}
    for city, last in found:
        before, after = (policy.value_on(policy.spans(policy.region(city), "contribution.employer_rate"), day)
                         for day in (last, date.fromordinal(last.toordinal() + 1)))
        assert not before.projected and after.projected and before.compiled == after.compiled


@pytest.mark.parametrize("city, plan, premium_fen, credit_fen", [
    ("sichuan/panzhihua", "", 72630, 15292),            # 7,646 × 9.5 % = 726.37, printed as 726.3; 2 % = 152.92
    ("sichuan/panzhihua", "pool_only", 38230, 0),       # 7,646 × 5 % = 382.30
    ("sichuan/neijiang", "", 50500, 12120),             # 5,433.25 × 9.3 % = 505.29, in whole yuan; credited 121.20 as published
    ("hubei/suizhou", "", 38691, 8598),                 # 4,299 × 9 % and 2 %
    ("hubei/suizhou", "pool_only", 30093, 0),           # 4,299 × 7 %
    ("sichuan/zigong", "", 69000, 0),                   # 10,000 × 6.9 %
    ("neimenggu/chifeng", "pool_only", 60000, 0),       # 10,000 × 6 %
    ("shandong/zibo", "", 90000, 20000),                # 10,000 × 9 %
    ("shandong/zibo", "pool_only", 70000, 0),
    ("shandong/qingdao", "pool_only", 70000, 0),        # the city's own 9 % hides the province's plan: it has one itself
    ("jilin/yanbian", "", 42000, 0),                    # 10,000 × 4.2 %
])
def test_flexible_workers_pay_and_are_credited_as_published(city, plan, premium_fen, credit_fen):
    ledger = simulator.run({"region": city, "start": "2026-03", "months": 1, "people": [
        {"name": "Lin", "birth": "1990-01", "sex": "male", "insured": "flexible", "wage": 10000.00, "plan": plan}]}).ledger
    assert (ledger.premium_paid.iloc[0], ledger.credit.iloc[0]) == (premium_fen / 100, credit_fen / 100)


def test_pages_are_what_the_region_files_make():
    folder = ROOT / "docs" / "regions"
    made = tool("region_pages").pages()
    there = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    assert set(made) == set(there), "run: python tools/region_pages.py"
    assert not [name for name, text in made.items() if text != there[name]], "run: python tools/region_pages.py"


def values_written(value):
    """A value of a region file and all that stands in it."""
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from values_written(inner)


def test_values_are_read_in_chinese_and_as_written_in_english():
    entries = {(entry.param, str(value)): value for region in policy.regions()
               for tables in (region.entries, *(own for _, own in region.plans.values())) for dated in tables.values()
               for entry in dated for value in (entry.value, entry.other) if value is not None}
    for kind in PARAMETERS.values():
        for word in (*getattr(kind.kind, "options", ()), *getattr(kind.kind, "words", ()), *getattr(kind.kind, "known", ())):
            entries[kind.name, word] = word
    for (param, _), value in entries.items():
        use_language("zh")
        zh = rule_text(param, value)
        use_language("en")
        en = rule_text(param, value)
        use_language("zh")
        assert zh and not re.search("[a-zA-Z]", zh), (param, zh)
        words = [str(one).replace("_", " ") for one in values_written(value) if not isinstance(one, dict | list) and one != 999]
        assert all(word in en for word in words) and all(word in zh for word in words if not re.search("[a-z]", word)), (param, en, zh)
    assert rule_text("credit.employee_age_bands", [{"below": 45, "rate": 1}, {"rate": 2}], "\n") == "不满 45 岁，比例 1\n满 45 岁，比例 2"
    assert rule_text("waiting.months", {"flexible": [{"over": 3, "months": 6}]}) == "灵活就业：断缴超过 3 个月，等待 6 个月"
    assert rule_text("credit.retiree_monthly", [{"below": 70, "amount": 1}, {"below": 80, "amount": 2}, {"amount": 999}]) == (
        "不满 70 岁，1；满 70 岁不满 80 岁，2；满 80 岁，999")
    assert [rule_text(param, 999) for param in ("aid.people", "pooling.senior_ages", "pooling.ceiling")] == ["不限", "无", "999"]
    assert rule_text("credit.employee_age_bands", []) == "无"
    use_language("en")
    assert rule_text("credit.retiree_monthly", [{"below": 70, "amount": 1}, {"below": 80, "amount": 2}, {"amount": 3}]) == (
        "below 70, amount 1; from 70, below 80, amount 2; from 80, amount 3")
    assert rule_text("pooling.deductible", {"retiree_senior": 1}) == "retiree senior: 1"
    use_language("zh")


# ── speed ──

def test_all_regions_load_in_a_moment():
    code = ("import time; from simulator import policy; start = time.process_time(); policy.region('national'); "
            "nation = time.process_time(); policy.region('guangdong/shantou'); one = time.process_time() - nation; "
            "policy.regions(); print(one, time.process_time() - start)")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    one, everything = map(float, run.stdout.split())
    assert one < 0.02 and everything < 1.5, f"one region with its province {one:.3f} s, all {everything:.2f} s"


# ── the guide ──

FILLED = {"code": "419099", "parent": "henan", "grade": "reported", "floor": 4000.00, "ceiling": 20000.00,
          "employer_rate": 0.085, "retiree_amount": 80.00, "deductible": 300.00}
GUIDES = {"en": ROOT / "docs" / "adding-a-region.md", "zh": ROOT / "docs" / "adding-a-region.zh-CN.md"}


def filled(text):
    """The template with every placeholder replaced, amounts without quotes."""
    def replaced(match):
        value = FILLED.get(match[1], f"some {match[1]}")
        return f'"{value}"' if isinstance(value, str) else str(value)
    return re.sub(r'"〈(\w+)〉"', replaced, text)


def test_the_template_is_valid_once_it_is_filled_in(tmp_path):
    template = (ROOT / "docs" / "region-template.toml").read_text("utf-8")
    file = tmp_path / "jiyuan.toml"
    file.write_text(filled(template), "utf-8")
    report, = checking.check_paths([file])
    assert report.ok and report.kind == "region", report.problems
    assert policy.read_region(file).parent.id == "henan"


@pytest.mark.parametrize("lang", GUIDES)
def test_the_shortest_file_of_the_guide_is_all_that_is_needed(tmp_path, lang):
    """Wherever it lies: what the tests above ask of a region, it has."""
    file = tmp_path / "my-city.toml"
    shortest = re.search(r"```toml\n(.*?)```", GUIDES[lang].read_text("utf-8"), re.S)[1]
    for id, text in (None, shortest), ("hubei/mycity", shortest.replace('parent   = "hubei"\n', "")):
        file.write_text(text, "utf-8")
        region = policy.read_region(file, id, thorough=True)
        assert begin(region) == months.month_number("2023-07") and region.parent.id == "hubei"
        table = policy.RuleTable(region, begin(region), END - begin(region))
        assert table.row(months.month_number("2025-10")).contribution_base_floor_fen == 429_900
    assert policy.region_id(region.code) is None            # nobody else's


def test_the_template_tells_what_is_still_to_be_filled_in():
    path = ROOT / "docs" / "region-template.toml"
    lines = path.read_text("utf-8").splitlines()
    report, = checking.check_paths([path])
    told = {problem.line for problem in report.problems}
    for number, line in enumerate(lines, 1):
        if '"〈' in line:
            assert number in told or number - 5 in told, line               # a long entry is named by its first line


def test_the_messages_of_the_guide_are_those_of_the_program():
    program = "".join((ROOT / "simulator" / name).read_text("utf-8") for name in ("policy.py", "parameters.py", "problems.py"))
    for lang, heading in (("en", "| message |"), ("zh", "| 提示 |")):
        block = GUIDES[lang].read_text("utf-8").split(heading)[1].split("\n\n")[0]
        for line in block.splitlines()[2:]:
            for part in re.split(r"[…?？；;]", line.split("|")[1]):
                assert part.strip(" ,，") in program, part
