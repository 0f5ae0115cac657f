"""Compiles the functions of the law as they stand: njit copies that call one another's copies.

There is no second text of a rule, and no decorator in the law. A copy's globals are those of the original, with every
function of this program replaced by its own copy and every module of it by its copied functions.
"""
from types import FunctionType, ModuleType
from typing import Any

from numba import njit

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "boundscheck": False}

# What happens seldom stays a call of its own; all the rest is put in the place of its call.
RARE = {"be_born", "carry", "enter_months", "note_lasting", "take_in", "plan_year", "settle_in",
        "stay_in_hospital", "act", "forget", "compare_balances", "count_balances", "back_pay", "make_good", "miss", "withdraw", "move",
        "ask_to_retire", "pay_premium", "relatives_pay", "aid_answer", "pay_bills_by_day", "next_act",
        "next_patient", "begin_aid_month", "divided_otherwise", "retiree_monthly_credit", "receive",
        "inpatient_share", "begin", "pay_bill", "outstanding", "_thirty_days_each",
        "note_if_paid", "find_wait", "find_statutory_months", "working_day_after"}


class Compiler:
    """Copies of this program's functions. `instead` are functions that stand for others: {original: compiled}."""

    def __init__(self, instead):
        self.copies = dict(instead)

    def copy(self, thing, **options):
        """The compiled copy of a function, or of a module's functions; anything else as it is."""
        is_module = isinstance(thing, ModuleType) and thing.__name__.startswith("simulator.")
        if not is_module and not (isinstance(thing, FunctionType) and thing.__module__.startswith("simulator.")):
            return thing
        if thing not in self.copies:
            names = {}
            if is_module:
                self.copies[thing] = ModuleType(thing.__name__)
                names = vars(self.copies[thing])
            else:
                self.copies[thing] = njit(FunctionType(thing.__code__, names, thing.__name__, thing.__defaults__),
                                          forceinline=thing.__name__ not in RARE, **OPTIONS, **options)
            names.update((key, self.copy(value)) for key, value in (vars(thing) if is_module else thing.__globals__).items()
                         if not key.startswith("__"))
        return self.copies[thing]
