"""What the pool pays of a bill (统筹支付).

Outpatient: above the deductible the pool pays a share by place of care and group of patients, in some areas a
second share above some amount, up to a yearly ceiling. Inpatient: a deductible a stay, a share, a ceiling.
"""
from simulator.law.account import EMPLOYEE, FLEXIBLE, RETIREE, PoolYear
from simulator.law.rules import Rules
from simulator.money import FEN_HALF_UP, PPM, divided

YEAR, VISIT = range(2)          # pooling.deductible_per
PAID, COST = range(2)           # pooling.counts
TO_THE_PERSON, TO_THE_ACCOUNT = range(2)    # pooling.prepaid_to
(EMPLOYEES, SENIOR_EMPLOYEES, RETIREES, SENIOR_RETIREES, RESIDENTS) = range(5)


def patient_group(status: int, age: int, rules: Rules) -> int:
    """The group by whose rates a patient is paid: employed or retired, and of age or not."""
    if status == EMPLOYEE or status == FLEXIBLE:
        if age >= rules.pooling_senior_ages_years[status - 1]:
            return SENIOR_EMPLOYEES
        return EMPLOYEES
    if status == RETIREE:
        if age >= rules.pooling_senior_ages_years[status - 1]:
            return SENIOR_RETIREES
        return RETIREES
    return RESIDENTS


def outpatient_share(cost_fen: int, place: int, group: int, pool: PoolYear, rules: Rules) -> tuple[int, PoolYear]:
    """What the pool pays of an outpatient bill. Returns (paid_fen, pool)."""
    rate_ppm = rules.pooling_rate_ppm[group][place]
    if rate_ppm == 0:                                       # not a place of the pool: nothing counts
        return 0, pool
    deductible_fen = rules.pooling_deductible_fen[group][place]
    if rules.pooling_deductible_per == YEAR:
        deductible_fen = max(0, deductible_fen - pool.deductible)
    below_fen = min(cost_fen, deductible_fen)
    if rules.pooling_counts == COST:
        paid_fen = _paid_by_cost(pool.cost + below_fen, pool.cost + cost_fen, rate_ppm, place, group, rules)
    else:
        paid_fen = _paid_by_payment(cost_fen - below_fen, pool.paid, rate_ppm, place, group, rules)
    paid_fen = min(paid_fen, cost_fen)                      # where a rounding goes up, not above the bill
    return paid_fen, PoolYear(pool.deductible + below_fen, pool.cost + cost_fen, pool.paid + paid_fen,
                              pool.inpatient_paid)


def _paid_by_cost(from_fen: int, to_fen: int, rate_ppm: int, place: int, group: int, rules: Rules) -> int:
    """Ceiling and second share count the year's cost: the bill covers from `from_fen` to `to_fen` of it."""
    to_fen = max(from_fen, min(to_fen, rules.pooling_ceiling_fen[group]))
    turn_fen = max(from_fen, min(to_fen, rules.pooling_upper_from_fen[group]))
    return divided((turn_fen - from_fen) * rate_ppm + (to_fen - turn_fen) * rules.pooling_upper_rate_ppm[group][place],
                   PPM, rules.pooling_rounding)


def _paid_by_payment(covered_fen: int, paid_before_fen: int, rate_ppm: int, place: int, group: int,
                     rules: Rules) -> int:
    """Ceiling and second share count what the pool has paid this year."""
    room_fen = max(0, rules.pooling_upper_from_fen[group] - paid_before_fen)
    paid_fen = divided(covered_fen * rate_ppm, PPM, rules.pooling_rounding)
    if paid_fen > room_fen:
        used_fen = min(covered_fen, divided(room_fen * PPM, rate_ppm, FEN_HALF_UP))     # cost that fills the first segment
        upper_rate_ppm = rules.pooling_upper_rate_ppm[group][place]
        paid_fen = divided(room_fen * PPM + (covered_fen - used_fen) * upper_rate_ppm, PPM, rules.pooling_rounding)
    return min(paid_fen, max(0, rules.pooling_ceiling_fen[group] - paid_before_fen))


def inpatient_share(cost_fen: int, place: int, group: int, pool: PoolYear, rules: Rules) -> tuple[int, PoolYear]:
    """What the pool pays of a stay in hospital. Returns (paid_fen, pool)."""
    covered_fen = max(0, cost_fen - rules.pooling_inpatient_deductible_fen[group][place])
    paid_fen = divided(covered_fen * rules.pooling_inpatient_rate_ppm[group][place], PPM, rules.pooling_rounding)
    paid_fen = min(paid_fen, max(0, rules.pooling_inpatient_ceiling_fen[group] - pool.inpatient_paid), cost_fen)
    return paid_fen, PoolYear(pool.deductible, pool.cost, pool.paid, pool.inpatient_paid + paid_fen)
