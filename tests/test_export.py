"""Ledgers as files: Excel holds the exact amounts and runs nothing, and another program's books agree with ours."""
import io
import os
from datetime import datetime
from pathlib import Path

import pytest
from beancount.scripts.check import main as bean_check
from click.testing import CliRunner
from openpyxl import load_workbook

import simulator
from simulator import cli, export
from simulator.bookkeeping import ledger_beancount
from simulator.columns import COLUMNS, MONEY_COLUMNS
from simulator.language import use_language
from simulator.spreadsheet import Sheet, workbook

SCENARIOS = sorted(path for path in (Path(__file__).parent.parent / "scenarios").rglob("*.toml") if path.parent.name != "population")
NASTY = ['=1+1', "+SUM(A1)", "-2", "@x", '"\\ " ;', "https://example.com", "我 的·账户-"]


def household(names):
    people = [{"name": name, "birth": "1980-05", "sex": "male", "insured": "employee", "wage": "10000.01",
               "opening": {"carried": "1234567890.12" if name == names[0] else 0}, "medical": {"tertiary": "999.99"}} for name in names]
    aid = [{"from": names[0], "to": names[1], "relation": "parent", "since": "2025-02"}] if len(names) > 1 else []
    return simulator.run({"title": '=1+"1"\\', "region": "beijing", "start": "2025-11", "months": 15, "people": people, "aid": aid})


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_file_that_only_its_owner_could_read_stays_so(tmp_path):
    out, new = tmp_path / "out.csv", tmp_path / "new.csv"
    out.touch(0o600)
    for path in (out, new):
        export.ledger_to(household(["A"]), path)
    assert out.stat().st_mode & 0o777 == 0o600 and out.stat().st_size == new.stat().st_size
    plain = tmp_path / "plain"
    plain.touch()
    assert new.stat().st_mode == plain.stat().st_mode


# ── Excel ──────────────────────────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("lang, head, status, sheets", [
    ("zh", ("月份", "姓名", "参保地"), "在职职工", ["明细", "合计", "依据"]),
    ("en", ("Month", "Person", "Region"), "employee", ["Ledger", "Sums", "Basis"])])
def test_a_workbook_speaks_the_language_and_holds_every_amount(lang, head, status, sheets):
    use_language(lang)
    result = household(["我", "母亲"])
    book = load_workbook(io.BytesIO(export.ledger_xlsx(result)))
    assert book.sheetnames == sheets
    page = book[sheets[0]]
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][:3] == head and rows[1][3] == status and rows[1][0] == datetime(2025, 11, 1)
    assert page.freeze_panes == "A2" and page.auto_filter.ref == f"A1:AF{len(rows)}"
    for row, record in zip(rows[1:], result.records(), strict=True):
        for name, cell in zip(COLUMNS, row):
            assert name not in MONEY_COLUMNS or (round(cell * 100) == record[name] and cell == record[name] / 100)
    assert page["F2"].number_format == "#,##0.00" and page.column_dimensions["F"].width >= 13
    assert len(list(book[sheets[2]].iter_rows())) == 1 + len(result.basis())


def test_nothing_in_a_workbook_is_a_formula_or_a_link():
    book = load_workbook(io.BytesIO(export.ledger_xlsx(household(NASTY))))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert {cell.value for cell in cells} >= set(NASTY)
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_the_same_ledger_is_the_same_bytes():
    assert export.ledger_xlsx(household(["我"])) == export.ledger_xlsx(household(["我"]))


def test_a_sheet_may_have_any_name_and_holes():
    book = load_workbook(io.BytesIO(workbook([Sheet("a/b:[c]" * 9, ("x", "y"), ("money", ""), [[None, "z"], [-5, None]])])))
    page = book.worksheets[0]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=2)] == [[None, "z"], [-0.05, None]]


# ── Beancount ──────────────────────────────────────────────────────────────────────────────────────

def books_are_right(text, tmp_path):
    """What `bean-check` says of a text."""
    (tmp_path / "books.beancount").write_bytes(text)
    return CliRunner().invoke(bean_check, [str(tmp_path / "books.beancount"), "--no-cache"])


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_books_of_every_scenario_are_right(path, tmp_path):
    result = simulator.run(path)
    text = ledger_beancount(result)
    done = books_are_right(text, tmp_path)
    assert done.exit_code == 0 and not done.output, done.output
    years = result.scenario.end // 12 - result.scenario.start // 12
    assert text.count(b" balance ") >= (len(result.people) + 1) * (1 + years)


@pytest.mark.parametrize("names", [["我"], ["我", "母亲"], NASTY])
def test_the_books_of_any_name_are_right(names, tmp_path):
    assert books_are_right(ledger_beancount(household(names)), tmp_path).exit_code == 0


def test_a_fen_too_much_is_noticed(tmp_path):
    text = ledger_beancount(household(["我", "母亲"])).decode()
    closing = household(["我", "母亲"]).row("2025-12").closing
    wrong = f"{(closing + 1) / 100:.2f} ~ 0 CNY"
    assert f"{closing / 100:.2f} ~ 0 CNY" in text
    done = books_are_right(text.replace(f"{closing / 100:.2f} ~ 0 CNY", wrong).encode(), tmp_path)
    assert done.exit_code == 1 and "Balance failed" in done.output
    wrong = text.replace("CNY\n  Income:1-我:Credit  -", "CNY\n  Income:1-我:Credit  -1", 1)
    assert books_are_right(wrong.encode(), tmp_path).exit_code == 1


def test_every_flow_of_every_person_is_booked(tmp_path):
    """The sums of the other program's accounts are ours, to the fen."""
    from beancount import loader
    result = household(["我", "母亲"])
    (tmp_path / "b.beancount").write_bytes(ledger_beancount(result))
    entries, errors, _ = loader.load_file(tmp_path / "b.beancount")
    assert not errors
    sums = {}
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account] = sums.get(posting.account, 0) + int(posting.units.number * 100)
    for number, name in enumerate(result.people, 1):
        summary, at = result.summary(name), f"{number}-{name}"
        assert summary["aid_given" if number == 1 else "aid_received"] > 0
        for account, fen in ((f"Assets:{at}:Account", summary["closing"]), (f"Income:{at}:Credit", -summary["credit"]),
                             (f"Expenses:{at}:Care", summary["medical"]), (f"Income:{at}:Pool", -summary["reimbursed"]),
                             (f"Expenses:{at}:Premium", summary["premium_paid"]),
                             (f"Expenses:{at}:EmployerPremium", summary["employer_premium"]),
                             (f"Equity:{at}:OwnMoney", -summary["premium_paid"] - summary["cash_paid"])):
            assert sums.get(account, 0) == fen, account
    assert sums["Assets:Aid"] == 0


def test_run_writes_both(tmp_path, capsys):
    for name in ("o.xlsx", "o.beancount"):
        with pytest.raises(SystemExit) as done:
            cli.main(["run", str(SCENARIOS[0]), "--out", str(tmp_path / name), "--lang", "en"])
        assert not done.value.code
    assert load_workbook(tmp_path / "o.xlsx").sheetnames[0] == "Ledger"
    assert '"Opening balance"' in (tmp_path / "o.beancount").read_text("utf-8")
