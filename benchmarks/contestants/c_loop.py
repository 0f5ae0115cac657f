"""The C loop: compiles `month.c` for a model, with the structs of the model's tables, and runs it."""
import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from simulator import months
from simulator.law import arrears, interest, pooling, spending, waiting
from simulator.money import FEN_HALF_UP
from simulator.populations.counts import Counts
from simulator.populations.lives import COUNTED

SOURCE = Path(__file__).with_name("month.c")
OPTIONS = ("-O3", "-march=native", "-std=gnu11", "-Wall", "-shared", "-fPIC")

# What `month.c` takes for granted of the area, on every day of the span.
CHOICES = {
    "contribution_base_rounding": FEN_HALF_UP, "contribution_rounding": FEN_HALF_UP, "contribution_flexible_rounding": FEN_HALF_UP,
    "credit_rounding": FEN_HALF_UP, "interest_rounding": FEN_HALF_UP, "pooling_rounding": FEN_HALF_UP, "arrears_fee_rounding": FEN_HALF_UP,
    "contribution_wage_change": 0, "interest_method": interest.SPLIT, "pooling_deductible_per": pooling.YEAR,
    "pooling_counts": pooling.PAID, "spending_order": spending.CURRENT_FIRST, "spending_before_pool": spending.NOTHING,
    "arrears_day_count": months.LEGAL, "arrears_fee_payer": arrears.EMPLOYERS_ONLY, "arrears_fee_cap": arrears.NO_CAP,
    "arrears_waiver_months": 0, "arrears_back_pay_beyond": arrears.NOTHING, "arrears_account_usable": spending.USABLE,
    "waiting_gap_count": waiting.UNPAID_MONTHS, "waiting_starts": waiting.MONTH_AFTER, "waiting_pool_share_ppm": 0,
    "withdrawal_free_share_ppm": 0,
}


def compiler():
    """The path of gcc, or None."""
    return shutil.which("gcc")


class World(ctypes.Structure):
    _fields_ = [("start_month", ctypes.c_int64), *((name, ctypes.c_void_p) for name in (
        "calendar", "rows", "manners", "group", "shapes"))]


class CLoop:
    """A model in C; does what `machine.Machine` does, for the first group of a population such as `whole.toml`."""

    def __init__(self, model):
        self.model = model
        check(model)
        turns = max(len(rules["turns"]) for rules in model.world["rules_of"])
        calendar = [{**month, "row": rules["row"], "turns": rules["turns"] + [NEVER] * (turns - len(rules["turns"]))}
                    for month, rules in zip(model.world["calendar"], model.world["rules_of"])]
        rows = [row._asdict() for row in model.rows]
        tables = {"calendar": calendar, "rows": rows, "manners": [model.manners], "group": [model.groups[0]]}
        self.arrays = {name: np.array([_flat(item) for item in items], dtype=np.int64) for name, items in tables.items()}
        self.arrays["shapes"] = np.array(model.world["shapes"], dtype=np.int64)
        self.world = World(model.world["start_month"], *(self.arrays[name].ctypes.data for name, _ in World._fields_[1:]))
        self.live_all = build(header(model, calendar, turns))

    def live(self, place, key, numbers):
        """The households of the group with these numbers: their `Counts`."""
        counts, numbers = Counts(self.model), np.ascontiguousarray(numbers, dtype=np.int64)
        self.live_all(key, numbers.ctypes.data, numbers.size, ctypes.byref(self.world), *(
            array.ctypes.data for array in (counts.sums, counts.sketch, counts.broken)))
        return counts


NEVER = 10**9                                               # a day that does not come


def check(model):
    """Refuse a model that `month.c` was not written for."""
    for name, value in CHOICES.items():
        if any(getattr(row, name) != value for row in model.rows):
            raise ValueError(f"month.c is written for {name} = {value}")
    group, manners = model.groups[0], model.manners
    if len(model.groups) > 1 or group["joins"] or group["status"] != 1 or len(model.tables) > 1:
        raise ValueError("month.c is written for one group of employees, from the start, without a what-if")
    if manners["aid_p"] or any(manners["move_p"]) or any(band[1] for row in model.rows for band in row.credit_deduction_rates):
        raise ValueError("month.c knows no relatives, moves or deductions by rate")


def header(model, calendar, turns):
    """The structs of the model's tables, and how long they are."""
    row, manners = model.rows[0], model.manners
    sizes = {
        "MONTHS": model.months, "TURNS": turns, "AGE_BANDS": len(model.groups[0]["age_bands"]), "BANDS": len(row.credit_retiree_monthly),
        "RATES": len(row.arrears_late_fee_daily_rate_ppm), "WAITS": len(row.waiting_months[0]), "CAUSES": len(manners["causes"]),
        "GAPS": len(manners["gaps"]), "PLACES": len(manners["visit_places"]),
        "DELAY_START_MONTH": months.month_of_day_number(row.retirement_delay_start_day)}
    structs = {"rules": row._asdict(), "manners": manners, "group": model.groups[0], "month": calendar[0],
               "tally": dict.fromkeys(COUNTED, 0)}
    return "\n".join(["#include <stdint.h>", *(f"#define {name} {size}" for name, size in sizes.items()),
                      *(f"struct {name} {_struct(fields)};" for name, fields in structs.items()), ""])


def _struct(fields):
    return "{ " + " ".join(_declared(name, value) for name, value in fields.items()) + " }"


def _declared(name, value):
    """The declaration of a field that holds such a value."""
    lengths = ""
    while isinstance(value, list | tuple):
        lengths, value = f"{lengths}[{len(value)}]", value[0] if len(value) else 0
    return f"{'struct ' + _struct(value) if isinstance(value, dict) else 'int64_t'} {name}{lengths};"


def _flat(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [cell for part in value for cell in _flat(part)]
    return [value]


def build(text):
    """`live_all` of `month.c`, compiled with these tables."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tables.h").write_text(text)
        library = Path(folder, "month.so")
        subprocess.run([compiler(), *OPTIONS, f"-I{folder}", "-o", str(library), str(SOURCE)], check=True)
        function = ctypes.CDLL(str(library)).live_all
    function.argtypes = (ctypes.c_uint64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, *[ctypes.c_void_p] * 3)
    function.restype = None
    return function
