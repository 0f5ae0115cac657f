"""Many runs: what comes out is what each run alone comes to, whatever runs it, kills it or goes wrong beside it."""
import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from test_cli import command, read_terminal  # noqa: F401  (the first is a fixture)
from test_shards import bytes_of, finished, small_disk, wait_for, workers_of  # noqa: F401  (a fixture)

import simulator
from simulator import batches, money, proof, shards
from simulator.batches import SUMMED, Batch, Plan, batch, decimals, fen_of
from simulator.checking import check_file
from simulator.columns import COLUMNS, MONEY_COLUMNS
from simulator.language import use_language
from simulator.problems import InputError
from simulator.spreadsheet import Sheet, workbook
from simulator.sweep import read_sweep

KILLS = int(os.environ.get("KILLS", "3"))
GALLERY = Path(__file__).parent.parent / "scenarios"
BASE = """title = "基准"
region = "beijing"
start = "2025-01"
months = 12
[[people]]
name = "我"
birth = "1980-05"
sex = "male"
insured = "employee"
wage = 10000
medical = { pharmacy = 60.00, tertiary = 200.00 }
[[expect]]
month = "2025-01"
credit = 200.00
"""
SWEEP = """title = "扫描"
base = "base.toml"

[grid]
region = ["beijing", "上海"]
"people.我.wage" = { from = 5000, to = 20000, step = 1500 }
rules.credit.employee_rate = [0.02, 0.015]

[[cases]]
name = "照常"
[[cases]]
name = "失业"
set = { events = [{ on = 2025-04-01, who = "我", type = "stop", cause = "job_loss" }] }
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder to run, and us beside it: a base, a sweep over it, and two of the gallery."""
    monkeypatch.chdir(tmp_path)
    folder = Path("files")
    folder.mkdir()
    (folder / "base.toml").write_text(BASE, "utf-8")
    (folder / "sweep.toml").write_text(SWEEP, "utf-8")
    for name in ("shenzhen_tiers", "kunshan"):
        (folder / f"{name}.toml").write_bytes((GALLERY / f"{name}.toml").read_bytes())
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept") / "out"


@pytest.fixture
def done(files, tmp_path, kept):
    """A finished batch of that folder; run once, and copied."""
    if not kept.exists():
        batch(files, kept, workers=2)
    shutil.copytree(kept, tmp_path / "out")
    return Batch(tmp_path / "out", Plan.of([files]))


def records(path):
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


# ── what comes out ─────────────────────────────────────────────────────────────────────────────────

def test_every_run_comes_to_what_it_comes_to_alone(done, files):
    import pyarrow.dataset
    sweep = read_sweep(files / "sweep.toml")
    runs = {1: simulator.run(files / "base.toml"), 2: simulator.run(files / "kunshan.toml"),
            3: simulator.run(files / "shenzhen_tiers.toml")}
    runs |= {4 + number: simulator.run(sweep.scenario(number)) for number in range(len(sweep))}
    assert len(sweep) == 2 * 2 * 11 * 2 and done.runs == len(runs) and done.problems == []
    table = pyarrow.dataset.dataset(done.folder / "ledger").to_table()
    assert table.column_names == ["run", *COLUMNS]
    assert {str(table.schema.field(name).type) for name in MONEY_COLUMNS} == {"decimal128(18, 2)"}
    expected = [{"run": run, **{name: Decimal(value).scaleb(-2) if name in MONEY_COLUMNS else value
                                for name, value in record.items()}} for run, result in runs.items() for record in result.records()]
    assert table.to_pylist() == expected
    rows = records(done.folder / "summary.csv")
    assert [(int(row["run"]), row["person"]) for row in rows] == [(run, person) for run, one in runs.items() for person in one.people]
    for row in rows:
        result = runs[int(row["run"])]
        assert {name: row[name] for name in SUMMED} == {name: money.plain(fen) for name, fen in result.summary(row["person"]).items()}
        assert row["lowest_grade"] == result.lowest_grade and row["projected_from"] == str(result.projected_from or "")


