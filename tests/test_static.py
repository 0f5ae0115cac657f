"""What can be said of the program without running it, and no tool says: above all that no float comes near an amount."""
import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

import simulator
from simulator import engine, months, policy, shapes, sweep
from simulator.columns import COLUMNS, TEXT_COLUMNS
from simulator.law.rules import Rules
from simulator.parameters import PARAMETERS
from simulator.populations.run import population

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "simulator"
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))

# Where amounts are drawn on a screen or a page, and nothing is computed from them any more.
SCREENS = ("dashboard/", "charts.py", "report.py")

# All the rest is a way of money, but for these: {(file, function): why a float, or a division, may stand there}.
EXCEPTIONS = {
    ("commands.py", "can_withdraw"): "JSON has no exact decimals: the last step, shown",
    ("commands.py", "late_fee"): "JSON, shown",
    ("commands.py", "_progress"): "since when",
    ("commands.py", "_progress.show"): "runs a second",
    ("wording.py", "json_value"): "a value of a region file in JSON, shown",
    ("commands.py", "compare"): "JSON in yuan",
    ("comparison.py", "Comparison.table"): "a table to read, in yuan",
    ("explain.py", "_percent"): "a rate, shown",
    ("explain.py", "_exact"): "a Fraction, shown with all its decimals",
    ("explain.py", "_line_data"): "JSON, shown",
    ("explain.py", "_decision_data"): "JSON, shown",
    ("export.py", "result_data"): "JSON, shown",
    ("ledger.py", "Result.ledger"): "a table to read, in yuan; `ledger_fen` is exact",
    ("policy.py", "_grown"): "a Decimal divided by 100, which is exact",
    ("populations/draws.py", "lognormal"): "luck; rounded, as Decimal, long before machines may differ in the last digit",
    ("populations/draws.py", "exponential"): "luck, in Decimals",
    ("populations/draws.py", "geometric"): "luck, in Decimals",
    ("populations/file.py", "_PopulationCheck._whole"): "a Decimal for a message: how far shares are from one",
    ("populations/file.py", "largest_fen"): "a bound, as Decimal, rounded up",
    ("populations/result.py", ""): "which quantiles are asked for: shares of people",
    ("populations/result.py", "Result.quantiles_fen"): "which quantiles are asked for",
    ("populations/result.py", "Result.differences"): "which quantiles are asked for",
    ("populations/result.py", "_check_shares"): "which quantiles are asked for",
    ("populations/result.py", "_quantile"): "what a quantile is called",
    ("populations/result.py", "Result.frame"): "a table to read, in yuan",
    ("populations/result.py", "Result.yearly_share"): "a share of people",
    ("populations/result.py", "Result.shares"): "a share of people",
    ("populations/result.py", "Result.table"): "numbers of people in their unit, shown",
    ("populations/result.py", "Result.notes"): "shares of people, shown",
    ("populations/result.py", "Result.data"): "JSON, shown",
    ("populations/run.py", "_pieces"): "in which order the pieces come",
    ("populations/sketch.py", ""): "the error of a bucket, as a share of the amount",
    ("populations/sketch.py", "quantiles_fen"): "ranks of people; the amounts stay whole",
    ("populations/story.py", "_person"): "a Decimal divided by a million, which is exact",
    ("problems.py", "nearest"): "how alike two words are",
    ("scenario.py", ""): "a bound in a JSON Schema",
    ("scenario.py", "_set"): "`toml_files.number` makes a Decimal of it",
    ("toml_files.py", "parse_toml"): "`number` makes a Decimal of it",
    ("scenario.py", "as_printed"): "where floats end: what Python hands over becomes the Decimal it prints as",
}
PATH = re.compile(r"(FOLDER|(self\.)?folder|out|ours|Path[.(].*)( / .*)?")     # a folder / a name
FLOATING = {"mean", "average", "std", "var", "percentile", "quantile", "sqrt", "exp", "log", "ln", "ceil", "floor", "rint",
            "divide", "true_divide", "linspace", "as_integer_ratio", "fromhex", "from_float", "total_seconds", "random", "uniform"}


