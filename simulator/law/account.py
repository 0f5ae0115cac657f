"""What the law keeps of a person, what happens to the person in a month, and what comes of it.

All of it is whole numbers, and what a thing holds is annotated: so the same functions of the law run on these objects
and, compiled, on the same things laid out in flat memory (`simulator.populations.memory`).
"""
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

# Codes, in the order of the names in parameters.py.
NONE, EMPLOYEE, FLEXIBLE, RETIREE, RESIDENT = range(5)
PHARMACY, PRIMARY, SECONDARY, TERTIARY = range(4)
BY_EMPLOYER, BY_ONESELF = range(2)                  # who is at fault for a missed premium
(DEATH, EMIGRATION, QUIT, TRANSFER_REFUSED, REMOTE_RESIDENCE, LUMP_SUM_PENSION, ENLISTED, SERIOUS_ILLNESS,
 FREE) = range(9)                                   # reasons to withdraw
MEDICAL, RESIDENT_PREMIUM, LONG_TERM_CARE_PREMIUM, COMMERCIAL_PREMIUM = range(4)    # uses of money
STOP, RESUME, BACK_PAY, RETIRE, MOVE, WITHDRAW, PREMIUM = range(7)                  # acts
ALL = 0                                             # an amount or number that was left open
MONTHS_AHEAD = 6                                    # a hundred working days, the most a region may take, are over by then


class Pockets(NamedTuple):
    """The money of an account, fen: this year's, earlier years', and what may be taken out freely."""
    current: int
    carried: int
    withdrawable: int


def total(pockets: Pockets) -> int:
    """All the money of an account, fen."""
    return pockets.current + pockets.carried + pockets.withdrawable


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


class Dues(NamedTuple):
    """What a month of insurance comes to, fen, and before it what that rests on: as long as it holds, so does the rest."""
    row: int
    status: int
    declared_fen: int
    age: int
    pension_fen: int
    fixed_fen: int
    yearly_months: int
    base_fen: int
    own_fen: int
    employer_fen: int
    credit_fen: int
    free_fen: int