def test_the_table_says_what_was_varied(done):
    frame = done.summary
    of_sweep = frame[frame.run > 3]
    assert list(of_sweep["set.people.我.wage"][:4]) == [5000, 5000, 6500, 6500] and frame["set.people.我.wage"][:3].isna().all()
    assert set(of_sweep["set.case"]) == {"照常", "失业"} and set(of_sweep.region) == {"beijing", "shanghai"}
    assert list(of_sweep["set.rules.credit.employee_rate"][:2]) == [Decimal("0.020000"), Decimal("0.015000")]
    assert of_sweep.name.iloc[1] == "基准 case=照常 region=beijing wage=5000 employee_rate=0.015"
    # by hand: 12 × 9,500 × 2 %, and three months of it before the stop
    at = {(row["set.case"], row.region, row["set.people.我.wage"], str(row["set.rules.credit.employee_rate"])): row.credit
          for _, row in of_sweep.iterrows()}
    assert at["照常", "beijing", 9500, "0.020000"] == 2280 and at["失业", "beijing", 9500, "0.020000"] == 570


def test_the_workbook_and_the_report_are_for_people(done):
    book = load_workbook(done.folder / "summary.xlsx")
    head = [cell.value for cell in book["概要"][1]]
    assert head[:5] == ["序号", "情景", "文件", "方案", "参保地（设定）"] and book["概要"].freeze_panes == "A2"
    rows = list(book["概要"].iter_rows(min_row=2, values_only=True))
    varied = [head.index(name) for name in ("方案", "people.我.wage", "rules.credit.employee_rate")]
    of_sweep = [tuple(row[place] for place in varied) for row in rows if row[0] > 3]
    assert of_sweep[:3] == [("照常", 5000, 0.02), ("照常", 5000, 0.015), ("照常", 6500, 0.02)]      # numbers, where all are
    assert [row[varied[1]] for row in rows[:3]] == [None] * 3
    assert len(rows) == len(done.summary) and rows[0][head.index("期末余额")] == float(done.summary.closing[0])
    page = (done.folder / "report.html").read_text("utf-8")
    page, pictures = re.subn("data:image/png;base64,[^\"]*", "", page)
    assert '<html lang="zh-CN">' in page and "91 次运行，0 次失败" in page and "people.我.wage" in page
    assert pictures == 2 and not re.findall(r"(?:https?:)?//|@import|url\(|<script|<link", page)
    assert {path.name for path in (done.folder / "charts").iterdir()} == {"balance.png", "varied.png"}


def test_one_region_under_several_names_stays_told_apart(files, tmp_path):
    (files / "sweep.toml").write_text('base = "base.toml"\n[grid]\nregion = ["上海", "shanghai", "310000", "beijing"]\n', "utf-8")
    for language, expected in (("zh", ["上海", "上海 (shanghai)", "上海 (310000)", "北京"]),
                               ("en", ["Shanghai (上海)", "Shanghai (shanghai)", "Shanghai (310000)", "Beijing"])):
        use_language(language)
        page = (batch(files / "sweep.toml", tmp_path / language).folder / "report.html").read_text("utf-8")
        table = page.split("<h3>")[1].split("</table>")[0]
        assert re.findall("<tr><td>(.*?)</td>", table) == expected


@pytest.mark.parametrize("language, expected", [
    ("zh", ["参保地（设定）", "月数（设定）", "起始月（设定）", "参保地", "起始月", "月数"]),
    ("en", ["Region (as set)", "Months (as set)", "Start (as set)", "Region", "Start", "Months"])])
def test_no_two_columns_of_the_workbook_have_one_heading(files, tmp_path, language, expected):
    (files / "sweep.toml").write_text('base = "base.toml"\n[grid]\nregion = ["beijing"]\nmonths = [2]\nstart = ["2025-02"]\n', "utf-8")
    use_language(language)
    head = [cell.value for cell in load_workbook(batch(files / "sweep.toml", tmp_path / "out").folder / "summary.xlsx").worksheets[0][1]]
    assert [name for name in head if name in expected] == expected and len(set(head)) == len(head)


@pytest.mark.parametrize("given, kept", [
    ("[6000, 12000.50]", [6000, 12000.5]), ('[6000, "7000"]', ["6000", "7000"])])
def test_a_column_of_the_workbook_is_numbers_where_all_of_it_are(files, tmp_path, given, kept):
    (files / "sweep.toml").write_text(f'base = "base.toml"\n[grid]\n"people.我.wage" = {given}\n', "utf-8")
    page = load_workbook(batch(files / "sweep.toml", tmp_path / "out").folder / "summary.xlsx").worksheets[0]
    (place,) = (cell.column for cell in page[1] if cell.value == "people.我.wage")
    assert [row[place - 1].value for row in page.iter_rows(min_row=2)] == kept


