"""The command line: what it prints, what it writes, and how it refuses."""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len

from simulator import batches, cli, labels, shards
from simulator.columns import INFLOWS, OUTFLOWS
from simulator.populations import run as populations

SCENARIO = Path(__file__).parent.parent / "scenarios" / "beijing_employee.toml"


@pytest.fixture
def command(capsys):
    """Runs a command line in this process; gives (exit code, out, err)."""
    def run(*arguments):
        with pytest.raises(SystemExit) as done:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return done.value.code or 0, out, err
    return run


COMMANDS = ("run", "explain", "compare", "batch", "verify", "can-withdraw", "late-fee", "retirement", "rules", "regions", "check", "app")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_json_and_lang(command, name):
    code, out, _ = command(name, "--help")
    assert code == 0 and "--json" in out and "--lang" in out


def test_the_language_may_come_before_the_command(command):
    late_fee = ("late-fee", "1200", "2025-01-16", "2025-03-31")
    for language in ("zh", "en"):
        assert command("--lang", language, *late_fee) == command(*late_fee, "--lang", language)
    assert "Run one scenario" in command("--lang", "en")[1]     # and what there is to do, where no command comes


def test_a_file_for_another_command_is_named_as_such(command, tmp_path):
    sweep = tmp_path / "sweep.toml"
    sweep.write_text(f'base = "{SCENARIO}"\n[grid]\nregion = ["beijing"]\n')
    national = Path(SCENARIO).parent / "population" / "national.toml"
    asked = [(sweep, "run", (), "batch"), (national, "explain", ("2024-01",), "population"), (national, "run", (), "population"),
             (SCENARIO, "population", ("--out", tmp_path / "o"), "run"), (sweep, "population", ("--out", tmp_path / "o"), "batch")]
    for file, name, more, right in asked:
        code, _, err = command(name, file, *more, "--lang", "en")
        assert code == 2 and len(err.splitlines()) == 2 and err.endswith(f"run it with `simulator {right}`\n")