NO_POCKETS = Pockets(0, 0, 0)
NEW_PRODUCTS = Products(0, 0, 0)
NEW_POOL_YEAR = PoolYear(0, 0, 0, 0)
NO_DUES = Dues(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


class Account:
    """A person between two months.

    `is_new` is 1 for whom the employee scheme is new: no month was ever paid in it. `status_left` is how those who left
    the scheme were insured. `wage_fen` is the wage now, `declared_fen` the one the base rests on. `gap_first` is the
    place in the span of the first of `gap_months` without a premium. `unpaid_by` is the fault for which premiums are
    not paid, or -1. `pool_if_paid` counts as if the gaps from the place `reckoned_from` on had been paid, in case they
    will be, and `waiting_if_paid` is the wait that would be left then; `lost_months` are the continuous months the gap
    has cost. From `wait_gap_first` until `wait_gap_until`, places in the span, were the months without a premium that led
    to the latest wait, by the rules for a `wait_status`, `wait_gap_months` of them not made good; `earlier_wait_months`
    would be left of the wait before. `last_gap` is the place in the span of the first month missed in the latest gap, or -1.
    `arriving_fen` is money on its way from another area, `refund_fen` all that will come back for prepaid bills.
    """
    pockets: Pockets
    products: Products
    pool: PoolYear
    pool_if_paid: PoolYear
    dues: Dues
    status: int
    status_left: int
    is_new: int
    area: int
    wage_fen: int
    declared_fen: int
    contributed_months: int
    local_months: int
    continuous_months: int
    unpaid_by: int
    gap_months: int
    gap_first: int
    gap_number: int
    reckoned_from: int
    lost_months: int
    wait_gap_first: int
    wait_gap_until: int
    wait_gap_months: int
    wait_status: int
    earlier_wait_months: int
    missed_months: int
    last_gap: int
    waiting_months: int
    waiting_if_paid: int
    is_closed: int
    is_dead: int
    is_retiring: int
    arriving_fen: int
    arriving_month: int
    reserved_fen: int
    refund_fen: int
    __slots__ = tuple(__annotations__)

    def __init__(self, pockets: Pockets, status: int, wage_fen: int, contributed_months: int, area: int = 0) -> None:
        begin(self, pockets, status, wage_fen, contributed_months, area)


def begin(account: Account, pockets: Pockets, status: int, wage_fen: int, contributed_months: int, area: int) -> None:
    """An account as its holder brings it into the first month."""
    account.pockets, account.products, account.dues = pockets, NEW_PRODUCTS, NO_DUES
    account.pool = account.pool_if_paid = NEW_POOL_YEAR
    account.status, account.status_left, account.area = status, NONE, area
    account.is_new = int(contributed_months == 0 and status not in (EMPLOYEE, FLEXIBLE, RETIREE))
    account.wage_fen = account.declared_fen = wage_fen
    account.contributed_months = account.continuous_months = account.local_months = contributed_months
    account.unpaid_by = -1
    account.last_gap = -1
    account.gap_months = account.gap_number = account.lost_months = account.missed_months = 0
    account.gap_first = account.wait_gap_first = account.wait_gap_until = account.wait_gap_months = 0
    account.wait_status = account.earlier_wait_months = account.waiting_if_paid = account.reckoned_from = 0
    account.waiting_months = account.is_closed = account.is_dead = account.is_retiring = 0
    account.arriving_fen = account.arriving_month = account.reserved_fen = account.refund_fen = 0


class Missed:
    """What a person has missed or is to get back, by month of the span.

    Each missed month is a principal of its own. `gap` numbers the gap it belongs to, from 1, and `gap_place` the months
    of a gap; at the first of them stand how many there are so far, how many are still owed and how much, and `gap_before`,
    the place of the first month of the gap before it, or -1. `is_owed` is 0 again
    once a month has been paid, and `is_counted` 1 once it counts among the continuous months after all. `refund_fen` is
    what the pool would have paid of the month's bills, `coming_back_fen` what arrives in it for prepaid ones.
    """
    credit_fen: list[int]
    employer_fen: list[int]
    own_fen: list[int]
    fault: list[int]
    gap: list[int]
    gap_place: list[int]
    gap_before: list[int]
    gap_length: list[int]
    gap_owed: list[int]
    gap_owed_fen: list[int]
    is_counted: list[int]
    is_owed: list[int]
    due_day: list[int]
    waiver_months: list[int]
    waives_own: list[int]
    refund_fen: list[int]
    coming_back_fen: list[int]
    __slots__ = tuple(__annotations__)

    def __init__(self, months: int) -> None:
        for name in self.__slots__:
            setattr(self, name, [0] * (months + MONTHS_AHEAD))


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
    turns: tuple[int, ...]
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
    bills: tuple[Bill, ...]
    acts: tuple[Act, ...]


Outcome: TypeAlias = tuple[int, int, int, int]      # of an act: its number, the answer, an amount, the day


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
    """What a giver has given under one authorisation, this month and this year, and on one `day` under all of them.

    `frozen_fen` is what is frozen of the giver's account this month, to be given under it.
    """
    frozen_fen: int
    month_fen: int
    year_fen: int
    day: int
    day_fen: int
    __slots__ = tuple(__annotations__)

    def __init__(self) -> None:
        self.frozen_fen = self.day = self.day_fen = self.month_fen = self.year_fen = 0


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
    """The flows of a month while it goes on: what nothing was added to is 0. `lives`: at the start of the month."""
    if TYPE_CHECKING:       # they are whole numbers, and are set below
        def __getattr__(self, name: str) -> int: ...
        def __setattr__(self, name: str, value: int) -> None: ...


TALLIED = (*Flows._fields, "lives")
for _name in TALLIED:
    setattr(Tally, _name, 0)
flows = attrgetter(*Flows._fields)                          # of a tally whose month is closed, in the order of `Flows`


def broken(row: Flows, before_fen: int) -> int:
    """The number of the first identity of the ledger that a month does not keep to, 0 if it keeps to all.

    1: the closing balance is opening, inflows and outflows. 2: it is the sum of the pockets. 3: a bill is the sum of what
    paid it. 4: the opening balance is the closing one before. 5: nothing but interest is negative.
    """
    inflow = row.credit + row.back_credit + row.interest + row.refund + row.transfer_in
    outflow = row.spent + row.aid_given + row.premium_given + row.withdrawn + row.transfer_out
    if row.closing != row.opening + inflow - outflow:
        return 1
    if row.closing != row.current + row.carried + row.withdrawable:
        return 2
    if row.medical != row.reimbursed + row.spent + row.aid_received + row.cash_paid:
        return 3
    if row.opening != before_fen:
        return 4
    return 5 if is_negative(row) else 0


def is_negative(row: Flows) -> bool:
    """Whether anything but interest is."""
    return any(getattr(row, name) < 0 for name in Flows._fields if name != "interest")