def test_a_page_of_a_stranger_s_words_runs_nothing(tmp_path):
    text = BASE.replace("基准", "=1+1").replace("我", "<img src=x onerror=alert(1)>")
    (tmp_path / "a.toml").write_text(text, "utf-8")
    (tmp_path / "s.toml").write_text('base = "a.toml"\n[grid]\ntitle = ["=2", "<script>"]\n', "utf-8")
    done = batch(tmp_path, tmp_path / "out")
    page = (done.folder / "report.html").read_text("utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page and "onerror=alert(1)>" not in page
    assert records(done.folder / "summary.csv")[0]["name"] == "'=1+1"
    assert not [cell for sheet in load_workbook(done.folder / "summary.xlsx") for row in sheet for cell in row if cell.data_type == "f"]


def test_decimals_are_whole_fen_read_with_two_places():
    import pyarrow as pa
    fen = [0, 1, -1, 12345, -99, 10**15, -10**15]
    column = pa.chunked_array([decimals(fen), decimals(fen[:3])]).slice(2)
    assert column.to_pylist() == [Decimal(one).scaleb(-2) for one in (fen + fen[:3])[2:]]
    assert list(fen_of(column)) == (fen + fen[:3])[2:]


def test_english_is_complete(files, tmp_path, command):  # noqa: F811
    code, out, err = command("batch", files, "--out", tmp_path / "out", "--lang", "en")
    assert code == 0 and "91 runs, 0 failed" in out and err == ""
    page = re.sub(r"base64,[^\"]*", "", (tmp_path / "out" / "report.html").read_text("utf-8"))
    for word in ("扫描", "我", "照常", "失业", "基准"):             # what the files themselves say
        page = page.replace(word, "")
    assert not re.findall("[一-鿿]", re.sub("font:[^;]*", "", page))
    assert load_workbook(tmp_path / "out" / "summary.xlsx").sheetnames == ["Summary", "About"]


# ── what is wrong ──────────────────────────────────────────────────────────────────────────────────

def test_nothing_to_run_is_said(tmp_path):
    with pytest.raises(InputError, match="没有可运行的情景"):
        simulator.batch([], out=tmp_path / "out")
    for workers in (0, -1, "2", True, 1.5):
        with pytest.raises(InputError, match=f"workers – 应为整数且 ≥ 1，现为 {workers!r}"):
            simulator.batch(GALLERY, out=tmp_path / "out", workers=workers)
    assert not (tmp_path / "out").exists()


def test_a_bad_scenario_stops_nothing_else(files, tmp_path, command):  # noqa: F811
    (files / "bad.toml").write_text(BASE.replace("wage = 10000", "wage = -5").replace("male", "mail"), "utf-8")
    (files / "broken.toml").write_text("title = \nmonths = 3\n", "utf-8")
    (files / "latin.toml").write_bytes(b"title = '\xe9'")
    (files / "expects.toml").write_text(BASE + '[[expect]]\nmonth = "2025-01"\ncredit = 200.01\n', "utf-8")
    (files / "orphan.toml").write_text('base = "nowhere.toml"\n[grid]\nregion = "all"\n', "utf-8")
    (files / "folder.toml").mkdir()
    code, out, _ = command("batch", files, "--out", tmp_path / "out", "--lang", "en")
    assert code == 1 and "97 runs, 5 failed" in out and "bad.toml:10: people[0].wage" in out
    problems = {(Path(row["file"]).name, row["line"], row["key"]) for row in records(tmp_path / "out" / "problems.csv")}
    assert problems == {("bad.toml", "10", "people[0].wage"), ("bad.toml", "8", "people[0].sex"), ("broken.toml", "1", ""),
                        ("latin.toml", "0", ""), ("folder.toml", "0", ""), ("expects.toml", "17", "expect 2025-01 我 credit"),
                        ("orphan.toml", "1", "base")}
    assert len({row["run"] for row in records(tmp_path / "out" / "summary.csv")}) == 92
    report = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "bad.toml:10" in report and "97 runs, 5 failed" in report
    code, out, _ = command("batch", files, "--out", tmp_path / "out", "--lang", "en", "--resume", "--json")
    assert code == 1 and len(json.loads(out)["problems"]) == 7
    assert (json.loads(out)["runs"], json.loads(out)["failed"]) == (97, 5)


def test_what_ends_alike_is_named_in_full(files, tmp_path):
    (files / "s.toml").write_text('base = "base.toml"\n[grid]\npeople.0.wage = [8000]\nrules.contribution.employee_rate = [0.02]\n'
                                  'rules.credit.employee_rate = [0.01]\n')
    assert set(simulator.batch(files / "s.toml", tmp_path / "out", workers=1).summary.name) == {
        "基准 wage=8000 rules.contribution.employee_rate=0.02 rules.credit.employee_rate=0.01"}


def test_a_bad_value_of_a_sweep_is_said_once_with_its_line(files, tmp_path):
    (files / "sweep.toml").write_text(SWEEP.replace('["beijing", "上海"]', '["beijing", "bejing"]'), "utf-8")
    done = batch(files / "sweep.toml", tmp_path / "out")
    problem, = done.problems
    assert (problem["line"], problem["key"], problem["runs"], problem["first_run"]) == (5, "region", 44, 23)
    assert done.found.failed == 44 and len(done.summary) == 44 and "beijing" in problem["message"]


def test_a_fault_of_ours_is_reported_and_stops_nothing(files, tmp_path, monkeypatch):
    from simulator import engine
    run = engine.run
    monkeypatch.setattr(engine, "run", lambda scenario: 1 // 0 if scenario.title.startswith("昆山职工：") else run(scenario))
    done = batch(files, tmp_path / "out", workers=1)
    assert repr(done) == f"<Batch: {tmp_path / 'out'}, {done.runs} 次运行>"
    problem, = done.problems
    assert problem["first_run"] == 2 and "ZeroDivisionError" in problem["message"] and done.found.failed == 1


@pytest.mark.parametrize("text, line, said", [
    ('base = "base.toml"\n', 0, "nothing varies"),
    ('[grid]\nregion = ["beijing"]\n', 0, "needs a scenario to vary"),
    ('base = "base.toml"\n[grid]\nregion = []\n', 3, "should be a list"),
    ('base = "base.toml"\n[grid]\nregion = "beijng"\n', 3, "allowed: all, province, city, county"),
    ('base = "base.toml"\n[grid]\nmonths = { from = 1, to = 5, step = 0 }\n', 3, "a step above 0"),
    ('base = "base.toml"\n[grid]\nmonths = { from = 1, to = 5e30, step = 1e-9 }\n', 3, "a step above 0"),
    ('base = "base.toml"\n[grid]\nstart = { from = "2025-01", to = "2025-13", step = 1 }\n', 3, "months such as"),
    ('base = "base.toml"\ngird = { region = "all" }\n', 2, "did you mean grid?"),
    ('base = "base.toml"\n[[cases]]\nnmae = "a"\n', 3, "did you mean name?"),
    ('base = "base.toml"\n[[cases]]\nname = "a"\n[[cases]]\nname = "a"\n', 5, "used twice"),
    ('base = "base.toml"\n[grid]\na = { from = 1, to = 5000, step = 1 }\nb = { from = 1, to = 5000, step = 1 }\n', 2, "at most 1,000,000"),
])
def test_a_sweep_that_cannot_be_is_refused_with_its_line(files, tmp_path, command, text, line, said):  # noqa: F811
    (files / "wrong.toml").write_text(text, "utf-8")
    code, _, err = command("batch", files / "wrong.toml", "--out", tmp_path / "out", "--lang", "en")
    assert code == 2 and said in err and (f"wrong.toml:{line}:" in err if line else True), err
    assert not (tmp_path / "out").exists()


def test_all_that_is_wrong_with_a_sweep_is_said_at_once(files):
    (files / "wrong.toml").write_text('base = "nowhere.toml"\ntite = "x"\n[grid]\nmonths = { from = 5, to = 2, step = -1 }\n'
                                      '[[cases]]\nnam = "a"\n', "utf-8")
    with pytest.raises(InputError) as error:
        read_sweep(files / "wrong.toml")
    assert [(one.line, one.key) for one in error.value.problems] == [
        (1, "base"), (2, "tite"), (4, "grid.months"), (5, "cases[0].name"), (6, "cases[0].nam")]
    (files / "wrong.toml").write_text('base = "base.toml"\n[grid]\nregon = ["kunshan"]\nrules.credit.employe_rate = [0.02]\n'
                                      "people.0.wge = [1]\npeople.3.wage = [2]\n", "utf-8")
    with pytest.raises(InputError) as error:
        read_sweep(files / "wrong.toml").scenario(0)
    assert {(one.line, one.key) for one in error.value.problems} == {
        (3, "regon"), (4, "rules.credit.employe_rate"), (5, "people[0].wge"), (6, "people.3.wage")}


def test_what_a_sweep_can_say(files):
    def sweep(text):
        (files / "s.toml").write_text(f'base = "base.toml"\n{text}', "utf-8")
        return read_sweep(files / "s.toml")
    assert len(sweep('[grid]\nregion = "province"\n')) == len(simulator.regions("province"))
    found = sweep('[grid]\nstart = { from = "2024-11", to = "2025-02", step = 1 }\nrules.credit.employee_rate = [0.01]\n')
    assert [found.scenario(number).start - 2024 * 12 for number in range(len(found))] == [10, 11, 12, 13]
    assert found.scenario(0).rules["credit.employee_rate"][0]["from"].isoformat() == "2024-11-01"     # from the run's own start
    found = sweep('[[cases]]\nname = "a"\nset = { region = "深圳", people.0.plan = "二档", "people.0.medical" = { primary = 1.50 } }\n')
    assert found.names(0) == {"case": "a"} and found.base_text == BASE
    found = sweep("[grid]\nrules.contribution.fixed_monthly = [{ from = 1, to = 2, step = 1 }]\n")
    with pytest.raises(InputError):
        found.scenario(0)
    (files / "base.toml").write_text((GALLERY / "shenzhen_tiers.toml").read_text("utf-8"), "utf-8")
    moved = sweep('[grid]\nregion = ["beijing"]\n').scenario(0)
    assert any(person.plan for person in simulator.load(files / "base.toml").people)
    assert not any(person.plan for person in moved.people) and not moved.expect         # a plan that Beijing does not have


# ── going on, and not mixing ───────────────────────────────────────────────────────────────────────

def test_threads_processes_and_this_process_write_the_same_bytes(done, files, tmp_path):
    batch(files, tmp_path / "alone", workers=1)
    with ThreadPoolExecutor(2) as pool:
        simulator.batch([files], out=tmp_path / "threads", executor=pool)
    assert bytes_of(tmp_path / "alone") == bytes_of(tmp_path / "threads") == bytes_of(done.folder)
    assert len(bytes_of(done.folder)) == 2 * len(done.plan.pieces()) + 9


def test_other_scenarios_another_language_or_other_code_is_another_run(done, files, command, monkeypatch):  # noqa: F811
    def refused(*more):
        code, _, err = command("batch", files, "--out", done.folder, "--lang", "en", *more)
        assert code == 2
        return err
    assert "--resume" in refused()
    assert "(other language, it was --lang zh)" in refused("--resume")
    (files / "base.toml").write_text(BASE.replace("10000", "10001"), "utf-8")
    code, _, err = command("batch", files, "--out", done.folder, "--resume")
    assert code == 2 and "不同之处：情景，即 base.toml、sweep.toml）" in err and "另选文件夹" in err
    (files / "base.toml").write_text(BASE, "utf-8")
    monkeypatch.setattr(shards, "provenance", lambda: {**PROVENANCE, "rules": "changed"})
    code, _, err = command("batch", files, "--out", done.folder, "--resume")
    assert code == 2 and "（不同之处：地区规则）" in err
    code, out, _ = command("verify", done.folder)
    assert code == 0 and "由另一版本写成（不同之处：地区规则），未复算：请用写成它的版本核对" in out
    code, out, _ = command("verify", done.folder, "--lang", "en")
    assert code == 0 and "written by another version (other rules of regions); verify it with that one" in out


def test_a_run_goes_on_by_whatever_path_its_files_are_called(files, tmp_path, monkeypatch):
    (files / "orphan.toml").write_text('base = "nowhere.toml"\n[grid]\nregion = "all"\n', "utf-8")
    batch(files, tmp_path / "undisturbed")
    shutil.copytree(tmp_path / "undisturbed", tmp_path / "out")
    (tmp_path / "out" / "summary.csv").unlink()             # so that there is something left to do
    other = tmp_path / "other"
    shutil.copytree(files, other)
    (other / "base.toml").write_text(BASE.replace("10000", "10001"), "utf-8")
    with pytest.raises(InputError, match=r"另一次运行（不同之处：情景，即 base.toml、sweep.toml）"):
        batch(other, tmp_path / "out", resume=True)
    with pytest.raises(InputError, match=r"即 sweep.toml、base.toml、kunshan.toml、shenzhen_tiers.toml、orphan.toml）"):
        batch([files / "sweep.toml", files], tmp_path / "out", resume=True)      # the same in another order
    monkeypatch.chdir(files)
    for called in (tmp_path / files.name, "."):
        found = batch(called, tmp_path / "out", resume=True)
        assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "undisturbed") and found.runs == 92 and found.found.failed == 1


PROVENANCE = shards.provenance()


def test_a_worker_of_another_version_is_not_believed(files, tmp_path, monkeypatch):
    piece = Plan.of([files]).pieces()[0]
    monkeypatch.setattr(shards, "provenance", lambda: {**PROVENANCE, "code": "older"})
    with pytest.raises(InputError, match="版本不同"):
        batches.work(*piece.arguments)


# ── proof ──────────────────────────────────────────────────────────────────────────────────────────

def test_verify_says_what_was_altered(done, command):  # noqa: F811
    code, out, _ = command("verify", done.folder, "--lang", "en")
    assert code == 0 and "computed 3 pieces again (" in out and "files are as the manifest says" in out
    summary = done.folder / "summary.csv"
    summary.write_bytes(summary.read_bytes().replace(b"2280.00", b"2280.01", 1))
    code, out, _ = command("verify", done.folder, "--lang", "en")
    assert code == 1 and "summary.csv: was altered" in out and "computed" not in out.split("not computed")[0]
    data = json.loads(command("verify", done.folder, "--json")[1])
    assert data["ok"] is False and data["problems"][0]["file"].endswith("summary.csv")
    assert command("verify", done.folder.parent)[0] == 2


def test_a_run_that_is_not_finished_is_not_called_altered(files, tmp_path, command, monkeypatch):  # noqa: F811
    monkeypatch.setattr(batches, "merge", lambda plan, done: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        batch(files, tmp_path / "out")
    code, out, _ = command("verify", tmp_path / "out", "--lang", "en")
    assert code == 1 and "not finished: go on with --resume" in out and "altered" not in out
    assert "尚未完成" in command("verify", tmp_path / "out")[1]


def test_a_file_or_nothing_is_no_folder_of_results(tmp_path, command):  # noqa: F811
    (tmp_path / "a.csv").write_bytes(b"1")
    code, _, err = command("verify", tmp_path / "a.csv", "--lang", "en")
    assert code == 2 and "a.csv – is a file, and no folder of results" in err
    assert command("verify", tmp_path / "none")[0] == 2
    with pytest.raises(InputError, match="不是结果文件夹"):
        proof.verify(str(tmp_path / "a.csv"))


def alter(folder, name, change, **more):
    """Change a file of results, and the manifest with it, so that all hashes are right."""
    path = folder / name
    content = change(path.read_bytes())
    assert content != path.read_bytes()
    path.write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_bytes()) | more
    next(files for files in (manifest["outputs"], *manifest["pieces"].values()) if name in files)[name] = shards.hash_of(content)
    manifest["sha256"] = shards._digest(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert shards.verify(folder) == []


@pytest.mark.parametrize("key, value, said", [
    ("kind", [], "an unknown kind of run"), ("language", "fr", "the manifest or an input was altered")])
def test_an_about_that_we_do_not_write_is_no_fault_of_the_program(done, command, key, value, said):  # noqa: F811
    manifest = json.loads((done.folder / "manifest.json").read_bytes())
    manifest["about"][key] = value
    (done.folder / "manifest.json").write_text(json.dumps({**manifest, "sha256": shards._digest(manifest)}), "utf-8")
    code, out, _ = command("verify", done.folder, "--lang", "en")
    assert code == (key == "language") and said in out


def test_who_alters_the_hashes_too_is_found_by_computing_again(done):
    part = done.folder / "runs" / "part-00003.json"
    alter(done.folder, "runs/part-00003.json", lambda content: content.replace(b'"closing":', b'"closing":1', 1))
    found = proof.verify(done.folder, sample=1000)
    assert found.problems[0].file == str(part) and "computed again" in found.problems[0].message.en
    assert {Path(problem.file).name for problem in found.problems[1:]} >= {"summary.csv", "summary.parquet", "summary.xlsx"}
    alter(done.folder, "runs/part-00003.json", lambda content: content[:-9])
    problem, = proof.verify(done.folder, sample=0).problems
    assert "cannot be built again" in problem.message.en


RESULTS = ("summary.csv", "summary.parquet", "summary.xlsx", "problems.csv", "charts/balance.png", "charts/varied.png", "report.html")


def repacked(content, change=lambda member: member):
    """A workbook as another zlib would pack it."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(sink, "w") as after:
        for one in before.infolist():
            after.writestr(one, change(before.read(one)), zipfile.ZIP_STORED)
    return sink.getvalue()


def test_tables_that_contradict_the_pieces_are_found_with_right_hashes_too(done):
    alter(done.folder, "summary.csv", lambda content: content.replace(b"2280.00", b"2280.01", 1))
    alter(done.folder, "summary.parquet", lambda content: content + b" ")
    alter(done.folder, "summary.xlsx", lambda content: repacked(content, lambda one: one.replace(b"<v>2280.00</v>", b"<v>2281</v>", 1)))
    alter(done.folder, "problems.csv", lambda content: content + b"a.toml,,,all is lost,1,1\n")
    alter(done.folder, "charts/balance.png", lambda content: content + b" ")
    alter(done.folder, "report.html", lambda content: content.replace(b"<td>91</td>", b"<td>92</td>", 1))
    found = proof.verify(done.folder, sample=0)
    assert [problem.file for problem in found.problems] == [str(done.folder / name) for name in RESULTS if name != "charts/varied.png"]
    assert found.rebuilt == RESULTS and {problem.message.en for problem in found.problems} == {
        "comes out otherwise when built again from the pieces"}


def test_a_table_that_follows_from_nothing_and_a_piece_left_out_are_found(done):
    manifest = json.loads((done.folder / "manifest.json").read_bytes())
    (done.folder / "more.csv").write_bytes(b"1")
    with_more = manifest["outputs"] | {"more.csv": shards.hash_of(b"1")}
    alter(done.folder, "problems.csv", lambda content: content + b"\n", outputs=with_more)
    assert [Path(problem.file).name for problem in proof.verify(done.folder, sample=0).problems] == ["problems.csv", "more.csv"]
    *_, last = manifest["pieces"]
    for name in manifest["pieces"].pop(last):
        (done.folder / name).unlink()
    alter(done.folder, "problems.csv", lambda content: content[:-1], outputs=with_more, pieces=manifest["pieces"])
    problem, = proof.verify(done.folder).problems
    assert "other pieces" in problem.message.en


def test_a_workbook_packed_otherwise_is_the_same_and_one_that_cannot_be_unpacked_is_not(tmp_path):
    content = workbook([Sheet("a", ("b",), ("",), [["c"], [1]])])
    for other, is_same in ((content, True), (repacked(content), True), (content[:-30], False), (b"", False),
                           (repacked(content, lambda member: member.replace(b"<v>1</v>", b"<v>2</v>")), False)):
        (tmp_path / "a.xlsx").write_bytes(other)
        assert proof._is_same(content, tmp_path / "a.xlsx", shards.hash_of(other)) is is_same


def test_pictures_drawn_with_other_fonts_are_not_called_altered(done, monkeypatch):
    use_language("en")                                      # it was run in Chinese
    found = proof.verify(done.folder)
    assert found.ok and "built 7 files of results again" in found.note.en and "pictures" not in found.note.en
    monkeypatch.setattr(shards, "drawn_with", lambda: {"font": "another"})
    monkeypatch.setattr("simulator.report.figures", lambda *_: {"balance": b"other", "varied": b"other"})
    found = proof.verify(done.folder)
    assert found.ok and "built 5 files of results again" in found.note.en and "2 pictures not compared" in found.note.en
    alter(done.folder, "report.html", lambda content: content.replace(b"<td>91</td>", b"<td>92</td>", 1))
    assert [Path(problem.file).name for problem in proof.verify(done.folder).problems] == ["report.html"]


def test_a_run_of_another_version_is_not_computed_again(done, monkeypatch):
    monkeypatch.setattr(shards, "provenance", lambda: {**PROVENANCE, "code": "newer"})
    found = proof.verify(done.folder)
    assert found.ok and not found.recomputed and "another version (other code)" in found.note.en


# ── killed ─────────────────────────────────────────────────────────────────────────────────────────

def started(files, out, *more, **options):
    return subprocess.Popen([sys.executable, "-m", "simulator", "batch", files, "--out", out, "--resume", *more],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find the workers")
def test_killed_in_the_middle_it_goes_on_and_ends_in_the_same_bytes(done, files, tmp_path):
    out, expected = tmp_path / "again", bytes_of(done.folder)
    count, met_halfway = len(done.plan.pieces()), 0
    for kill in range(KILLS):
        process, before = started(files, out, "--workers", "2"), len(finished(out))
        wait_for(lambda process=process, before=before: process.poll() is not None or len(finished(out)) > before)
        if kill % 2 and len(children := workers_of(process.pid)) > 2:
            os.kill(children[-1], signal.SIGKILL)
            time.sleep(0.2)
        process.kill()
        process.wait()
        assert before <= len(finished(out)) <= count
        met_halfway += len(finished(out)) < count
        if not (out / "journal.jsonl").exists():            # done already: once more from the start
            shutil.rmtree(out)
    assert started(files, out).wait() == 0
    assert bytes_of(out) == expected and met_halfway


def test_a_full_disk_is_said_and_more_room_lets_it_go_on(done, files, small_disk, command):  # noqa: F811
    out = small_disk / "out"
    code, _, err = command("batch", files, "--out", out, "--workers", 1, "--lang", "en")
    assert code == 1 and err == "stopped: No space left on device. What is finished is kept: go on with --resume.\n"
    assert 0 < len(finished(out)) < len(done.plan.pieces())
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    assert command("batch", files, "--out", out, "--resume")[0] == 2            # it was an English run
    assert command("batch", files, "--out", out, "--resume", "--lang", "en")[0] == 0
    assert bytes_of(out).keys() == bytes_of(done.folder).keys()
    assert command("verify", out)[0] == 0


def test_progress_is_for_a_terminal_only(files, tmp_path):
    import pty
    leader, follower = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "simulator", "batch", files, "--out", tmp_path / "out", "--lang", "en"],
                               stdout=subprocess.PIPE, stderr=follower, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"})
    os.close(follower)
    shown = read_terminal(leader)
    assert process.wait() == 0 and b"91/91" in shown and b"/s" in shown
    assert b"91 runs" in process.stdout.read() and b"91 runs" not in shown
    process.stdout.close()


def test_what_the_tables_need_is_looked_for_first(files, command, monkeypatch):  # noqa: F811
    monkeypatch.setattr(batches, "find_spec", lambda name: None if name == "pyarrow" else name)
    code, _, err = command("batch", files, "--out", "out", "--lang", "en")
    assert code == 2 and "pyarrow – a batch needs: pip install" in err and not Path("out").exists()


@pytest.mark.parametrize("key", ["people.0.wage", "people.Lin.wage", "region"])
def test_a_case_does_not_set_what_the_grid_sets(tmp_path, key):
    (tmp_path / "first.toml").write_text('region = "beijing"\nstart = "2025-01"\nmonths = 2\n[[people]]\nname = "Lin"\n'
                                         'birth = "1988-03"\nsex = "male"\ninsured = "employee"\nwage = 8000\n')
    value = '"shanghai"' if key == "region" else "12000"
    sweep = tmp_path / "sweep.toml"
    sweep.write_text(f'base = "first.toml"\n[grid]\nregion = ["beijing"]\npeople.0.wage = [5000]\n[[cases]]\nname = "c"\n'
                     f'set = {{ {key} = {value} }}\n')
    report = check_file(sweep)
    assert [problem.line for problem in report.problems] == [3 if key == "region" else 4]
    assert "twice" in report.problems[0].message.en


def test_a_grid_that_is_too_large_is_said_to_be_that_alone(tmp_path):
    (tmp_path / "first.toml").write_text("")
    sweep = tmp_path / "sweep.toml"
    sweep.write_text('base = "first.toml"\n[grid]\npeople.0.wage = { from = 1, to = 1000000, step = 0.01 }\n')
    assert [problem.key for problem in check_file(sweep).problems] == ["grid"]
