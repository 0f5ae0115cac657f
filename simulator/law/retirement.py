"""Retirement (退休): the statutory month, the years of contribution, and what is paid when they are short.

Since 2025 the statutory age rises: for men and women cadres by one month for every four, up to 36 months; for women
workers by one for every two, up to 60. Premiums end when both the age and the area's years are reached.
"""
from simulator.law.rules import Rules
from simulator.money import share
from simulator.months import month_of_day_number

AS_WORKERS, AS_CADRES = range(2)                # retirement.flexible_women
RETIRES, YEARS_SHORT, LOCAL_YEARS_SHORT, TOO_YOUNG, ALREADY_RETIRED, NOT_INSURED = range(6)


def statutory_month(birth_month: int, is_female: int, is_cadre: bool, rules: Rules) -> tuple[int, int]:
    """The month in which a person reaches statutory age, and the delay in months: (month, delay_months)."""
    age, step, most = rules.retirement_age_male_years, rules.retirement_delay_step_months, rules.retirement_delay_most_months
    if is_female:
        age = rules.retirement_age_female_cadre_years
        if not is_cadre:
            age = rules.retirement_age_female_worker_years
            step, most = rules.retirement_delay_step_worker_months, rules.retirement_delay_most_worker_months
    month = birth_month + age * 12
    since = month - month_of_day_number(rules.retirement_delay_start_day) + 1
    delay = min(most, (since + step - 1) // step) if since > 0 else 0
    return month + delay, delay


def earliest_month(month: int, delay: int, rules: Rules) -> int:
    """The first month one may choose: so many months before the statutory one, but not below the age before 2025."""
    return month - min(delay, rules.retirement_early_most_months)


def required_months(is_female: int, rules: Rules) -> int:
    """Months of contribution that end premiums for good."""
    return 12 * (rules.retirement_years_female if is_female else rules.retirement_years_male)


def missing_months(is_female: int, contributed_months: int, local_months: int, rules: Rules) -> int:
    """Months still to be paid: of all, or of those that must be local, whichever is more."""
    return max(0, required_months(is_female, rules) - contributed_months, missing_local_months(local_months, rules))


def missing_local_months(local_months: int, rules: Rules) -> int:
    """Months still to be paid in this area."""
    return max(0, 12 * rules.retirement_local_years - local_months)


def top_up(months: int, base_fen: int, rules: Rules) -> int:
    """One payment for the missing months, to the pool: months × base × rate, fen."""
    top_up_base_fen = rules.retirement_top_up_base_fen or base_fen
    return months * share(top_up_base_fen, rules.retirement_top_up_rate_ppm, rules.contribution_rounding)
