"""What the law keeps of a person, what happens to the person in a month, and what comes of it."""
from typing import NamedTuple

# Codes, in the order of the names in parameters.py.
NONE, EMPLOYEE, FLEXIBLE, RETIREE, RESIDENT = range(5)
PHARMACY, PRIMARY, SECONDARY, TERTIARY = range(4)


class Pockets(NamedTuple):
    """The money of an account, fen: this year's, earlier years', and what may be taken out freely."""
    current: int
    carried: int
    withdrawable: int


class Products(NamedTuple):
    """Interest earned and not yet credited: the sum over months of balance × yearly rate, fen × ppm."""
    current: int
    carried: int
    withdrawable: int


class PoolYear(NamedTuple):
    """What the outpatient and inpatient pools count over a benefit year, fen."""
    deductible: int
    cost: int
    paid: int
    inpatient_paid: int


class Account(NamedTuple):
    """A person between two months. `wage_fen` is the wage now, `declared_fen` the one the base rests on."""
    pockets: Pockets
    products: Products
    pool: PoolYear
    status: int
    wage_fen: int
    declared_fen: int
    contributed_months: int


class Bill(NamedTuple):
    """One bill, in-scope and before any payment. `row` is the row of the rules on its day."""
    cost_fen: int
    place: int
    is_inpatient: int
    row: int


class Person(NamedTuple):
    """What is given for a person in a month. `row` is the row of the rules of the month.

    `new_wage_fen` is 0 where the wage does not change; `wage_growth_ppm` acts in the month a base year starts.
    """
    row: int
    calendar_month: int
    status: int
    age: int
    new_wage_fen: int
    wage_growth_ppm: int
    pension_fen: int
    bills: tuple


class Flows(NamedTuple):
    """One month of one person, fen: the columns of the ledger."""
    status: int
    base: int
    opening: int
    credit: int
    back_credit: int
    interest: int
    refund: int
    transfer_in: int
    spent: int
    aid_given: int
    premium_given: int
    withdrawn: int
    transfer_out: int
    closing: int
    current: int
    carried: int
    withdrawable: int
    medical: int
    reimbursed: int
    aid_received: int
    cash_paid: int
    eligible: int
    gap_months: int
    waiting_months: int
    arrears: int
    late_fee_accrued: int
    late_fee_paid: int
    premium_paid: int
    contributed_months: int
    employer_premium: int


NEW_PRODUCTS = Products(0, 0, 0)
NEW_POOL_YEAR = PoolYear(0, 0, 0, 0)
