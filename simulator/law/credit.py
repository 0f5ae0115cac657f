"""What enters the account (个人账户计入).

Until the area's reform: the own premium and, by age, part of the employer's. Since then the own premium only,
and for retirees a fixed sum out of the pool. Long-term-care or large-illness premiums that an area takes out of
the credit never reach the account.
"""
from simulator.law.account import EMPLOYEE, FLEXIBLE, RETIREE
from simulator.law.rules import Bands, Rules
from simulator.money import FEN_HALF_UP, PPM, divided, share


def age_band(bands: Bands, age: int) -> tuple[int, ...]:
    """The row of age bands (below_age, …) a person of this age falls in."""
    place = 0
    while age >= bands[place][0] and place < len(bands) - 1:
        place += 1
    return bands[place]


def employee_credit(base_fen: int, age: int, rules: Rules) -> int:
    """Own premium plus the employer's part by age, as shares of the base."""
    band = age_band(rules.credit_employee_age_bands, age)
    rate_ppm = rules.credit_employee_rate_ppm + band[1]
    return divided(base_fen * rate_ppm + band[2] * PPM, PPM, rules.credit_rounding)


def retiree_monthly_credit(age: int, pension_fen: int, rules: Rules) -> int:
    """A fixed sum by age, or a share of the own pension between a minimum and a maximum."""
    band = age_band(rules.credit_retiree_monthly, age)
    by_pension = share(pension_fen, band[2], rules.credit_rounding)
    return band[1] + min(max(by_pension, band[3]), band[4])


def retiree_yearly_months(calendar_month: int, has_just_retired: int, rules: Rules) -> int:
    """The months for which a yearly sum is credited now: twelve on its day, or what is left of the year."""
    since_paid = (calendar_month - rules.credit_retiree_yearly_paid_month) % 12
    if since_paid == 0 or has_just_retired:
        return 12 - since_paid
    return 0


def gross_credit(status: int, base_fen: int, age: int, pension_fen: int, yearly_months: int, rules: Rules) -> int:
    """The month's credit before deductions, fen."""
    if status == EMPLOYEE:
        return employee_credit(base_fen, age, rules)
    if status == FLEXIBLE:
        return share(base_fen, rules.credit_flexible_rate_ppm, rules.credit_rounding)
    if status == RETIREE:
        yearly_fen = age_band(rules.credit_retiree_yearly, age)[1]
        return (retiree_monthly_credit(age, pension_fen, rules)
                + divided(yearly_fen * yearly_months, 12, rules.credit_rounding))
    return 0


def deduction(status: int, base_fen: int, age: int, yearly_months: int, rules: Rules) -> int:
    """What is taken out of a credit before it reaches the account; of a yearly credit for all its months."""
    rate_ppm = age_band(rules.credit_deduction_rates, age)[1]
    by_base_fen = share(base_fen, rate_ppm, rules.credit_rounding) if rate_ppm else 0
    monthly_fen = rules.credit_deductions_fen[status - 1]
    if status == RETIREE and age_band(rules.credit_retiree_yearly, age)[1]:
        return by_base_fen + monthly_fen * yearly_months
    return by_base_fen + monthly_fen


def credit(status: int, base_fen: int, age: int, pension_fen: int, yearly_months: int, rules: Rules) -> int:
    """The credit that reaches the account in the month, fen."""
    gross_fen = gross_credit(status, base_fen, age, pension_fen, yearly_months, rules)
    if gross_fen == 0:
        return 0
    return max(0, gross_fen - deduction(status, base_fen, age, yearly_months, rules))


def is_credited(status: int, rules: Rules) -> bool:
    """Whether somebody insured so has an account that anything is credited to: some plans have none."""
    if status == FLEXIBLE:
        return rules.credit_flexible_rate_ppm > 0
    if status == EMPLOYEE and rules.credit_employee_rate_ppm == 0:
        for place in range(len(rules.credit_employee_age_bands)):
            if rules.credit_employee_age_bands[place][1] > 0 or rules.credit_employee_age_bands[place][2] > 0:
                return True
        return False
    if status == RETIREE:
        most = 0
        for place in range(len(rules.credit_retiree_monthly)):
            band = rules.credit_retiree_monthly[place]
            most = max(most, band[1], band[2], band[3])
        for place in range(len(rules.credit_retiree_yearly)):
            most = max(most, rules.credit_retiree_yearly[place][1])
        return most > 0
    return True


def freely_withdrawable(credit_fen: int, rules: Rules) -> int:
    """The part of a credit that may be taken out freely, where the area allowed that."""
    if rules.withdrawal_free_share_ppm == 0:
        return 0
    return share(credit_fen, rules.withdrawal_free_share_ppm, FEN_HALF_UP)
