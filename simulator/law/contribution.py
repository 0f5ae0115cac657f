"""Contribution base and premiums (缴费基数、缴费).

The base is the own wage, held between the area's floor and ceiling. The employee pays a rate of it and, in
some areas, a fixed sum for the large-expense fund; the employer pays to the pool; a flexible worker pays all.
"""
from simulator.law.account import EMPLOYEE, FLEXIBLE, RETIREE
from simulator.law.rules import Rules
from simulator.money import FEN_HALF_UP, PPM, divided, share

NEXT_BASE_YEAR, NEXT_MONTH = range(2)       # contribution.wage_change
OWN_CHOICE = 0                              # contribution.flexible_base = "own"


def declared_wage(wage_fen: int, declared_fen: int, new_wage_fen: int, growth_ppm: int, calendar_month: int,
                  rules: Rules) -> tuple[int, int]:
    """The wage now, and the one the base rests on: declared anew when a base year starts.

    A new wage acts then, or in the next month where the area says so. A wage that nobody changed grows with
    the base year. Returns (wage_fen, declared_fen).
    """
    is_new_base_year = calendar_month == rules.contribution_base_year_start_month
    if new_wage_fen:
        wage_fen = new_wage_fen
        if rules.contribution_wage_change == NEXT_MONTH:
            declared_fen = wage_fen
    elif is_new_base_year and growth_ppm:
        wage_fen = share(wage_fen, PPM + growth_ppm, FEN_HALF_UP)
    if is_new_base_year:
        declared_fen = wage_fen
    return wage_fen, declared_fen


def contribution_base(declared_fen: int, rules: Rules) -> int:
    """Own wage between floor and ceiling: below the floor the floor counts, above the ceiling nothing."""
    own = divided(declared_fen, 1, rules.contribution_base_rounding)
    if own < rules.contribution_base_floor_fen:
        return rules.contribution_base_floor_fen
    if own > rules.contribution_base_ceiling_fen:
        return rules.contribution_base_ceiling_fen
    return own


def flexible_base(declared_fen: int, rules: Rules) -> int:
    """The area's one base for flexible workers, or their own choice between floor and ceiling."""
    if rules.contribution_flexible_base_fen == OWN_CHOICE:
        return contribution_base(declared_fen, rules)
    return rules.contribution_flexible_base_fen


def base(status: int, declared_fen: int, rules: Rules) -> int:
    """The base of a month by status, fen; nobody but employees and flexible workers has one."""
    if status == EMPLOYEE:
        return contribution_base(declared_fen, rules)
    if status == FLEXIBLE:
        return flexible_base(declared_fen, rules)
    return 0


def fixed_monthly(status: int, calendar_month: int, rules: Rules) -> int:
    """The person's fixed sum of the month, for the large-expense fund, fen."""
    if status == EMPLOYEE:
        return rules.contribution_fixed_monthly_fen[calendar_month - 1]
    if status == FLEXIBLE:
        return rules.contribution_flexible_fixed_monthly_fen[calendar_month - 1]
    if status == RETIREE:
        return rules.contribution_retiree_fixed_monthly_fen[calendar_month - 1]
    return 0


def own_premium(status: int, base_fen: int, fixed_fen: int, rules: Rules) -> int:
    """What the person pays in the month, fen: own share of an employee, everything of a flexible worker."""
    if status == EMPLOYEE:
        return share(base_fen, rules.contribution_employee_rate_ppm, rules.contribution_rounding) + fixed_fen
    if status == FLEXIBLE:
        return share(base_fen, rules.contribution_flexible_rate_ppm, rules.contribution_flexible_rounding) + fixed_fen
    return fixed_fen


def employer_premium(status: int, base_fen: int, rules: Rules) -> int:
    """What the employer pays to the pool, fen."""
    if status == EMPLOYEE:
        return share(base_fen, rules.contribution_employer_rate_ppm, rules.contribution_rounding)
    return 0