def floats_in(text):
    """(function, line, what) of everything in a source by which a float could come about."""
    def visit(node, where):
        for child in ast.iter_child_nodes(node):
            inner = where
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{where}.{child.name}".lstrip(".")
            if what := _float(child):
                yield where, child.lineno, what
            yield from visit(child, inner)
    return list(visit(ast.parse(text), ""))


def _float(node):
    match node:
        case ast.Constant(value=float() | complex()):
            return f"the number {node.value}"
        case ast.BinOp(op=ast.Div(), left=left) if not PATH.fullmatch(ast.unparse(left)):
            return f"the division {ast.unparse(node)}"
        case ast.AugAssign(op=ast.Div()):
            return f"the division {ast.unparse(node)}"
        case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
            return f"the power {ast.unparse(node)}"
        case ast.Name(id="float" | "complex" | "round" | "fsum" as name):
            return name
        case ast.Attribute(attr=name) if name in FLOATING or re.search(r"float|double|complex", name):
            return f".{name}"
        case ast.Constant(value=str(text)) if re.fullmatch(r"[<>=|]?(f[248]?|float\d*|double|d)", text):
            return f"the type {text!r}"
        case ast.keyword(arg="parse_float", value=ast.Name(id=kind)) if kind != "Decimal":
            return f"parse_float={kind}"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="tomllib")), keywords=given) if "parse_float" not in [one.arg for one in given]:
            return "TOML read without parse_float"
    return None


def ways_of_money():
    names = (path.relative_to(PROGRAM).as_posix() for path in sorted(PROGRAM.rglob("*.py")))
    return [name for name in names if not name.startswith(SCREENS)]


def test_no_float_stands_where_money_goes():
    found = {(name, where): (line, what) for name in ways_of_money()
             for where, line, what in floats_in((PROGRAM / name).read_text("utf-8"))}
    assert {place: said for place, said in found.items() if place not in EXCEPTIONS} == {}
    assert sorted(EXCEPTIONS.keys() - found.keys()) == [], "exceptions that nothing needs any more"
    assert not any(name.startswith("law/") or name in ("money.py", "engine.py", "timeline.py", "gaps.py") for name, _ in EXCEPTIONS)


@pytest.mark.parametrize("planted", [
    "    fee_fen = fee_fen / 1", "    fee_fen /= 1", "    fee_fen = fee_fen * 1.0", "    fee_fen = float(fee_fen)",
    "    fee_fen = round(fee_fen)",
    "    fee_fen = fee_fen * 10 ** -2", "    fee_fen = np.float64(fee_fen)", "    fee_fen = np.array([fee_fen], dtype='float64')",
    "    fee_fen = math.floor(fee_fen)", "    fee_fen: float = fee_fen", "    fee_fen = tomllib.loads(text)['fee']",
    "    fee_fen = json.loads(text, parse_float=str)"])
def test_a_float_would_be_found(planted):
    """Planted in the source of the late fee, just before the fee is capped."""
    text = (PROGRAM / "law" / "arrears.py").read_text("utf-8")
    assert floats_in(text) == []
    before = "    if rules.arrears_fee_cap == PRINCIPAL:\n"
    assert text.count(before) == 1
    (where, _, _), *_ = floats_in(text.replace(before, f"{planted}\n{before}"))
    assert where == "late_fee"


# ── what is written down twice ──

def test_the_law_reads_what_region_files_state():
    """`Rules` lists by hand what `parameters.py` makes of region files: the same names in the same order, of the same form."""
    assert Rules._fields == tuple(parameter.field for parameter in PARAMETERS.values())
    row = policy.RuleTable(policy.region(policy.ROOT), months.month_number("2025-01"), 1).rows[0]
    for name, hint in get_type_hints(Rules).items():
        value, depth = getattr(row, name), 0
        while isinstance(value, tuple):
            value, depth = value[0], depth + 1
        assert str(hint).count("tuple") == depth and (depth or hint is int), name


