"""One month of one person, in legal order."""
from simulator.law import contribution, interest, pooling, spending
from simulator.law import credit as crediting
from simulator.law.account import EMPLOYEE, FLEXIBLE, NEW_POOL_YEAR, NONE, RETIREE, Account, Flows, Pockets


def person_month(account, person, rows):
    """Carry an account through a month. `rows` are the rules; returns (account, flows)."""
    rules = rows[person.row]
    pockets, pool, status = account.pockets, account.pool, person.status
    opening_fen = pockets.current + pockets.carried + pockets.withdrawable

    # 1  A new account year carries money over, a new benefit year starts counting anew.
    if person.calendar_month == rules.interest_year_start_month:
        pockets = interest.carry_forward(pockets)
    if person.calendar_month == rules.pooling_year_start_month:
        pool = NEW_POOL_YEAR

    # 2  The wage the base rests on.
    wage_fen, declared_fen = contribution.declared_wage(
        account.wage_fen, account.declared_fen, person.new_wage_fen, person.wage_growth_ppm,
        person.calendar_month, rules)

    # 3  The premium, and what enters the account with it.
    base_fen = contribution.base(status, declared_fen, rules)
    premium_fen = contribution.own_premium(status, base_fen, person.calendar_month, rules)
    credit_fen = 0
    if status == EMPLOYEE or status == FLEXIBLE or status == RETIREE:
        has_just_retired = status == RETIREE and account.status != RETIREE
        credit_fen = crediting.credit(status, base_fen, person.age, person.pension_fen, has_just_retired,
                                      person.calendar_month, rules)
    free_fen = crediting.freely_withdrawable(credit_fen, rules)
    pockets = Pockets(pockets.current + credit_fen - free_fen, pockets.carried, pockets.withdrawable + free_fen)
    contributed_months = account.contributed_months
    if status == EMPLOYEE or status == FLEXIBLE:
        contributed_months += 1

    # 4  Whether the pool pays this month.
    is_eligible = status != NONE

    # 5  Bills: the pool, then the own account, then cash.
    medical_fen = reimbursed_fen = spent_fen = 0
    for bill in person.bills:
        on_its_day = rows[bill.row]
        pockets, before_fen, paid_fen, pool = pay_by_rule(bill, status, person.age, is_eligible, pockets, pool,
                                                          on_its_day)
        pockets, own_fen = spending.pay(pockets, bill.cost_fen - before_fen - paid_fen, on_its_day)
        medical_fen += bill.cost_fen
        reimbursed_fen += paid_fen
        spent_fen += before_fen + own_fen

    # 7  Interest, and the month is closed.
    products = interest.accrue(account.products, pockets, rules)
    interest_fen = 0
    if rules.interest_settlement_in_month[person.calendar_month - 1]:
        pockets, products, interest_fen = interest.settle(products, pockets, rules)

    closing_fen = pockets.current + pockets.carried + pockets.withdrawable
    cash_fen = medical_fen - reimbursed_fen - spent_fen
    employer_fen = contribution.employer_premium(status, base_fen, rules)
    none = 0
    flows = Flows(                                          # in the order of the ledger
        status, base_fen, opening_fen, credit_fen, none, interest_fen, none, none, spent_fen, none, none, none, none,
        closing_fen, pockets.current, pockets.carried, pockets.withdrawable,
        medical_fen, reimbursed_fen, none, cash_fen,
        int(is_eligible), none, none, none, none, none, premium_fen, contributed_months, employer_fen)
    return Account(pockets, products, pool, status, wage_fen, declared_fen, contributed_months), flows


def pay_by_rule(bill, status, age, is_eligible, pockets, pool, rules):
    """The pool's part of a bill, after money that must be used first. Returns (pockets, before_fen, paid_fen, pool)."""
    before_fen = paid_fen = 0
    if not is_eligible:
        return pockets, before_fen, paid_fen, pool
    group = pooling.patient_group(status, age, rules)
    if bill.is_inpatient:
        paid_fen, pool = pooling.inpatient_share(bill.cost_fen, bill.place, group, pool, rules)
    else:
        pockets, before_fen = spending.pay_before_pool(pockets, bill.cost_fen, rules)
        paid_fen, pool = pooling.outpatient_share(bill.cost_fen - before_fen, bill.place, group, pool, rules)
    return pockets, before_fen, paid_fen, pool