def test_a_wrong_table_is_quoted_as_the_file_has_it(command, tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text(Path(SCENARIO).read_text() + "\n[aid]\nshare = [0.02, 1]\n")
    assert "is {share = [0.02, 1]}" in command("run", file, "--lang", "en")[2]


def test_help_speaks_both_languages(command):
    assert "运行一个情景" in command("--help", )[1]
    assert "Run one scenario" in command("run", "--help", "--lang", "en")[1]


def test_run_shows_the_year_and_what_it_rests_on(command):
    code, out, _ = command("run", SCENARIO, "--lang", "zh")
    assert code == 0
    for expected in ("北京职工", "5,500.00", "7,923.82", "23.82", "官方原文"):
        assert expected in out, expected


MOVER = '{name = "A", birth = "1985-01", sex = "male", insured = "employee", wage = 12000.0, opening = {carried = 5500.0}}'
HELPED = '{name = "B", birth = "1986-01", sex = "female", insured = "employee", wage = 5000.0, medical = {pharmacy = 300.0}}'


@pytest.mark.parametrize("people, has, has_not", [
    ((MOVER, HELPED), ("Transferred in", "Transferred out", "Credit of back-payments", "Aid given"), ("Aid received", "Withdrawn")),
    ((HELPED, MOVER), ("Aid received",), ("Transferred in", "Aid given"))])
def test_every_row_of_the_years_adds_up(command, tmp_path, people, has, has_not):
    """A move over the turn of the year, a gap that is paid back, and aid: whatever occurs has a column of its own."""
    case = tmp_path / "case.toml"
    case.write_text(f'''
region = "jiangsu/suzhou"
start = "2024-10"
months = 20
people = [{", ".join(people)}]
aid = [{{from = "A", to = "B", relation = "spouse", since = "2024-10"}}]
events = [
    {{on = 2024-12-23, who = "A", type = "move", region = "shaanxi/xian"}},
    {{on = 2025-05-01, who = "A", type = "stop", cause = "employer_arrears"}},
    {{on = 2025-09-01, who = "A", type = "resume"}},
    {{on = 2025-09-18, who = "A", type = "back_pay"}}]
''', "utf-8")
    table = [line.strip() for line in command("run", case, "--lang", "en")[1].splitlines() if re.match(r" +(year|20\d\d|total) ", line)]
    heads, *rows = [re.split(r"\s{2,}", line) for line in table]
    assert set(has) < set(heads) and not set(has_not) & set(heads) and [row[0] for row in rows] == ["2024", "2025", "2026", "total"]
    data = json.loads(command("run", case, "--json")[1])
    assert [one["year"] for one in data["years"]] == [2024, 2025, 2026]
    for row, summary in zip(rows, [*data["years"], data["summary"]], strict=True):
        shown = {head: round(float(cell.replace(",", "")) * 100) for head, cell in zip(heads[1:], row[1:], strict=True)}
        fen = {name: shown.get(label.en, 0) for name, label in labels.COLUMNS.items()}
        assert fen["opening"] + sum(fen[name] for name in INFLOWS) - sum(fen[name] for name in OUTFLOWS) == fen["closing"]
        assert fen["medical"] == fen["reimbursed"] + fen["spent"] + fen["aid_received"] + fen["cash_paid"]
        assert all(round(summary[name] * 100) == fen[name] for name in (*INFLOWS, *OUTFLOWS, "opening", "closing", "aid_received"))


def test_run_in_english_has_no_chinese_but_names(command):
    _, out, _ = command("run", SCENARIO, "--lang", "en")
    assert "Closing balance" in out and "Rests on" in out and "月末" not in out


def test_run_json_is_the_ledger_in_yuan(command):
    data = json.loads(command("run", SCENARIO, "--json")[1])
    assert data["summary"]["closing"] == 7923.82
    assert data["ledger"][2]["interest"] == 5.16 and data["ledger"][2]["month"] == "2025-03"


def test_run_writes_ledgers_and_plots(command, tmp_path):
    for name in ("o.csv", "o.json", "o.parquet", "o.png", "o.svg"):
        option = "--plot" if name.endswith(("png", "svg")) else "--out"
        assert command("run", SCENARIO, option, tmp_path / name)[0] == 0
    text = (tmp_path / "o.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfmonth,person,region,status,base,opening,credit")
    assert "2025-03,我,beijing,employee,10000.00,5900.00,200.00,0.00,5.16" in text.decode("utf-8-sig")
    import pandas as pd
    frame = pd.read_parquet(tmp_path / "o.parquet")
    assert str(frame.closing.iloc[-1]) == "7923.82"
    assert (tmp_path / "o.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in tmp_path.iterdir()} == {"o.csv", "o.json", "o.parquet", "o.png", "o.svg"}


def test_a_wrong_ending_or_folder_writes_nothing(command, tmp_path):
    code, _, err = command("run", SCENARIO, "--out", tmp_path / "o.xls", "--lang", "en")
    assert code == 2 and "did you mean .xlsx?" in err
    code, _, err = command("run", SCENARIO, "--out", tmp_path / "o.docx", "--lang", "en")
    assert code == 2 and ".csv, .parquet, .xlsx, .json, .beancount" in err
    code, _, err = command("run", SCENARIO, "--out", tmp_path / "none" / "o.csv", "--lang", "en")
    assert code == 2 and "no such folder" in err
    assert not list(tmp_path.iterdir())


def test_wrong_input_is_said_with_file_line_and_way_out(command, tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text(SCENARIO.read_text("utf-8").replace('region = "beijing"', 'region = "bejing"'), "utf-8")
    code, out, err = command("run", file, "--out", tmp_path / "o.csv", "--lang", "en")
    assert code == 2 and out == ""
    assert "wrong.toml:3: region – no such region: bejing; did you mean beijing?" in err
    assert not (tmp_path / "o.csv").exists()
    data = json.loads(command("run", file, "--json")[1])
    assert data["problems"][0]["line"] == 3 and data["problems"][0]["nearest"] == "beijing"


def test_set_changes_the_scenario(command):
    data = json.loads(command("run", SCENARIO, "--set", "people.0.wage=20000", "--set", "expect=[]", "--json")[1])
    assert data["ledger"][0]["credit"] == 400.0


def test_a_figure_that_is_not_as_expected_is_exit_1(command):
    code, _, err = command("run", SCENARIO, "--set", "people.0.wage=20000", "--lang", "en")
    assert code == 1 and "expected 200.00, found 400.00" in err


def test_rules_are_a_list_of_values_with_sources(command):
    found = json.loads(command("rules", "昆山", "--on", "2025-07-01", "--param", "contribution.base_floor", "--json")[1])
    assert [(one["param"], one["value"], one["unit"], one["from"], one["until"]) for one in found] == [
        ("contribution.base_floor", 4952, "yuan", "2025-01-01", "2025-12-31")]
    assert found[0]["grade"] == "reported" and "苏人社发〔2025〕33号" in found[0]["source"]["title"]
    history = json.loads(command("rules", "beijing", "--param", "contribution", "--history", "--json")[1])
    assert len([one for one in history if one["param"] == "contribution.base_floor"]) >= 7
    assert command("rules", "beijing", "--on", "2025-7-1")[0] == 2
    code, _, err = command("rules", "beijing", "--param", "contribution.base_flor", "--lang", "en")
    assert code == 2 and "contribution.base_floor" in err


def test_rules_on_the_screen_name_grade_and_source(command):
    _, out, _ = command("rules", "北京", "--on", "2025-07-01", "--param", "contribution.base_floor")
    assert "7162" in out and "官方原文" in out and "京人社发〔2025〕11号" in out


@pytest.mark.parametrize("region", ["beijing", "shanghai", "昆山", "national"])
def test_all_rules_of_a_region_print_and_are_json(command, region):
    code, out, _ = command("rules", region, "--lang", "en")
    assert code == 0 and "withdrawal.free_balance_until" in out
    assert len(json.loads(command("rules", region, "--json", "--history")[1])) > 100


def test_the_other_source_of_a_disputed_value_is_one_set_away(command):
    assert "17613" in command("rules", "天津", "--on", "2021-06-01", "--param", "contribution.base_ceiling")[1]
    scenario = SCENARIO.parent / "tianjin_split_2021.toml"
    out = command("run", scenario, "--set", "start=2021-06", "--set", "expect=[]", "--lang", "en")[1]
    assert "try --set rules.contribution.base_ceiling=17613" in out
    command("run", scenario, "--set", "start=2021-06", "--set", "expect=[]", "--set", "rules.contribution.base_ceiling=17613.00")


def read_terminal(leader):
    """All that is written to a terminal until nobody holds it any more."""
    shown = b""
    try:
        while chunk := os.read(leader, 4096):
            shown += chunk
    except OSError:                                         # the end of a terminal
        pass
    return shown


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_no_amount_is_cut_on_a_narrow_terminal(columns):
    import pty
    leader, follower = pty.openpty()
    code = f"from simulator import cli; cli.main(['run', {str(SCENARIO)!r}, '--lang', 'en'])"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=follower, stderr=subprocess.STDOUT,
                               env={**os.environ, "COLUMNS": str(columns), "TERM": "dumb"})
    os.close(follower)
    shown = read_terminal(leader)
    assert process.wait() == 0
    assert shown.count(b"7,923.82") == 2 and "…".encode() not in shown.split(b"Rests")[0].split(b"\n", 1)[1]


def test_regions_lists_every_region(command):
    found = json.loads(command("regions", "--json")[1])
    kunshan = next(one for one in found if one["id"] == "jiangsu/suzhou/kunshan")
    assert kunshan["name_zh"] == "昆山" and kunshan["parent"] == "jiangsu/suzhou" and kunshan["code"] == "320583"
    assert set(kunshan) == {"id", "name_zh", "name_en", "code", "parent", "level", "covers", "grades"}
    assert set(kunshan["covers"]) == {"from", "until"}
    assert {one["level"] for one in json.loads(command("regions", "--level", "province", "--json")[1])} == {"province"}
    assert "北京" in command("regions")[1]


def test_check_goes_on_after_a_bad_file(command, tmp_path):
    (tmp_path / "a.toml").write_text("title = 3", "utf-8")
    (tmp_path / "b.toml").write_text(SCENARIO.read_text("utf-8"), "utf-8")
    (tmp_path / "c.toml").write_text('name_zh = "某市"', "utf-8")
    code, out, _ = command("check", tmp_path, "--lang", "en")
    assert code == 2 and "1 passed, 2 failed" in out and "name_en" in out
    data = json.loads(command("check", tmp_path, "--json")[1])
    assert [(Path(one["file"]).name, one["kind"], one["ok"]) for one in data] == [
        ("a.toml", "scenario", False), ("b.toml", "scenario", True), ("c.toml", "region", False)]


def test_a_reader_that_goes_away_is_no_error():
    script = f"{sys.executable} -m simulator regions --json | head -1"
    done = subprocess.run(script, shell=True, capture_output=True, text=True, check=True)  # noqa: S602  # a pipe is what is tested
    assert done.stdout.strip() == "[" and done.stderr == ""


def test_light_commands_import_nothing_heavy():
    code = ("import sys, simulator; simulator.run; from simulator import cli, engine;"
            "print([name for name in ('pandas', 'matplotlib', 'streamlit', 'numba', 'pyarrow') if name in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_language_can_be_chosen_before_anything_else_is_used():
    code = ("import sys, simulator; simulator.language.use_language('en');"
            "print(*sorted(name for name in sys.modules if name.startswith('simulator'))); simulator.rules('nowhere')")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "simulator simulator.language\n" and "no such region: nowhere" in done.stderr


def test_late_fee_retirement_and_withdrawal_answer_in_json(command):
    fee = json.loads(command("late-fee", "10000", "2024-01-01", "2024-01-30", "--json")[1])
    assert (fee["days"], fee["fee"]) == (30, 150.0)
    born = json.loads(command("retirement", "1965-12", "--sex", "male", "--json")[1])
    assert born.pop("sources")[0]["param"] == "retirement.delay_start"
    assert born == {"month": "2026-03", "delay_months": 3, "age": "60y3m"}
    taken = json.loads(command("can-withdraw", "昆山", "--reason", "death", "--balance", "5000", "--json")[1])
    assert (taken["allowed"], taken["amount"]) == (True, 5000.0) and taken["reason"] and taken["sources"][0]["title"]
    refused = json.loads(command("can-withdraw", "昆山", "--reason", "free", "--json")[1])
    nothing = json.loads(command("can-withdraw", "beijing", "--reason", "death", "--balance", "0", "--json")[1])
    assert nothing["allowed"] and nothing["amount"] == 0
    for reason in ("free", "emigration", "enlisted"):
        assert json.loads(command("can-withdraw", "beijing", "--reason", reason, "--json")[1])["sources"]
    assert refused["allowed"] is False and refused["amount"] == 0 and refused["sources"]


def test_the_same_answers_on_the_screen_in_both_languages(command):
    assert "150.00 元" in command("late-fee", "10000", "2024-01-01", "2024-01-30")[1]
    out = command("late-fee", "10000", "2011-06-01", "2011-07-30", "--lang", "en")[1]
    assert "750.00 yuan" in out and out.count("source:") == 3      # both rates, each with its law, and the rounding
    named = [one["param"] for one in json.loads(command("late-fee", "1200", "2000-01-01", "2026-01-01", "--json")[1])["sources"]]
    assert named == ["arrears.late_fee_daily_rate"] * 2 + ["arrears.fee_rounding", "arrears.fee_cap"]      # 13,257.00: no cap
    assert "12.00 yuan" in command("late-fee", "1000", "1999-01-25", "1999-01-30", "--lang", "en")[1]
    known = "TO – the rules of Dazhou are known from 2021-01-01 on; for an earlier day leave out --region (national rules)"
    for days, wrong in ((("2020-02-16", "2020-12-31"), known),
                        (("1998-12-13", "2021-01-01"), "FROM – no rate of late fees is known before 1998-12-14")):
        code, _, err = command("late-fee", "1000", *days, "--region", "dazhou", "--lang", "en")
        assert code == 2 and wrong in err
    assert "2020-02-16 to 2021-01-01" in command("late-fee", "1000", "2020-02-16", "2021-01-01", "--region", "dazhou", "--lang", "en")[1]
    assert "60 岁 3 个月" in command("retirement", "1965-12", "--sex", "male")[1]
    assert command("can-withdraw", "beijing", "--reason", "serious_illness", "--lang", "en")[1].startswith("no")


def test_what_is_wrong_in_several_places_is_said_at_once(command, tmp_path):
    code, _, err = command("explain", SCENARIO, "2027-03", "--who", "Li", "--lang", "en")
    assert code == 2 and "2027-03 – should be a month" in err and "who – nobody of that name: Li" in err
    code, _, err = command("run", "nope.toml", "--out", tmp_path / "l.foo", "--plot", tmp_path / "x.foo", "--lang", "en")
    assert code == 2 and err.count("no such file format") == 2 and "nope.toml: cannot read" in err
    code, _, err = command("run", SCENARIO, "--out", tmp_path / "l.foo", "--set", "colour=red", "--set", "months", "--lang", "en")
    assert code == 2 and "no such file format" in err and "should be key=value" in err
    code, _, err = command("run", SCENARIO, "--out", tmp_path / "l.foo", "--set", "colour=red", "--lang", "en")
    assert code == 2 and "no such file format" in err and "colour – unknown key" in err


def test_a_career_is_for_women_only_as_in_a_scenario(command):
    code, _, err = command("retirement", "1975年3月", "--sex", "f", "--career", "work", "--lang", "en")
    assert [line.split(" ")[0] for line in err.splitlines()[1:]] == ["BIRTH", "--sex", "--career"]
    code, _, err = command("run", SCENARIO, "--set", "people.Lyn.wage=3", "--set", "regon=x", "--set", "people.3.wage=1",
                           "--set", "rules.credit.employe_rate=0.02", "--lang", "en")
    assert code == 2 and [line.split("=")[0] for line in err.splitlines()[1:]] == [
        "--set people.Lyn.wage", "--set people.3.wage", "--set regon", "--set rules.credit.employe_rate"]
    code, _, err = command("retirement", "1975", "--sex", "male", "--career", "cadre", "--lang", "en")
    assert code == 2 and "--career – `cadre` is for women only" in err and "BIRTH – should be a month" in err
    for who in (("male", "worker"), ("female", "cadre")):
        assert command("retirement", "1975-03", "--sex", who[0], "--career", who[1])[0] == 0


def test_a_comma_parts_thousands_and_nothing_else(command):
    days = ("2024-01-01", "2024-01-30")
    for amount in ("10,000", "10，000.00", "1,000,000"):
        assert command("late-fee", amount, *days)[1] == command("late-fee", amount.replace(",", "").replace("，", ""), *days)[1]
    for amount in ("12,00", "1,2", ",100", "1000,000", "1,000,00", "100,"):
        code, _, err = command("late-fee", amount, *days, "--lang", "en")
        assert code == 2 and f"commas part thousands only, and a point the fen, as in 1,200.00: {amount}" in err


@pytest.mark.parametrize("arguments", [
    ("late-fee", "ten", "2024-01-01", "2024-01-30"), ("late-fee", "10", "2024-01-30", "2024-01-01"),
    ("late-fee", "10", "2024-13-01", "2024-01-30"), ("retirement", "1965", "--sex", "male"),
    ("can-withdraw", "beijing", "--reason", "fun"), ("can-withdraw", "beijing", "--reason", "death", "--balance", "1.005"),
    ("can-withdraw", "nowhere", "--reason", "death"), ("run", "nowhere.toml"), ("check", "nowhere.toml")])
def test_wrong_questions_are_exit_2(command, arguments):
    assert command(*arguments)[0] == 2


def test_compare_puts_regions_side_by_side(command, tmp_path):
    out = command("compare", SCENARIO, "--regions", "beijing,上海", "--plot", tmp_path / "o.png", "--out", tmp_path / "o.csv")[1]
    assert "北京" in out and "上海" in out and "7,923.82" in out
    assert (tmp_path / "o.csv").read_text("utf-8-sig").startswith("scenario,month,person")
    found = json.loads(command("compare", SCENARIO, "--regions", "beijing,上海", "--json")[1])
    assert [one["region"] for one in found] == ["beijing", "shanghai"]
    code, _, err = command("compare", SCENARIO, "--regions", "beijing,nowhere", "--lang", "en")
    assert code == 2 and "nowhere" in err


def test_the_same_region_is_compared_once(command):
    found = json.loads(command("compare", SCENARIO, "--regions", "shanghai,beijing,,上海,310000", "--json")[1])
    assert [(one["region"], one["against"]) for one in found] == [("shanghai", "北京"), ("beijing", "北京")]
    assert found[1]["difference"] == 0
    assert command("compare", SCENARIO, "--regions", ",,", "--lang", "en")[2].splitlines()[1:] == ["--regions – names no region"]


def test_regions_are_measured_by_the_one_of_the_file(command):
    out = command("compare", SCENARIO, "--regions", "shanghai,beijing", "--lang", "en")[1]
    assert "against Beijing" in out
    assert "against the first" in command("compare", SCENARIO, "--regions", "beijing,shanghai", "--lang", "en")[1]
    assert "against Beijing" in command("compare", SCENARIO, "--regions", "all", "--lang", "en")[1]


def test_compare_shows_what_makes_its_numbers_doubtful(command, tmp_path):
    file = tmp_path / "w.toml"
    file.write_text(SCENARIO.read_text("utf-8").split("[[expect]]")[0].replace("months = 12", "months = 120")
                    + '[[events]]\non = 2025-05-06\nwho = "我"\ntype = "withdraw"\nreason = "serious_illness"\n', "utf-8")
    out = command("compare", file, "--regions", "beijing,shanghai", "--lang", "en")[1].splitlines()
    assert out[1].split()[-3:] == ["projected", "from", "refused"]
    assert all(re.search(r" 20\d\d-\d\d +1$", line.rstrip()) for line in out[3:5])
    assert "projected" not in command("compare", SCENARIO, "--regions", "beijing,shanghai", "--lang", "en")[1]


def test_json_of_a_run_holds_what_the_screen_says(command):
    code, out, err = command("run", SCENARIO.parent / "tianjin_split_2021.toml", "--set", "start=2021-06", "--set",
                             "expect=[{month='2021-07', closing=1.23}]", "--json", "--lang", "en")
    data = json.loads(out)
    assert code == 1 and data["unexpected"] == err.splitlines()
    ceiling = next(one for one in data["disputed_values"] if one["param"] == "contribution.base_ceiling")
    assert ceiling["try"].startswith("rules.contribution.base_ceiling=17613") and ceiling["other"] == 17613
    assert data["grades"]["disputed"] >= 1 and set(data["grades"]) == {"official", "reported", "secondary", "assumed", "disputed"}


def test_a_port_that_is_taken_is_refused(command):
    import socket
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, out, err = command("app", "--port", taken.getsockname()[1], "--lang", "en", "--json")
    assert code == 2 and "--port" in err and "url" not in out


def test_no_file_is_written_over_that_is_read_and_a_link_stays_one(command, tmp_path):
    file, link = tmp_path / "s.csv", tmp_path / "link.csv"
    file.write_text(SCENARIO.read_text("utf-8"), "utf-8")
    link.symlink_to(file)
    for out in (file, link):
        for name in ("run", "compare"):
            assert command(name, file, "--out", out)[0] == 2 and file.read_text("utf-8") == SCENARIO.read_text("utf-8")
    assert command("run", SCENARIO, "--out", link)[0] == 0
    assert link.is_symlink() and file.read_text("utf-8-sig").startswith("month,")
    link.unlink()
    link.symlink_to(tmp_path / "nowhere" / "x.csv")
    code, _, err = command("run", SCENARIO, "--plot", tmp_path / "p.png", "--out", link, "--lang", "en")
    assert code == 2 and "link.csv – no such folder" in err and not (tmp_path / "p.png").exists()


def test_a_reader_of_problems_who_has_gone_changes_no_exit_code():
    with subprocess.Popen([sys.executable, "-m", "simulator", "retirement", "1970-01", "--sex", "f", "--json", "--lang", "en"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        started.stdout.close()
        err = started.stderr.read().decode()
    assert started.returncode == 2 and "cannot be f" in err and "Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full")
def test_problems_are_said_where_the_output_is_full():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "simulator", "run", "nofile.toml", "--json", "--lang", "en"], stdout=full,
                              stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2 and done.stderr == "1 problem(s) with the input:\nnofile.toml: cannot read: No such file or directory\n"


@pytest.mark.parametrize("name", ["batch", "population"])
def test_a_cluster_that_loses_its_workers_is_said(command, monkeypatch, tmp_path, name):
    @contextmanager
    def cluster(_):
        try:
            yield None
        except ZeroDivisionError as error:
            raise BrokenExecutor from error

    monkeypatch.setattr(shards, "cluster", cluster)
    for module in (batches, populations):
        monkeypatch.setattr(module, name, lambda *_: 1 / 0, raising=False)
    assert command(name, SCENARIO, "--out", tmp_path / "o", "--scheduler", "tcp://x:1", "--lang", "en") == (
        1, "", "stopped: a worker process died.\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_not_replaced_by_a_file(command, tmp_path):
    pipe = tmp_path / "p.csv"
    os.mkfifo(pipe)
    code, _, err = command("run", SCENARIO, "--out", pipe, "--lang", "en")
    assert code == 2 and "is no ordinary file" in err and pipe.is_fifo()


def test_a_wide_table_comes_in_several_on_a_narrow_terminal(monkeypatch, command):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    for line in (("run", SCENARIO), ("compare", SCENARIO, "--regions", "beijing,shanghai"), ("compare", SCENARIO, "--regions", "all")):
        table = command(*line, "--lang", "en")[1].split("Rests on")[0]
        assert all(cell_len(row) <= 80 for row in table.splitlines())
        assert "Own premium" in table and table.count("year" if line[0] == "run" else "compared") > 1


def test_help_is_in_chinese_throughout(command):
    for line in (("population",), ("late-fee",), ()):
        out = command(*line, "--help", "--lang", "zh")[1]
        assert not re.search("Usage|Options|Arguments|Commands|OPTIONS|required|default|Show", out) and "用法：" in out
        assert "Usage: " in command(*line, "--help", "--lang", "en")[1]


def test_run_says_what_was_granted_and_refused(command, tmp_path):
    text = SCENARIO.read_text("utf-8").split("# 10,000")[0] + '''
[[events]]
on = 2025-05-06
who = "我"
type = "withdraw"
reason = "serious_illness"
'''
    (tmp_path / "w.toml").write_text(text, "utf-8")
    out = command("run", tmp_path / "w.toml", "--lang", "en")[1]
    assert "2025-05-06" in out and "does not pay out" in out


@pytest.mark.parametrize("line, zh, en", [
    ("runn", "没有这个命令：runn；是否想写 run？", "no such command: runn; did you mean run?"),
    ("run x.toml --ouut y", "--ouut – 没有这个选项；是否想写 --out？", "--ouut – no such option; did you mean --out?"),
    ("late-fee 100 2025-01-01", "TO – 必须填写", "TO – is missing"), ("batch x", "--out – 必须填写", "--out – is missing"),
    ("run x.toml --out", "--out – 后面要有值", "--out – needs a value"),
    ("batch x --resume=3", "--resume – 后面不能有值", "--resume – takes no value"),
    ("rules beijing too", "多出来的参数：too", "unexpected argument: too"),
    ("retirement 1975-03 --sex f", "--sex – 不能是 f；可用：male、female", "--sex – cannot be f; allowed: male, female"),
    ("retirement 1975-03", "--sex – 必须填写；可用：male、female", "--sex – is missing; allowed: male, female"),
    ("late-fee -5 2025-01-01 2025-02-01", "-5 – 不能是负数", "-5 – cannot be negative"),
    ("--json", "--json – 应写在命令之后", "--json – comes after the command"),
    ("batch x --out y --workers two", "--workers – 应为整数", "--workers – should be a whole number"),
    ("batch x --out y --workers 0", "--workers – 应 ≥ 1", "--workers – should be ≥ 1"),
    ("app --port 70000", "--port – 应 ≤ 65535", "--port – should be ≤ 65535")])
def test_a_wrong_command_line_is_said_in_both_languages(command, line, zh, en):
    code, _, err = command("--lang", "zh", *line.split())
    assert code == 2 and err.splitlines()[1] == zh
    name, *more = line.split()
    code, out, err = command("--lang", "en", name, "--json", *more)
    assert code == 2 and err.splitlines()[1].startswith(en) and len(json.loads(out)["problems"]) == 1


@pytest.mark.parametrize("line, problems", [
    ("late-fee x 2025-02-30 2025-13-01 --region xx", 4), ("can-withdraw beijng --reason deth --on 2025-02-30 --balance -4", 4),
    ("rules beijng --param foo --on x", 3), (f"compare {SCENARIO} --out nodir/x.csv --plot y.foo", 2), ("late-fee 1200", 2),
    ("population x --out y --accounts 0 --seed -1 --workers 0", 3),
    (f"compare {SCENARIO} nofile.toml --regions xx --plot z.pdf --out c.xlsx", 4)])
def test_all_that_is_wrong_with_a_question_is_said_at_once(command, line, problems):
    code, out, _ = command(*line.split(), "--json")
    assert code == 2 and len(json.loads(out)["problems"]) == problems


@pytest.mark.parametrize("name", ["run", "compare"])
def test_nothing_is_written_where_one_of_two_files_cannot_be(command, tmp_path, name):
    for good, bad in (("good.csv", "nodir/p.png"), ("good.csv", "p.jpg"), ("nodir/x.csv", "p.png")):
        code, _, err = command(name, SCENARIO, "--out", tmp_path / good, "--plot", tmp_path / bad, "--lang", "en")
        assert code == 2 and len(err.splitlines()) == 2 and not list(tmp_path.iterdir())


def test_a_closed_output_is_no_traceback():
    for closed in (">&-", "2>&-"):
        done = subprocess.run(["sh", "-c", f"{sys.executable} -m simulator run {SCENARIO} {closed}"], capture_output=True, text=True,
                              check=False, cwd=SCENARIO.parent.parent)
        assert done.returncode == 0 and "Traceback" not in done.stderr


def test_a_narrow_terminal_shows_rules_below_one_another(monkeypatch, command):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for columns, lines in (("80", True), ("160", False)):
        monkeypatch.setenv("COLUMNS", columns)
        out = command("rules", "beijing", "--param", "contribution.base_floor", "--on", "2026-08-01", "--lang", "en")[1]
        assert ("value: 7270.00" in out) == lines and "…" not in out and "(yuan)" in out
        assert out.count("2026-07-01") == 1 and ("t20260824_4834004.html" in out or not lines)


def test_what_was_changed_is_named_where_it_is_wrong(command):
    for change in ("a.b.c.d=1", ".=5", "wage=1", "people.0.wage=-1", "people.0.medicl.pharmacy=5"):
        assert command("run", SCENARIO, "--set", change, "--lang", "en")[2].splitlines()[1].startswith(f"--set {change}:")


def test_what_is_free_only_in_part_is_said_to_be_at_most_so_much(command):
    asked = ("can-withdraw", "beijing", "--reason", "free", "--balance", "1234.56")
    assert "amount: at most 1,234.56 yuan" in command(*asked, "--lang", "en")[1]
    assert "金额：至多 1,234.56 元" in command(*asked, "--lang", "zh")[1]
    assert json.loads(command(*asked, "--json")[1])["at_most"] is True
    emigration = json.loads(command("can-withdraw", "beijing", "--reason", "emigration", "--balance", "1234.56", "--json")[1])
    assert (emigration["amount"], emigration["at_most"]) == (1234.56, False)


@pytest.mark.skipif(os.name != "posix", reason="a shell")
@pytest.mark.parametrize("command", ["late-fee 1 2025-01-01 2025-01-02", "rules beijing", "regions --json"])
def test_a_reader_who_has_gone_is_no_mistake(command):
    """Neither typer's way of taking it nor rich's, which both end with 1."""
    program = subprocess.Popen([sys.executable, "-m", "simulator", *command.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program.stdout.close()
    assert program.wait() == 0 and program.stderr.read() == b""
    program.stderr.close()


def test_no_command_is_a_question_for_help():
    found = subprocess.run([sys.executable, "-m", "simulator", "--lang", "en"], capture_output=True, text=True, check=False)
    bare = subprocess.run([sys.executable, "-m", "simulator"], capture_output=True, text=True, check=False)
    assert (found.returncode, bare.returncode, bare.stderr) == (0, 0, "") and "population" in bare.stdout


def test_json_is_whole_where_the_output_is_not_utf_8():
    found = subprocess.run([sys.executable, "-m", "simulator", "regions", "--json"], capture_output=True, check=True,
                           env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "北京" in {region["name_zh"] for region in json.loads(found.stdout)}
