"""What the law keeps of a person, what happens to the person in a month, and what comes of it."""
from typing import NamedTuple

# Codes, in the order of the names in parameters.py.
NONE, EMPLOYEE, FLEXIBLE, RETIREE, RESIDENT = range(5)
PHARMACY, PRIMARY, SECONDARY, TERTIARY = range(4)
BY_EMPLOYER, BY_ONESELF = range(2)                  # who is at fault for a missed premium
(DEATH, EMIGRATION, QUIT, TRANSFER_REFUSED, REMOTE_RESIDENCE, LUMP_SUM_PENSION, ENLISTED, SERIOUS_ILLNESS,
 FREE) = range(9)                                   # reasons to withdraw
MEDICAL, RESIDENT_PREMIUM, LONG_TERM_CARE_PREMIUM, COMMERCIAL_PREMIUM = range(4)    # uses of money
STOP, RESUME, BACK_PAY, RETIRE, MOVE, WITHDRAW, PREMIUM = range(7)                  # acts
ALL = 0                                             # an amount or number that was left open


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


NO_POCKETS = Pockets(0, 0, 0)
NEW_PRODUCTS = Products(0, 0, 0)
NEW_POOL_YEAR = PoolYear(0, 0, 0, 0)


class Account:
    """A person between two months.

    `wage_fen` is the wage now, `declared_fen` the one the base rests on. `unpaid_by` is the fault for which
    premiums are not paid, or -1. `pool_if_paid` counts as if the gap had been paid, in case it will be, and
    `lost_months` are the continuous months the gap has cost. `arriving_fen` is money on its way from another area,
    `refunds` what will come back for prepaid bills: (month, fen).
    """
    __slots__ = ("area", "arriving_fen", "arriving_month", "continuous_months", "contributed_months", "declared_fen",
                 "gap_months", "gap_number", "is_closed", "is_dead", "is_retiring", "local_months", "lost_months",
                 "missed_months", "pockets", "pool", "pool_if_paid", "products", "refunds", "reserved_fen", "status",
                 "unpaid_by", "wage_fen", "waiting_months")

    def __init__(self, pockets, status, wage_fen, contributed_months, area=0):
        self.pockets, self.products = pockets, NEW_PRODUCTS
        self.pool = self.pool_if_paid = NEW_POOL_YEAR
        self.status, self.area = status, area
        self.wage_fen = self.declared_fen = wage_fen
        self.contributed_months = self.continuous_months = self.local_months = contributed_months
        self.unpaid_by = -1
        self.gap_months = self.gap_number = self.waiting_months = self.missed_months = self.lost_months = 0
        self.is_closed = self.is_dead = self.is_retiring = 0
        self.arriving_fen = self.arriving_month = self.reserved_fen = 0
        self.refunds = ()

    @property
    def refund_fen(self):
        """All that is still to come back for prepaid bills."""
        return sum(amount_fen for _, amount_fen in self.refunds)


class Missed:
    """The premiums a person has missed, by month of the span: what is owed, and what follows its payment.

    Each missed month is a principal of its own. `gap` numbers the gap a missed month belongs to, from 1; `is_owed`
    is 0 again once it has been paid, and `is_counted` 1 once it counts among the continuous months after all.
    """
    __slots__ = ("credit_fen", "employer_fen", "fault", "free_fen", "gap", "is_counted", "is_owed", "own_fen", "refund_fen",
                 "waiver_months", "waives_own")

    def __init__(self, months):
        for name in self.__slots__:
            setattr(self, name, [0] * months)


class Bill(NamedTuple):
    """One bill, in-scope and before any payment, on a day; `row` is the row of the rules of that day.

    A prepaid bill was paid in full by the patient, and the pool's part comes back later.
    """
    cost_fen: int
    place: int
    is_inpatient: int
    is_prepaid: int
    day: int
    row: int


class Act(NamedTuple):
    """Something a person does on a day; `row` is the row of the rules of that day.

    STOP: what = fault. RESUME: what = status or -1, amount = wage or 0. BACK_PAY: amount = number of months or ALL.
    RETIRE: what = 1 to top up. MOVE: what = the new area, to = its city, to_row = its rules. WITHDRAW: what = reason,
    amount or ALL, to = heir or -1. PREMIUM: what = use, to = whose, amount.
    """
    number: int
    kind: int
    day: int
    row: int
    what: int = 0
    amount: int = 0
    to: int = -1
    to_row: int = 0


class Person(NamedTuple):
    """What is given for a person in a month. `row` is the row of the rules of its first day, `month` its place in the span.

    `turns` are the days within the month on which further rows begin. `new_wage_fen` is 0 where the wage does not
    change; `wage_growth_ppm` acts in the month a base year starts. `statutory_month` is when the person retires as
    an employee, `flexible_statutory_month` as a flexible worker; the earliest months are those of one's own choice.
    """
    row: int
    turns: tuple
    month: int
    first_day: int
    last_day: int
    calendar_month: int
    age: int
    is_female: int
    new_wage_fen: int
    wage_growth_ppm: int
    pension_fen: int
    statutory_month: int
    flexible_statutory_month: int
    earliest_month: int
    flexible_earliest_month: int
    city: int
    province: int
    bills: tuple
    acts: tuple


class Aid(NamedTuple):
    """Who lets whom draw on the account, in order of registration. `relation` is what the taker is to the giver."""
    giver: int
    taker: int
    relation: int
    since_day: int
    until_day: int
    monthly_limit_fen: int
    yearly_limit_fen: int
    for_medical: int
    for_premium: int


class AidGiven:
    """What a giver has given under one authorisation: this month, this year, and on one day across provinces."""
    __slots__ = ("day", "day_fen", "month_fen", "year_fen")

    def __init__(self):
        self.day = self.day_fen = self.month_fen = self.year_fen = 0


class Flows(NamedTuple):
    """One month of one person, fen: the columns of the ledger."""
    area: int
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
    continuous_months: int
    employer_premium: int


class Tally:
    """The flows of a month while it goes on; what nothing was added to is 0."""
    area = status = base = opening = credit = back_credit = interest = refund = transfer_in = 0
    spent = aid_given = premium_given = withdrawn = transfer_out = 0
    medical = reimbursed = aid_received = cash_paid = eligible = gap_months = waiting_months = 0
    arrears = late_fee_accrued = late_fee_paid = premium_paid = employer_premium = 0
