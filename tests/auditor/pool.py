"""What the pool pays of a bill (national.md, section 10; the values are local)."""
from fractions import Fraction

from .money import fen, rounded


class Used:
    """What a person used up of the yearly limits, by benefit year."""

    def __init__(self):
        self.deducted = self.cost = self.paid = self.inpatient = 0


def patient_group(here, kind, years):
    if kind in ("employee", "flexible"):
        group = "employee"
    elif kind in ("retiree", "resident"):
        group = kind
    else:
        return None
    if group != "resident" and years >= here.of_payer("pooling.senior_ages", kind, 999):
        group += "_senior"
    return group


def pays(here, group, place, bill_kind, cost, used, share=1):
    """The pool's part of a bill in fen; `used` is brought forward. `share` is below 1 during some areas' waiting period."""
    if group is None:
        return 0
    if bill_kind == "inpatient":
        return inpatient(here, group, place, cost, used, share)
    return outpatient(here, group, place, cost, used, share)


def outpatient(here, group, place, cost, used, share):
    rate = here.of_patient("pooling.rate", group, place)
    if not rate:      # not paid at such a place at all: nothing counts (source 0.2)
        return 0
    deductible = fen(here.of_patient("pooling.deductible", group, place))
    used_up = 0 if here["pooling.deductible_per"] == "visit" else used.deducted
    own = min(cost, max(0, deductible - used_up))
    used.deducted += own
    covered = Fraction(cost - own)
    by_cost = here["pooling.counts"] == "cost"
    ceiling = limit(here, "pooling.ceiling", group)
    upper_from = limit(here, "pooling.upper_from", group)
    upper = here.of_patient("pooling.upper_rate", group, place)
    before = used.cost + own
    used.cost += cost
    if by_cost:
        top = covered if ceiling is None else min(covered, max(0, ceiling - before))
        low = top if upper_from is None else min(top, max(0, upper_from - before))
        paid = low * rate + (top - low) * upper
    else:
        room = covered if upper_from is None else max(0, upper_from - used.paid)
        low = min(covered, rounded(room / Fraction(rate), "fen half up"))        # beijing_second_share
        paid = (min(low * rate, room) if low == covered else room) + (covered - low) * upper
    paid = rounded(paid, here["pooling.rounding"])
    if ceiling is not None and not by_cost:
        paid = min(paid, max(0, ceiling - used.paid))
    paid = min(paid, cost)
    if share != 1:
        paid = rounded(paid * share, here["pooling.rounding"])
    used.paid += paid
    return paid


def inpatient(here, group, place, cost, used, share):
    rate = here.of_patient("pooling.inpatient_rate", group, place)
    own = min(cost, fen(here.of_patient("pooling.inpatient_deductible", group, place)))
    paid = rounded((cost - own) * rate, here["pooling.rounding"])
    ceiling = limit(here, "pooling.inpatient_ceiling", group)
    if ceiling is not None:
        paid = min(paid, max(0, ceiling - used.inpatient))
    paid = min(paid, cost)
    if share != 1:
        paid = rounded(paid * share, here["pooling.rounding"])
    used.inpatient += paid
    return paid


def limit(here, name, group):
    value = here.of_patient(name, group)
    return None if value == "none" else fen(value)
