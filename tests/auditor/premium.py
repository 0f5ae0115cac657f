"""What is paid each month, and what of it enters the account (national.md, section 1)."""
from fractions import Fraction

from .calendar import calendar_month
from .money import fen, rounded


def base(here, kind, wage):
    """1.12, 1.14: the own wage, not below the floor, not above the ceiling; flexible workers in some areas one sum for all."""
    if kind not in ("employee", "flexible"):
        return 0
    if kind == "flexible":
        fixed = here.yuan("contribution.flexible_base")
        if fixed is not None:
            return fixed
    amount = rounded(wage, here["contribution.base_rounding"])
    ceiling = here.yuan("contribution.base_ceiling")
    if ceiling is not None:
        amount = min(amount, ceiling)
    return max(amount, here.yuan("contribution.base_floor"))


def monthly_sum(here, name, month):
    """A fixed sum a month, or twelve of them from January on."""
    value = here[name]
    if isinstance(value, list):
        value = value[calendar_month(month) - 1]
    return fen(value)


def own_premium(here, kind, amount, month):
    """1.3, 1.4, 1.17: an employee's own share; the whole of a flexible worker's; retirees a large-expense sum at most."""
    if kind == "employee":
        share = rounded(amount * here["contribution.employee_rate"], here["contribution.rounding"])
        return share + monthly_sum(here, "contribution.fixed_monthly", month)
    if kind == "flexible":
        share = rounded(amount * here["contribution.flexible_rate"], here["contribution.flexible_rounding"])
        return share + monthly_sum(here, "contribution.flexible_fixed_monthly", month)
    if kind == "retiree":
        return monthly_sum(here, "contribution.retiree_fixed_monthly", month)
    return 0


def employer_premium(here, amount):
    """1.2: the employer's share, which after the reform goes to the pool as a whole."""
    return rounded(amount * here["contribution.employer_rate"], here["contribution.rounding"])


def credit(here, kind, amount, years, month, pension=None, joins=False):
    """1.5, 1.8, 1.9: what enters the account for a month, after what is taken out of it for other insurances."""
    rounding = here["credit.rounding"]
    if kind == "retiree":
        return retiree_credit(here, years, month, pension, joins)
    if kind == "employee":
        band = here.by_age("credit.employee_age_bands", years)
        rate = here["credit.employee_rate"] + band.get("rate", 0)
        gross = rounded(amount * rate + fen(band.get("amount", 0)), rounding)
    elif kind == "flexible":
        gross = rounded(amount * here["credit.flexible_rate"], rounding)
    else:
        return 0
    share = here.by_age("credit.deduction_rates", years).get("rate", 0)
    taken = fen(here.of_payer("credit.deductions", kind)) + rounded(amount * share, rounding)
    return max(0, gross - taken)


def retiree_credit(here, years, month, pension, joins=False):
    """A sum by age or a share of the own pension every month; in some areas the sum of a year at once."""
    rounding = here["credit.rounding"]
    taken = fen(here.of_payer("credit.deductions", "retiree"))
    band = here.by_age("credit.retiree_monthly", years)
    by_pension = fen(band.get("minimum", 0))
    if "pension_rate" in band:
        pension = here.yuan("retirement.average_pension") if pension is None else pension
        by_pension = max(by_pension, rounded(pension * band["pension_rate"], rounding))
    if band.get("maximum", "none") != "none":
        by_pension = min(by_pension, fen(band["maximum"]))
    monthly = fen(band.get("amount", 0)) + by_pension
    yearly = here.by_age("credit.retiree_yearly", years)
    if not yearly:
        return max(0, monthly - taken)
    months = 12 - (calendar_month(month) - here["credit.retiree_yearly_paid"]) % 12      # who joins later gets a share (Shanghai)
    if months == 12 or joins:
        share = rounded(Fraction(fen(yearly.get("amount", 0)) * months, 12), rounding)
        return max(0, monthly + share - taken * months)
    return monthly


def has_account(here, kind):
    """Whether the plan credits anything at all."""
    if kind == "employee":
        return bool(here["credit.employee_rate"] or here["credit.employee_age_bands"])
    if kind == "flexible":
        return bool(here["credit.flexible_rate"])
    if kind == "retiree":
        return bool(here["credit.retiree_monthly"] or here["credit.retiree_yearly"])
    return kind == "resident"        # the one that was left behind (6.17)

