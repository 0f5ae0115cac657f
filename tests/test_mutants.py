"""The mistakes that `make mutants` puts into the law."""
import sys
from pathlib import Path
from types import FunctionType

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from libcst import parse_module  # noqa: E402
from libcst.metadata import MetadataWrapper  # noqa: E402
from mutants import FILES, _Visitor, mutants_of  # noqa: E402

from simulator import money, policy  # noqa: E402
from simulator.law import transfer  # noqa: E402
from simulator.law.account import EMPLOYEE, FLEXIBLE, RESIDENT, RETIREE  # noqa: E402


def mutants(file):
    return {one.name: one for one in mutants_of(ROOT / "simulator" / file)}


def test_a_mutant_is_named_by_its_function_and_what_is_wrong_and_goes_wrong():
    found = mutants("law/transfer.py")
    wrong = found["law.transfer.may_move: if status != EMPLOYEE and status != FLEXIBLE: → if status != EMPLOYEE or status != FLEXIBLE:"]
    may_move = FunctionType(wrong.code, vars(transfer))
    assert may_move(EMPLOYEE, False, policy.Rules(*[0] * len(policy.Rules._fields)), None) == transfer.NOT_INSURED
    assert may_move(RESIDENT, True, None, None) == transfer.SAME_AREA
    assert {EMPLOYEE, FLEXIBLE, RETIREE} == {1, 2, 3} and len(found) >= 10
    assert all(one.code != transfer.may_move.__code__ for one in found.values() if one.function == "may_move")


def test_two_mutants_of_one_wording_are_told_apart():
    names = [name for name in mutants("law/waiting.py") if name.startswith("law.waiting.wait_after_gap: return 0 → return 1")]
    assert names == [f"law.waiting.wait_after_gap: return 0 → return 1{number}" for number in ("", " (2)", " (3)")]


def test_defaults_and_functions_with_a_decorator_are_mutated_too():
    found = mutants("months.py")
    wrong, = (one for name, one in found.items() if one.defaults)
    assert wrong.function == "days_in_arrears" and wrong.defaults == ["1"]
    visitor = _Visitor()
    MetadataWrapper(parse_module("@cache(1)\ndef one(x):\n    return x + 2\n")).visit(visitor)
    assert len(visitor.mutations) == len(visitor.lines) == 2 and visitor.lines[0] == range(3, 4)      # not the decorator's 1


def test_every_file_of_the_law_is_mutated():
    assert {file.name for file in FILES} >= {"money.py", "months.py", "policy.py", "month.py", "account.py", "arrears.py", "waiting.py"}
    assert ROOT / "simulator" / "money.py" in FILES and money.__file__ == str(ROOT / "simulator" / "money.py")