def test_the_schema_of_a_sweep_knows_its_keys():
    assert tuple(shapes.sweep()["properties"]) == sweep.KEYS


# ── what users' own tools read ──

ONE_S_OWN = """
import simulator
from simulator import Scenario

def closing(scenario: Scenario) -> int:
    result = simulator.run(scenario)
    reveal_type(result)
    reveal_type(simulator.rules("beijing").on("2026-07-01")["contribution.base_floor"].source)
    return result.summary()["closing"]

simulator.rnu("first.toml")
"""


def test_the_types_of_the_library_reach_whoever_uses_it(tmp_path):
    pytest.importorskip("mypy")
    names = "".join(f"reveal_type(simulator.{name})\n" for name in simulator.__all__)
    (tmp_path / "own.py").write_text(ONE_S_OWN + names, "utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", tmp_path / "own.py"],
                          cwd=ROOT, capture_output=True, text=True, check=False)     # fast by what `make check` has kept
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1 and 'own.py:11: error: Module has no attribute "rnu"' in errors[0], done.stdout + done.stderr
    revealed = re.findall(r'Revealed type is "(.*)"', done.stdout)
    assert revealed[:2] == ["simulator.ledger.Result", "simulator.policy.Source"]
    assert len(revealed) == 2 + len(simulator.__all__) and not {"Any", "object"} & set(revealed)
    assert (PROGRAM / "py.typed").is_file()                 # else nobody looks for types in what is installed


# ── and while it runs ──

class Watch:
    """Notes every float that a function of the ways of money has in its hands when it returns."""

    def __init__(self):
        self.found, self.functions = set(), set()

    def __enter__(self):
        self.before = sys.getprofile()
        sys.setprofile(self)
        return self

    def __exit__(self, *error):
        sys.setprofile(self.before)

    def __call__(self, frame, event, returned):
        code = frame.f_code
        if event == "return" and code.co_filename.startswith(f"{PROGRAM}/"):
            name = code.co_filename.removeprefix(f"{PROGRAM}/")
            place = name, re.sub(r"\.<\w+>", "", code.co_qualname)
            if not name.startswith(SCREENS) and place not in EXCEPTIONS:
                self.functions.add(place)
                if any(map(_holds_a_float, (returned, *frame.f_locals.values()))):
                    self.found.add(place)


def _holds_a_float(value):
    """Itself, or as one of the first things in it: of a whole table not all is looked at on every return."""
    if isinstance(value, tuple | list):
        return any(isinstance(one, float) for one in value[:30])
    return isinstance(value, float)


@pytest.fixture(scope="module")
def watched():
    with Watch() as watch:
        results = [engine.run(path) for path in SCENARIOS]
        population(PROGRAM.parent / "scenarios" / "population" / "national.toml", 184, compiled=False)
    return watch, results


def test_no_function_has_a_float_in_its_hands(watched):
    watch, _ = watched
    assert watch.found == set()
    law = {name for name, _ in watch.functions if name.startswith("law/")}
    assert len(law) >= 10 and ("populations/lives.py", "live") in watch.functions


def test_every_amount_of_every_ledger_is_a_whole_number(watched):
    for result in watched[1]:
        for record in result.records():
            assert {type(record[name]) for name in COLUMNS if name not in TEXT_COLUMNS} == {int}
        for rows in result.flows.values():
            assert {type(cell) for row in rows for cell in row} == {int}


def test_a_float_in_hand_would_be_noticed():
    namespace = {}
    exec(compile("def fee(days):\n    half = days / 2\n    return int(half)", str(PROGRAM / "law" / "planted.py"), "exec"), namespace)  # noqa: S102
    with Watch() as watch:
        assert namespace["fee"](3) == 1
    assert watch.found == {("law/planted.py", "fee")}
