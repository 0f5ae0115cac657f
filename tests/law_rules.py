"""A plain row of rules for tests of single law functions: everything off, and what a test names put on."""
from simulator import months, policy
from simulator.law import contribution, credit
from simulator.law.account import RETIREE
from simulator.parameters import PARAMETERS

_PLAIN = {
    "contribution.base_floor": 4000, "contribution.base_ceiling": 20000, "contribution.base_year_start": 7,
    "contribution.employer_rate": "0.08", "contribution.flexible_rate": "0.08", "credit.employee_age_bands": [],
    "credit.retiree_monthly": [{"amount": 100}], "pooling.rate": 0, "interest.settlement": "12-31",
}


def rules(**changes):
    """`rules(credit_employee_rate="0.02")`: a row of rules by parameter name, `.` written `_` once."""
    from decimal import Decimal
    row = policy.RuleTable(policy.region("national"), months.month_number("2025-01"), 1).rows[0]
    named = {name: _PLAIN[name] for name in _PLAIN}
    for name, value in changes.items():
        named[name.replace("_", ".", 1)] = value
    compiled = {}
    for name, value in named.items():
        parameter = PARAMETERS[name]
        compiled[parameter.field] = parameter.kind.compile(_exact(value, Decimal))
    return row._replace(**compiled)


def own_premium(status, base_fen, calendar_month, law):
    """What a person pays in a month of the year."""
    return contribution.own_premium(status, base_fen, contribution.fixed_monthly(status, calendar_month, law), law)


def credit_of(status, base_fen, age, pension_fen, has_just_retired, calendar_month, law):
    """What is credited in a month of the year."""
    yearly_months = credit.retiree_yearly_months(calendar_month, has_just_retired, law) if status == RETIREE else 0
    return credit.credit(status, base_fen, age, pension_fen, yearly_months, law)


def _exact(value, decimal):
    """Texts that are numbers become exact ones, as a region file's would."""
    if isinstance(value, dict):
        return {key: _exact(inner, decimal) for key, inner in value.items()}
    if isinstance(value, list):
        return [_exact(inner, decimal) for inner in value]
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return decimal(value)
    return value
