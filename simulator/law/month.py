"""One month of one household, in legal order.

1  A new account year carries money over; money on its way arrives.
2  What people do about their insurance: stop, resume; the wage the base rests on.
3  The premium, due and paid or missed; back-payments; what enters the account with them.
4  Whether the pool pays: paid up, no wait left.
5  Bills: the pool, the patient's own account, relatives' accounts in order of registration, cash.
6  Premiums paid out of accounts.
7  Retirement, withdrawals, moves; interest on its day; the month is closed, and who has age and years retires.

Accounts and what is owed change only here and only by the amounts that the `Tally` of the month names.
`outcomes` takes what became of each act: (act number, code, amount_fen, day).
"""
from simulator.law import arrears, contribution, interest, mutual_aid, pooling, retirement, spending, transfer, waiting, withdrawal
from simulator.law import credit as crediting
from simulator.law.account import (
    ALL,
    BACK_PAY,
    BY_EMPLOYER,
    COMMERCIAL_PREMIUM,
    DEATH,
    EMPLOYEE,
    FLEXIBLE,
    LONG_TERM_CARE_PREMIUM,
    MEDICAL,
    MONTHS_AHEAD,
    MOVE,
    NEW_POOL_YEAR,
    NO_POCKETS,
    NONE,
    PREMIUM,
    RESIDENT,
    RESIDENT_PREMIUM,
    RESUME,
    RETIRE,
    RETIREE,
    STOP,
    WITHDRAW,
    Account,
    Act,
    Aid,
    AidGiven,
    Bill,
    Dues,
    Missed,
    Outcome,
    Person,
    Pockets,
    PoolYear,
    Tally,
    total,
)
from simulator.law.rules import Rules
from simulator.money import share
from simulator.months import month_of_day_number, working_day_after

(DONE, NOTHING_OWED, TOO_LONG_AGO, NEVER_INSURED, NOT_ENROLLED,
 NO_WHOLE_YEAR) = range(6)                              # what became of a stop, a resume or a back-payment
JUST_PAID = -1                                          # of a gap: its last month was paid a moment ago
HAS_DIED = 99                                           # what becomes of anything asked for the dead


def household_month(accounts: list[Account], people: list[Person], missed: list[Missed], aids: list[Aid],
                    given: list[AidGiven], rows: list[Rules], start_month: int, tallies: list[Tally],
                    outcomes: list[Outcome]) -> None:
    """Carry a household through a month: changes `accounts`, `missed` and `given`, and fills `tallies`, which are new."""
    everybody = range(len(accounts))
    for who in everybody:
        open_month(accounts[who], people[who], missed[who], rows, start_month, tallies[who], outcomes)
    if len(aids) > 0:
        begin_aid_month(accounts, people, aids, given, rows)
        pay_bills_by_day(accounts, people, missed, aids, given, rows, start_month, tallies, outcomes)
    else:
        for who in everybody:
            for place in range(len(people[who].bills)):
                pay_bill(who, place, accounts, people, missed, aids, given, rows, tallies, start_month, outcomes)
    who, place = first_act(people, tallies)
    while who >= 0:
        act = people[who].acts[place]
        if act.kind == PREMIUM:
            pay_premium(who, act, accounts, people, aids, given, rows, tallies, outcomes)
        who, place = next_act(act.number, people, tallies)
    who, place = first_act(people, tallies)
    while who >= 0:
        act = people[who].acts[place]
        if accounts[who].is_dead and (act.kind == RETIRE or act.kind == WITHDRAW or act.kind == MOVE):     # since an earlier day
            outcomes.append((act.number, HAS_DIED, 0, act.day))
        elif act.kind == RETIRE:
            ask_to_retire(accounts[who], people[who], act, rows[act.row], start_month, tallies[who], outcomes)
        elif act.kind == WITHDRAW:
            withdraw(who, act, accounts, people[who], missed, rows, tallies, outcomes)
        elif act.kind == MOVE:
            move(accounts[who], people[who], act, rows, start_month, tallies[who], outcomes)
        who, place = next_act(act.number, people, tallies)
    for who in everybody:
        close_month(accounts[who], people[who], rows, start_month, missed[who], tallies[who])
        reach_statutory_age(accounts[who], people[who], start_month, rows[people[who].row])


# ── the short way of one person who `is_ordinary` and does nothing ─────────────────────────────────
#
# It comes to the same as `household_month`, month by month: `renew_dues` where these may be others than the month before
# (`may_change_dues`, `has_same_dues`, `ages_with_other_dues`), `begin_years` where one begins, `quiet_months` up to the end of a year
# or other rules; in them `credit_months` and `pay_bills`; interest on its day, what is `outstanding` at the end of a month,
# `count_paid_month` and, from the statutory age on, `reach_statutory_age`.

def is_ordinary(account: Account) -> bool:
    """Whether somebody is insured with an account, pays, and waits for nothing: neither for cover nor for money."""
    return (account.unpaid_by < 0 and account.arriving_fen == 0 and account.refund_fen == 0
            and (account.gap_months | account.waiting_months | account.is_retiring | account.is_closed | account.is_dead) == 0
            and (account.status == EMPLOYEE or account.status == FLEXIBLE or account.status == RETIREE))


def renew_dues(account: Account, person: Person, rules: Rules) -> Dues:
    """What a month comes to, where that may be something else than the month before."""
    declare_wage(account, 0, person.wage_growth_ppm, person.calendar_month, rules)
    return dues_of_month(account, person, 0, rules)


def quiet_months(months: int, account: Account, rules: Rules) -> None:
    """So many months in one year of the account and by the same rules, as if without bills: balances grow evenly, and interest is
    counted on their sum.

    The credits come with `credit_months`, as the bills come.
    """
    pockets, dues = account.pockets, account.dues
    grown, credits = growth(dues), months * (months + 1) // 2
    balances = Pockets(months * pockets.current + credits * grown.current, months * pockets.carried,
                       months * pockets.withdrawable + credits * grown.withdrawable)
    account.products = interest.accrue(account.products, balances, rules)


def growth(dues: Dues) -> Pockets:
    """By how much the pockets grow in a month without bills."""
    return credited(NO_POCKETS, dues.credit_fen, dues.free_fen)


def credit_months(months: int, account: Account) -> None:
    """The credits of so many months."""
    account.pockets = credited(account.pockets, months * account.dues.credit_fen, months * account.dues.free_fen)


def pay_bills(months: int, account: Account, person: Person, missed: Missed, rows: list[Rules], start_month: int,
              tally: Tally) -> None:
    """The bills of a month in `quiet_months`: what they take earns no interest in so many months, from this one on."""
    before, tally.eligible = account.pockets, 1
    for place in range(len(person.bills)):
        bill = person.bills[place]
        due_fen = pay_own_bill(account, person, missed, bill, rows[bill.row], start_month, tally)
        tally.cash_paid += due_fen
    after = account.pockets
    more = Pockets(months * (after.current - before.current), months * (after.carried - before.carried),
                   months * (after.withdrawable - before.withdrawable))
    account.products = interest.accrue(account.products, more, rows[person.row])


def may_change_dues(calendar_month: int, rules: Rules) -> bool:
    """Whether the dues of a month may be others than the month before: a base year begins, or a sum is another one."""
    return (calendar_month == rules.contribution_base_year_start_month
            or monthly_sums(calendar_month, rules) != monthly_sums((calendar_month - 2) % 12 + 1, rules))


def ends_a_year(calendar_month: int, rules: Rules) -> bool:
    """Whether interest is credited in a month, or a year begins after it."""
    return rules.interest_settlement_in_month[calendar_month - 1] == 1 or begins_a_year(calendar_month % 12 + 1, rules)


def begins_a_year(calendar_month: int, rules: Rules) -> bool:
    """Whether a year of the account or of the pool begins in a month."""
    return calendar_month == rules.interest_year_start_month or calendar_month == rules.pooling_year_start_month


def has_same_dues(rules: Rules, following: Rules) -> bool:
    """Whether dues, and the months of retirement, come to the same by two rows."""
    return all(getattr(rules, name) == getattr(following, name) for name in Rules._fields
               if name.startswith(("contribution_", "credit_", "withdrawal_free_share_", "retirement_"))
               and not name.startswith("retirement_top_up_"))


def ages_with_other_dues(rules: Rules) -> set[int]:
    """The ages at which a birthday changes dues: a band of a credit begins."""
    bands = (rules.credit_employee_age_bands, rules.credit_retiree_monthly, rules.credit_retiree_yearly, rules.credit_deduction_rates)
    return {band[0] for each in bands for band in each}


def monthly_sums(calendar_month: int, rules: Rules) -> tuple[int, ...]:
    """What depends on the month of the year: fixed sums by status, and for how many months a yearly one is credited."""
    yearly_months = crediting.retiree_yearly_months(calendar_month, False, rules)
    return (*[contribution.fixed_monthly(status, calendar_month, rules) for status in (EMPLOYEE, FLEXIBLE, RETIREE)],
            yearly_months if any(band[1] for band in rules.credit_retiree_yearly) else 0)


def first_act(people: list[Person], tallies: list[Tally]) -> tuple[int, int]:
    """Whose act is the first of the month, and which of the person's: (-1, -1) if nobody acts."""
    for who in range(len(people)):
        if len(people[who].acts) > 0:
            return next_act(-1, people, tallies)
    return -1, -1


def next_act(number: int, people: list[Person], tallies: list[Tally]) -> tuple[int, int]:
    """The act after the one with this number: acts are numbered in order of their days. The dead do nothing."""
    next_who = next_place = -1
    next_number = 0
    for who in range(len(people)):
        if tallies[who].lives:
            for place in range(len(people[who].acts)):
                candidate = people[who].acts[place].number
                if candidate > number and (next_who < 0 or candidate < next_number):
                    next_who, next_place, next_number = who, place, candidate
    return next_who, next_place


def pay_bills_by_day(accounts: list[Account], people: list[Person], missed: list[Missed], aids: list[Aid],
                     given: list[AidGiven], rows: list[Rules], start_month: int, tallies: list[Tally],
                     outcomes: list[Outcome]) -> None:
    """The bills of a household day by day. On one day, who may be helped comes after who may not.

    So the order in which people are named changes nothing: only days and the order of registration count.
    """
    day, who = next_patient(0, 0, people, aids)
    while who >= 0:
        for place in range(len(people[who].bills)):
            if people[who].bills[place].day == day:
                pay_bill(who, place, accounts, people, missed, aids, given, rows, tallies, start_month, outcomes)
        day, who = next_patient(day, helped_by(who, aids) * len(people) + who + 1, people, aids)


def next_patient(day: int, turn: int, people: list[Person], aids: list[Aid]) -> tuple[int, int]:
    """Who has bills next: on this day at this turn or later, or on the next day there are any. Returns (day, who)."""
    next_day = next_turn = 0
    next_who = -1
    for who in range(len(people)):
        own_turn = helped_by(who, aids) * len(people) + who
        for place in range(len(people[who].bills)):
            bill_day = people[who].bills[place].day
            if (bill_day > day or (bill_day == day and own_turn >= turn)) and (
                    next_who < 0 or bill_day < next_day or (bill_day == next_day and own_turn < next_turn)):
                next_day, next_turn, next_who = bill_day, own_turn, who
    return next_day, next_who


def helped_by(who: int, aids: list[Aid]) -> int:
    """The place of the first authorisation that helps a person, from 1 in order of registration; 0 for nobody's."""
    for number in range(len(aids)):
        if aids[number].taker == who:
            return number + 1
    return 0


# ── 1 to 4: the insurance of one person ────────────────────────────────────────────────────────────

def open_month(account: Account, person: Person, missed: Missed, rows: list[Rules], start_month: int, tally: Tally,
               outcomes: list[Outcome]) -> None:
    """Steps 1 to 4 for one person."""
    rules = rows[person.row]
    tally.area, tally.lives, tally.opening = account.area, 1 - account.is_dead, total(account.pockets)

    # 1
    begin_years(account, person.calendar_month, rules)
    if account.arriving_fen and start_month + person.month >= account.arriving_month:
        receive(account, tally)
    if account.refund_fen > 0:
        refund_fen = missed.coming_back_fen[person.month]
        account.refund_fen -= refund_fen
        pay_refund(account, refund_fen, tally, rules)

    # 2
    has_just_retired = account.is_retiring == 1
    if has_just_retired:                                    # premiums, and with them gaps and waits, are over
        account.status, account.is_retiring, account.unpaid_by = RETIREE, 0, -1
        end_gap_and_wait(account)
    new_wage_fen, growth_ppm = person.new_wage_fen, person.wage_growth_ppm
    for place in range(len(person.acts)):
        act = person.acts[place]
        if account.is_dead:
            outcomes.append((act.number, HAS_DIED, 0, act.day))
        elif act.kind == STOP:
            if account.status == RETIREE:                   # retirees owe no premium they could stop paying
                outcomes.append((act.number, NOTHING_OWED, 0, act.day))
                continue
            account.unpaid_by = act.what
            outcomes.append((act.number, DONE, 0, act.day))
        elif act.kind == RESUME and account.status == RETIREE:
            outcomes.append((act.number, NOTHING_OWED, 0, act.day))
        elif act.kind == RESUME and act.what < 0 and account.status == NONE and account.status_left == NONE:
            outcomes.append((act.number, NEVER_INSURED, 0, act.day))
        elif act.kind == RESUME:
            account.unpaid_by = -1
            if act.what >= 0:
                account.status = act.what
            elif account.status == NONE:                    # as before
                account.status = account.status_left
            if act.amount:                                  # a new employer: the first month's wage is declared
                account.wage_fen = account.declared_fen = act.amount
                new_wage_fen = growth_ppm = 0
            account.is_closed = 0                           # a new enrolment opens an account again
            outcomes.append((act.number, DONE, 0, act.day))
    status = account.status
    declare_wage(account, new_wage_fen, growth_ppm, person.calendar_month, rules)

    # 3
    dues = dues_of_month(account, person, has_just_retired, rules)
    tally.base, tally.status = dues.base_fen, status
    is_paid = account.unpaid_by < 0
    if status == RETIREE or (is_paid and (status == EMPLOYEE or status == FLEXIBLE)):
        pay_dues(account, dues, tally)
    repaid_years = 0
    for place in range(len(person.acts)):
        act = person.acts[place]
        if account.is_dead:
            break
        if act.kind == BACK_PAY and status == RESIDENT and account.missed_months == 0:  # residents pay whole years back
            years = min(act.amount if act.amount != ALL else account.gap_months, account.gap_months - 12 * repaid_years) // 12
            outcomes.append((act.number, answer_to_resident(account, is_paid, years), 0, act.day))
            repaid_years += years
        elif act.kind == BACK_PAY:
            back_pay(account, person, missed, act, rows[act.row], start_month, tally, outcomes)
    if not is_paid and (status == EMPLOYEE or status == FLEXIBLE):
        miss(account, person, missed, dues.base_fen, rules)  # not before the month is over can it be paid back

    # 4
    count_months(account, person, missed, is_paid, repaid_years, rules)
    tally.gap_months, tally.waiting_months = account.gap_months, account.waiting_months
    tally.eligible = int(status != NONE and is_paid and account.waiting_months == 0)


def begin_years(account: Account, calendar_month: int, rules: Rules) -> None:
    """A new account year carries money over; a new year of the pool counts anew."""
    if calendar_month == rules.interest_year_start_month:
        account.pockets = interest.carry_forward(account.pockets)
    if calendar_month == rules.pooling_year_start_month:
        account.pool = account.pool_if_paid = NEW_POOL_YEAR


def declare_wage(account: Account, new_wage_fen: int, growth_ppm: int, calendar_month: int, rules: Rules) -> None:
    """The wage of the month, and the one that the base rests on."""
    if account.wage_fen or new_wage_fen:
        account.wage_fen, account.declared_fen = contribution.declared_wage(
            account.wage_fen, account.declared_fen, new_wage_fen, growth_ppm, calendar_month, rules)


def dues_of_month(account: Account, person: Person, has_just_retired: int, rules: Rules) -> Dues:
    """What the month comes to. It is only worked out anew where something that it rests on has changed."""
    status, dues, yearly_months = account.status, account.dues, 0
    if status == RETIREE:
        yearly_months = crediting.retiree_yearly_months(person.calendar_month, has_just_retired, rules)
    fixed_fen = contribution.fixed_monthly(status, person.calendar_month, rules)
    if (dues.row != person.row or dues.status != status or dues.declared_fen != account.declared_fen or dues.age != person.age
            or dues.pension_fen != person.pension_fen or dues.fixed_fen != fixed_fen or dues.yearly_months != yearly_months):
        account.dues = work_out_dues(account, person, yearly_months, fixed_fen, rules)
    return account.dues


def work_out_dues(account: Account, person: Person, yearly_months: int, fixed_fen: int, rules: Rules) -> Dues:
    """Base, premiums and credit of a month, if it is paid."""
    status, declared_fen, age, pension_fen = account.status, account.declared_fen, person.age, person.pension_fen
    base_fen = contribution.base(status, declared_fen, rules)
    credit_fen = crediting.credit(status, base_fen, age, pension_fen, yearly_months, rules)
    return Dues(person.row, status, declared_fen, age, pension_fen, fixed_fen, yearly_months, base_fen,
                contribution.own_premium(status, base_fen, fixed_fen, rules), contribution.employer_premium(status, base_fen, rules),
                credit_fen, crediting.freely_withdrawable(credit_fen, rules))


def pay_dues(account: Account, dues: Dues, tally: Tally) -> None:
    """The month's premiums are paid, and its credit reaches the account."""
    if not account.is_closed:                               # else insured still, but without an account
        tally.credit = dues.credit_fen
        account.pockets = credited(account.pockets, dues.credit_fen, dues.free_fen)
    tally.premium_paid, tally.employer_premium = dues.own_fen, dues.employer_fen


def credited(pockets: Pockets, credit_fen: int, free_fen: int) -> Pockets:
    """A credit joins this year's money, but for what of it may be taken out freely."""
    return Pockets(pockets.current + credit_fen - free_fen, pockets.carried, pockets.withdrawable + free_fen)


def miss(account: Account, person: Person, missed: Missed, base_fen: int, rules: Rules) -> None:
    """A month's premium is not paid: note what is owed and what its payment would credit.

    An employer owes both parts. Who is at fault oneself has left the employer and would pay as a flexible worker.
    """
    place, fault = person.month, account.unpaid_by
    status = EMPLOYEE if fault == BY_EMPLOYER else FLEXIBLE
    if status == FLEXIBLE and account.status == EMPLOYEE:
        base_fen = contribution.flexible_base(account.declared_fen, rules)
    is_first = (account.gap_months == 0 or missed.gap[place - 1] == 0
                or missed.gap[place - 1] != account.gap_number      # as it is after leaving the scheme
                or missed.fault[place - 1] != fault)
    if is_first:
        account.gap_number += 1
        account.lost_months = 0
        if place == 0 or missed.gap[place - 1] == 0 or not arrears.counts_as_none(missed, account.last_gap, rules):
            account.pool_if_paid, account.reckoned_from = account.pool, place   # no gap just before it will ever be made good
    missed.is_owed[place], missed.fault[place], missed.gap[place] = 1, fault, account.gap_number
    missed.gap_place[place] = 1 if is_first else missed.gap_place[place - 1] + 1
    if is_first:
        missed.gap_before[place], account.last_gap = account.last_gap, place
    first = account.last_gap
    fixed_fen = contribution.fixed_monthly(status, person.calendar_month, rules)
    missed.own_fen[place] = contribution.own_premium(status, base_fen, fixed_fen, rules)
    missed.employer_fen[place] = contribution.employer_premium(status, base_fen, rules)
    missed.gap_length[first] += 1
    missed.gap_owed[first] += 1
    missed.gap_owed_fen[first] += missed.own_fen[place] + missed.employer_fen[place]
    missed.credit_fen[place] = crediting.credit(status, base_fen, person.age, 0, 0, rules)
    missed.due_day[place] = rules.arrears_due_day
    missed.waiver_months[place] = rules.arrears_waiver_months if fault == BY_EMPLOYER else 0
    missed.waives_own[place] = int(rules.arrears_waiver_part == arrears.BOTH_PARTS)
    account.missed_months += 1


def answer_to_resident(account: Account, is_paid: bool, years: int) -> int:
    """Whether a resident may pay so many missed years back: only in the month of enrolment."""
    if account.gap_months == 0:
        return NOTHING_OWED
    if not is_paid:
        return NOT_ENROLLED
    return DONE if years > 0 else NO_WHOLE_YEAR


def back_pay(account: Account, person: Person, missed: Missed, act: Act, rules: Rules, start_month: int, tally: Tally,
             outcomes: list[Outcome]) -> None:
    """Pay missed months on a day, the latest first: principal, late fee and credit; with the last of a gap, its bills."""
    owed = paid = amount_fen = 0
    for place in range(person.month, -1, -1):
        if not missed.is_owed[place]:
            continue
        owed += 1
        if (act.amount != ALL and paid == act.amount) or not arrears.is_payable(missed, place, rules):
            continue
        paid += 1
        amount_fen += missed.own_fen[place] + missed.employer_fen[place]
        tally.premium_paid += missed.own_fen[place]
        tally.employer_premium += missed.employer_fen[place]
        tally.late_fee_paid += arrears.month_late_fee(missed, place, start_month, act.day, rules)
        credit_fen = 0 if account.is_closed or account.status == NONE else missed.credit_fen[place]
        free_fen = crediting.freely_withdrawable(credit_fen, rules)
        tally.back_credit += credit_fen
        account.pockets = credited(account.pockets, credit_fen, free_fen)
        account.contributed_months += 1
        account.local_months += 1
        account.missed_months -= 1
        missed.is_owed[place] = 0
        first = arrears.first_of_gap(missed, place)
        missed.gap_owed[first] -= 1
        missed.gap_owed_fen[first] -= missed.own_fen[place] + missed.employer_fen[place]
        if arrears.owed_in_gap(missed, place) == 0:
            missed.gap_owed[first] = JUST_PAID
    first = account.last_gap
    while first >= 0:                                       # when all is paid, so that what comes back finds the account
        if missed.gap_owed[first] == JUST_PAID:
            missed.gap_owed[first] = 0
            make_good(account, person, missed, first, tally, rules)
        first = missed.gap_before[first]
    outcomes.append((act.number, DONE if paid else NOTHING_OWED if owed == 0 else TOO_LONG_AGO, amount_fen, act.day))


def make_good(account: Account, person: Person, missed: Missed, place: int, tally: Tally, rules: Rules) -> None:
    """A gap has been paid in full. Where that works back, it is as if it had not been, and the pool pays its bills.

    The money goes into the account; to whom has none, it is paid out.
    """
    first, length = arrears.first_of_gap(missed, place), arrears.gap_length(missed, place)
    if not arrears.is_retroactive(missed.fault[place], length, rules):
        return
    until = first + length
    if first == account.last_gap:
        until = person.month + 1                            # the bills of a wait after the gap too
        account.pool = account.pool_if_paid
        if account.unpaid_by >= 0:                          # what is missed from now on is a gap of its own
            account.gap_number += 1
    refund_fen = 0
    for month in range(first, until):
        refund_fen += missed.refund_fen[month]
        missed.refund_fen[month] = 0
    shorten_gap(account, missed, first, length, rules)
    pay_refund(account, refund_fen, tally, rules)


def pay_refund(account: Account, refund_fen: int, tally: Tally, rules: Rules) -> None:
    """What the pool pays later goes into the account; to whom has none, it is paid out."""
    tally.refund += refund_fen
    if not account.is_closed and (crediting.is_credited(account.status, rules)
                                      or total(account.pockets) + account.arriving_fen > 0):
        account.pockets = credited(account.pockets, refund_fen, 0)
    else:
        tally.withdrawn += refund_fen


def shorten_gap(account: Account, missed: Missed, first: int, length: int, rules: Rules) -> None:
    """Months made good no longer count in the months without a premium that go on, or in those that led to the wait.

    Of a wait that was left before them they are waited off, as paid months are.
    """
    if account.gap_months > 0 and first >= account.gap_first:
        account.gap_months -= length
        wait_off(account, length)
        count_as_paid(account, missed, first, first + length)
    elif account.wait_gap_first <= first < account.wait_gap_until:
        account.wait_gap_months -= length
        account.earlier_wait_months = max(0, account.earlier_wait_months - length)
        if waiting.is_continuous(account.wait_status, account.wait_gap_months, rules):
            count_as_paid(account, missed, account.wait_gap_first, account.wait_gap_until)
            account.continuous_months += account.lost_months
            account.lost_months = 0
        if waiting.wait_after_gap(account.wait_status, account.wait_gap_months, 0, rules) == 0:
            account.waiting_months, account.wait_gap_until = account.earlier_wait_months, account.wait_gap_first
    elif first >= account.wait_gap_until:
        wait_off(account, length)


def wait_off(account: Account, months: int) -> None:
    """So many months less are to be waited, and would be of a wait before."""
    account.waiting_months = max(0, account.waiting_months - months)
    account.earlier_wait_months = max(0, account.earlier_wait_months - months)


def count_as_paid(account: Account, missed: Missed, first: int, until: int) -> None:
    """Months that have been made good are continuous months after all."""
    for month in range(first, until):
        if missed.gap[month] > 0 and not missed.is_owed[month] and not missed.is_counted[month]:
            missed.is_counted[month] = 1
            account.continuous_months += 1


def count_months(account: Account, person: Person, missed: Missed, is_paid: bool, repaid_years: int, rules: Rules) -> None:
    """Months of contribution, of gap and of waiting, as of this month."""
    status = account.status
    if status == RETIREE:                                   # who comes back as one owes no premium either
        end_gap_and_wait(account)
        return
    if status == NONE and account.contributed_months == 0:
        return
    if status == NONE or not is_paid:                       # another month without a premium
        if status == EMPLOYEE or status == FLEXIBLE:
            miss_in_reckoning(account, person, missed, rules)
        if account.gap_months == 0:
            account.gap_first = person.month
        account.gap_months += 1
        return
    left = max(0, account.waiting_months - 1)               # a paid month is waited off
    if account.is_new and status != RESIDENT:
        left = max(left, waiting.from_this_month(waiting.first_wait(status, rules), rules))
        account.is_new = 0
    wait = waiting.from_this_month(waiting.wait_after_gap(status, account.gap_months, repaid_years, rules), rules)
    unpaid_months = account.gap_months
    if unpaid_months > 0:
        if status != RESIDENT and not waiting.is_continuous(status, account.gap_months, rules):
            account.lost_months, account.continuous_months = account.continuous_months, 0
            if wait >= left:
                account.wait_gap_months, account.earlier_wait_months = account.gap_months, left + 1
                account.wait_gap_first, account.wait_gap_until, account.wait_status = account.gap_first, person.month, status
        elif status == RESIDENT and wait >= left:
            account.wait_gap_first = account.wait_gap_until = person.month  # nothing paid later shortens the wait of a resident
        account.gap_months = 0
    if status != RESIDENT:
        count_paid_month(account)
    account.waiting_months, account.earlier_wait_months = max(wait, left), max(0, account.earlier_wait_months - 1)
    wait_in_reckoning(account, person, missed, unpaid_months, rules)


def miss_in_reckoning(account: Account, person: Person, missed: Missed, rules: Rules) -> None:
    """What would be left of waits in a missed month, had it been paid, and the gaps before it that may still be made good."""
    left, wait = account.waiting_if_paid, 0
    if account.reckoned_from == person.month:               # what was missed before it stays missed
        status = EMPLOYEE if missed.fault[person.month] == BY_EMPLOYER else FLEXIBLE
        left, wait = account.waiting_months, waiting.wait_after_gap(status, account.gap_months, 0, rules)
        if account.is_new:
            wait = max(wait, waiting.first_wait(status, rules))
    account.waiting_if_paid = max(waiting.from_this_month(wait, rules), left - 1, 0)


def wait_in_reckoning(account: Account, person: Person, missed: Missed, unpaid_months: int, rules: Rules) -> None:
    """The same in a paid month after so many without a premium; there is no other wait once those gaps have been made good."""
    if account.status == RESIDENT or account.last_gap < 0:
        account.waiting_if_paid = account.waiting_months
        return
    unpaid_months = min(unpaid_months, person.month - account.last_gap - missed.gap_length[account.last_gap])
    wait = waiting.from_this_month(waiting.wait_after_gap(account.status, unpaid_months, 0, rules), rules)
    account.waiting_if_paid = min(account.waiting_months, max(wait, account.waiting_if_paid - 1))
    if account.waiting_if_paid < account.waiting_months and arrears.are_made_good(
            missed, account.last_gap, account.reckoned_from, rules):
        account.waiting_months = account.waiting_if_paid


def count_paid_month(account: Account, months: int = 1) -> None:
    """A month of contribution more, or so many."""
    account.contributed_months += months
    account.continuous_months += months
    account.local_months += months


def reach_statutory_age(account: Account, person: Person, start_month: int, rules: Rules) -> None:
    """At statutory age, with the area's years, premiums end: a retiree from the next month on."""
    if account.status != EMPLOYEE and account.status != FLEXIBLE:
        return
    statutory_month = person.statutory_month if account.status == EMPLOYEE else person.flexible_statutory_month
    if start_month + person.month >= statutory_month and account.unpaid_by < 0 and retirement.missing_months(
            person.is_female, account.contributed_months, account.local_months, rules) == 0:
        account.is_retiring = 1


# ── 5 and 6: what is paid ──────────────────────────────────────────────────────────────────────────

def begin_aid_month(accounts: list[Account], people: list[Person], aids: list[Aid], given: list[AidGiven],
                    rows: list[Rules]) -> None:
    """Limits count anew; across provinces a quota is frozen in the giver's account, beyond the giver's own bills."""
    for who in range(len(accounts)):
        accounts[who].reserved_fen = 0
    for number in range(len(aids)):
        aid, so_far = aids[number], given[number]
        giver, taker = people[aid.giver], people[aid.taker]
        so_far.month_fen = so_far.frozen_fen = 0
        if giver.calendar_month == 1:
            so_far.year_fen = 0
        rules = rows[giver.row]
        quota_fen = mutual_aid.frozen_quota(aid, so_far, giver.province == taker.province, rules)
        if quota_fen > 0 and may_draw(number, giver.first_day, accounts, people, aids, rows):
            account = accounts[aid.giver]
            so_far.frozen_fen = min(quota_fen, free_to_give(account, so_far, rules))
            account.reserved_fen += so_far.frozen_fen


def may_draw(number: int, day: int, accounts: list[Account], people: list[Person], aids: list[Aid], rows: list[Rules]) -> bool:
    """Whether an authorisation may be drawn on for anything."""
    for use in (MEDICAL, RESIDENT_PREMIUM, LONG_TERM_CARE_PREMIUM, COMMERCIAL_PREMIUM):
        if aid_answer(number, use, day, accounts, people, aids, rows) == mutual_aid.ALLOWED:
            return True
    return False


def free_to_give(account: Account, given: AidGiven, rules: Rules) -> int:
    """The money of an account that may be given under one authorisation: not what is frozen for another."""
    return max(0, mutual_aid.giveable(account.pockets, rules) - (account.reserved_fen - given.frozen_fen))


def note_aid(number: int, account: Account, aids: list[Aid], given: list[AidGiven], given_fen: int, day: int) -> None:
    """Count what was given under one authorisation, first of what was frozen for it; the day's is the giver's in all."""
    from_frozen_fen = min(given_fen, given[number].frozen_fen)
    given[number].frozen_fen -= from_frozen_fen
    account.reserved_fen -= from_frozen_fen
    mutual_aid.note_given(given[number], given_fen)
    for place in range(len(aids)):
        if aids[place].giver == aids[number].giver:
            mutual_aid.note_day(given[place], given_fen, day)


def pay_bill(who: int, place: int, accounts: list[Account], people: list[Person], missed: list[Missed],
             aids: list[Aid], given: list[AidGiven], rows: list[Rules], tallies: list[Tally], start_month: int,
             outcomes: list[Outcome]) -> None:
    """Step 5: one bill of a person, by the rules of its day."""
    bill = people[who].bills[place]
    due_fen = pay_own_bill(accounts[who], people[who], missed[who], bill, rows[bill.row], start_month, tallies[who])
    if due_fen > 0 and len(aids) > 0:
        due_fen -= relatives_pay(who, due_fen, bill.day, accounts, people, aids, given, rows, tallies, outcomes)
    tallies[who].cash_paid += due_fen


def pay_own_bill(account: Account, person: Person, missed: Missed, bill: Bill, rules: Rules, start_month: int,
                 tally: Tally) -> int:
    """What the pool and the patient's own account pay of a bill. Returns what is left of it, fen."""
    tally.medical += bill.cost_fen
    paid_fen, before_fen = pool_pays(account, person, missed, bill, tally, rules)
    if bill.is_prepaid:                                     # the patient has paid; the pool's part comes back
        due_fen = bill.cost_fen
        if rules.pooling_prepaid_to == pooling.TO_THE_ACCOUNT:
            come_back(account, person, missed, paid_fen, bill.day, start_month, tally, rules)
        else:
            tally.reimbursed += paid_fen
            due_fen -= paid_fen
        tally.cash_paid += due_fen
        return 0
    tally.reimbursed += paid_fen
    tally.spent += before_fen
    due_fen = bill.cost_fen - paid_fen - before_fen
    if account.gap_months == 0 or rules.arrears_account_usable == spending.USABLE:
        due_fen -= own_account_pays(account, due_fen, tally, rules)
    return due_fen


def pool_pays(account: Account, person: Person, missed: Missed, bill: Bill, tally: Tally, rules: Rules) -> tuple[int,
              int]:
    """The pool's part of a bill, and what account money must pay before it: (paid_fen, before_fen).

    While a gap may still be made good, note what the pool would have paid beyond it if the gap had not been.
    """
    paid_fen = before_fen = 0
    if tally.eligible or waits_with_a_part(account, rules):
        if rules.spending_before_pool == spending.CURRENT_MONEY and not bill.is_inpatient and not bill.is_prepaid:
            account.pockets, before_fen = spending.pay_before_pool(account.pockets, min(bill.cost_fen, not_frozen(account)), rules)
        paid_fen, account.pool = pool_share(bill.cost_fen - before_fen, bill, account.status, person.age, account.pool,
                                            account.waiting_months, rules)
    if account.missed_months > 0 and missed.gap_owed[account.last_gap] > 0 and arrears.counts_as_none(missed, account.last_gap, rules):
        note_if_paid(bill.cost_fen - before_fen, paid_fen, account, person, missed, bill, rules)
    return paid_fen, before_fen


def waits_with_a_part(account: Account, rules: Rules) -> bool:
    """Whether somebody is in a wait in which the pool pays a part."""
    return (account.waiting_months > 0 and account.gap_months == 0 and account.status != NONE
            and rules.waiting_pool_share_ppm > 0)


def note_if_paid(cost_fen: int, paid_fen: int, account: Account, person: Person, missed: Missed, bill: Bill,
                 rules: Rules) -> None:
    """What the pool would have paid beyond what it has, if the latest gap had not been. What it has paid it leaves."""
    is_insured = account.status == EMPLOYEE or account.status == FLEXIBLE or account.status == RETIREE
    if is_insured and (account.waiting_if_paid == 0 or rules.waiting_pool_share_ppm > 0):
        would_pay_fen, account.pool_if_paid = pool_share(cost_fen, bill, account.status, person.age, account.pool_if_paid,
                                                         account.waiting_if_paid, rules)
        missed.refund_fen[person.month] += max(0, would_pay_fen - paid_fen)


def pool_share(cost_fen: int, bill: Bill, status: int, age: int, pool: PoolYear, waiting_months: int,
               rules: Rules) -> tuple[int, PoolYear]:
    """The pool's part of a cost by kind and place of care, less of it in a wait. Returns (paid_fen, pool)."""
    group = pooling.patient_group(status, age, rules)
    if bill.is_inpatient:
        paid_fen, pool = pooling.inpatient_share(cost_fen, bill.place, group, pool, rules)
    else:
        paid_fen, pool = pooling.outpatient_share(cost_fen, bill.place, group, pool, rules)
    return in_part(paid_fen, pool, bill, rules) if waiting_months > 0 else (paid_fen, pool)


def in_part(paid_fen: int, pool: PoolYear, bill: Bill, rules: Rules) -> tuple[int, PoolYear]:
    """The part of what the pool pays that it pays in a wait; what it does not pay counts to no ceiling."""
    part_fen = share(paid_fen, rules.waiting_pool_share_ppm, rules.pooling_rounding)
    left_fen = paid_fen - part_fen
    if bill.is_inpatient:
        return part_fen, PoolYear(pool.deductible, pool.cost, pool.paid, pool.inpatient_paid - left_fen)
    return part_fen, PoolYear(pool.deductible, pool.cost, pool.paid - left_fen, pool.inpatient_paid)


def own_account_pays(account: Account, due_fen: int, tally: Tally, rules: Rules) -> int:
    """The patient's own account, but for what is frozen for others. Returns paid_fen."""
    account.pockets, paid_fen = spending.pay(account.pockets, min(due_fen, not_frozen(account)), rules)
    tally.spent += paid_fen
    return paid_fen


def not_frozen(account: Account) -> int:
    """The money that is not frozen for a relative, fen."""
    return max(0, total(account.pockets) - account.reserved_fen)


def come_back(account: Account, person: Person, missed: Missed, amount_fen: int, day: int, start_month: int,
              tally: Tally, rules: Rules) -> None:
    """A prepaid bill's refund comes to the account after its working days: this month still, or when a later one opens."""
    place = month_of_day_number(working_day_after(day, rules.pooling_prepaid_working_days)) - start_month
    if place == person.month:
        pay_refund(account, amount_fen, tally, rules)
    else:
        missed.coming_back_fen[place] += amount_fen
        account.refund_fen += amount_fen


def relatives_pay(who: int, due_fen: int, day: int, accounts: list[Account], people: list[Person], aids: list[Aid],
                  given: list[AidGiven], rows: list[Rules], tallies: list[Tally], outcomes: list[Outcome]) -> int:
    """Relatives' accounts, in order of registration. Returns paid_fen."""
    paid_fen = 0
    for number in range(len(aids)):
        if aids[number].taker == who and paid_fen < due_fen:
            answer = aid_answer(number, MEDICAL, day, accounts, people, aids, rows)
            if answer == mutual_aid.ALLOWED:
                given_fen, answer = draw_aid(number, due_fen - paid_fen, day, accounts, people, aids, given, rows, tallies)
                paid_fen += given_fen
            if answer != mutual_aid.ALLOWED and answer != mutual_aid.NOT_REGISTERED:
                outcomes.append((-1 - number, answer, due_fen - paid_fen, day))
    return paid_fen


def aid_answer(number: int, use: int, day: int, accounts: list[Account], people: list[Person], aids: list[Aid],
               rows: list[Rules]) -> int:
    """Whether one authorisation may be drawn on now, or why not."""
    aid = aids[number]
    giver, taker = accounts[aid.giver], accounts[aid.taker]
    people_before = 0
    for place in range(number):
        people_before += helps_another(place, aid, day, aids)
    is_same_area = people[aid.giver].city == people[aid.taker].city
    is_same_province = people[aid.giver].province == people[aid.taker].province
    return mutual_aid.may_give(aid, use, day, people_before, giver_status(giver), taker_status(taker), is_same_area, is_same_province,
                               rules_on(day, people[aid.giver], rows))


def helps_another(place: int, aid: Aid, day: int, aids: list[Aid]) -> int:
    """1 if an earlier authorisation of the same giver is the first to help somebody else on a day: one person counts once."""
    earlier = aids[place]
    if earlier.giver != aid.giver or earlier.taker == aid.taker or not earlier.since_day <= day <= earlier.until_day:
        return 0
    for before in range(place):
        if (aids[before].giver == aid.giver and aids[before].taker == earlier.taker
                and aids[before].since_day <= day <= aids[before].until_day):
            return 0
    return 1


def giver_status(account: Account) -> int:
    """How a giver is insured in the scheme with accounts: in a gap, or with the account closed, not at all."""
    return NONE if account.is_closed or account.gap_months > 0 or account.status == RESIDENT else account.status


def taker_status(account: Account) -> int:
    """How a recipient is insured: in a gap not at all."""
    return NONE if account.gap_months > 0 else account.status


def rules_on(day: int, person: Person, rows: list[Rules]) -> Rules:
    """A person's rules on a day of the month."""
    return rows[row_on(day, person)]


def row_on(day: int, given: Person) -> int:
    """The row of the rules of a day of the month, of whoever is given the row of its first day and its `turns`."""
    place = 0
    while place < len(given.turns) and day >= given.turns[place]:
        place += 1
    return given.row + place


def draw_aid(number: int, due_fen: int, day: int, accounts: list[Account], people: list[Person], aids: list[Aid],
             given: list[AidGiven], rows: list[Rules], tallies: list[Tally]) -> tuple[int, int]:
    """Take aid under one authorisation. Returns (given_fen, ALLOWED or what cut it short)."""
    aid = aids[number]
    giver, rules = accounts[aid.giver], rules_on(day, people[aid.giver], rows)
    is_same_province = people[aid.giver].province == people[aid.taker].province
    allowed_fen, answer = mutual_aid.within_limits(aid, given[number], due_fen, day, is_same_province, rules)
    free_fen = free_to_give(giver, given[number], rules)
    if free_fen < allowed_fen:                              # an account that is used up is no refusal
        allowed_fen, answer = free_fen, mutual_aid.ALLOWED
    giver.pockets, given_fen = mutual_aid.give(giver.pockets, allowed_fen, rules)
    note_aid(number, giver, aids, given, given_fen, day)
    tallies[aid.giver].aid_given += given_fen
    tallies[aid.taker].aid_received += given_fen
    return given_fen, answer


def pay_premium(who: int, act: Act, accounts: list[Account], people: list[Person], aids: list[Aid],
                given: list[AidGiven], rows: list[Rules], tallies: list[Tally], outcomes: list[Outcome]) -> None:
    """Step 6: a premium out of the account, one's own or a relative's; all of it or nothing."""
    if act.to == who:
        answer = pay_own_premium(accounts[who], act, rows[act.row])
    else:
        answer = mutual_aid.NOT_REGISTERED
        for number in range(len(aids)):
            if aids[number].giver == who and aids[number].taker == act.to and answer != DONE:
                answer = pay_relatives_premium(number, act, accounts, people, aids, given, rows)
    if answer == DONE:
        tallies[who].premium_given += act.amount
    outcomes.append((act.number, answer, act.amount if answer == DONE else 0, act.day))


def pay_own_premium(account: Account, act: Act, rules: Rules) -> int:
    """One's own commercial or long-term-care premium, where the area allows it."""
    if account.gap_months > 0 and rules.arrears_account_usable == spending.FROZEN:
        return mutual_aid.OWN_ACCOUNT_FROZEN
    available_fen = spending.available_for_premium(act.what, account.pockets, rules)
    if available_fen < 0 and act.what == COMMERCIAL_PREMIUM:
        return mutual_aid.OWN_USE_NOT_ALLOWED
    if available_fen < 0:
        return mutual_aid.USE_NOT_ALLOWED if act.what == LONG_TERM_CARE_PREMIUM else mutual_aid.OWN_RESIDENT_PREMIUM
    if min(available_fen, not_frozen(account)) < act.amount:
        return mutual_aid.OWN_MONEY_NOT_ENOUGH
    from_carried = min(act.amount, account.pockets.carried)
    account.pockets = Pockets(account.pockets.current - (act.amount - from_carried), account.pockets.carried - from_carried,
                              account.pockets.withdrawable)
    return DONE


def pay_relatives_premium(number: int, act: Act, accounts: list[Account], people: list[Person], aids: list[Aid],
                          given: list[AidGiven], rows: list[Rules]) -> int:
    """A relative's premium under one authorisation, within its limits."""
    answer = aid_answer(number, act.what, act.day, accounts, people, aids, rows)
    if answer != mutual_aid.ALLOWED:
        return answer
    aid, giver, rules = aids[number], accounts[aids[number].giver], rules_on(act.day, people[aids[number].giver], rows)
    is_same_province = people[aid.giver].province == people[aid.taker].province
    _, answer = mutual_aid.within_limits(aid, given[number], act.amount, act.day, is_same_province, rules)
    if answer != mutual_aid.ALLOWED:
        return answer
    if free_to_give(giver, given[number], rules) < act.amount:
        return mutual_aid.NOT_ENOUGH_MONEY
    giver.pockets, _ = mutual_aid.give(giver.pockets, act.amount, rules)
    note_aid(number, giver, aids, given, act.amount, act.day)
    return DONE


# ── 7: leaving, moving, closing ────────────────────────────────────────────────────────────────────

def ask_to_retire(account: Account, person: Person, act: Act, rules: Rules, start_month: int, tally: Tally,
                  outcomes: list[Outcome]) -> None:
    """An asked-for retirement: of age and with the years it is granted; short years are topped up, or it is refused."""
    answer, amount = retirement.RETIRES, 0
    missing = retirement.missing_months(person.is_female, account.contributed_months, account.local_months, rules)
    if account.status == RETIREE or account.is_retiring:
        answer = retirement.ALREADY_RETIRED
    elif account.status != EMPLOYEE and account.status != FLEXIBLE:
        answer = retirement.NOT_INSURED
    elif start_month + person.month < (person.earliest_month if account.status == EMPLOYEE else
                                       person.flexible_earliest_month):
        answer = retirement.TOO_YOUNG
    elif missing > 0 and not act.what:
        is_local = retirement.missing_local_months(account.local_months, rules) == missing
        answer, amount = retirement.LOCAL_YEARS_SHORT if is_local else retirement.YEARS_SHORT, missing
    else:
        amount = retirement.top_up(missing, tally.base, rules)
        tally.premium_paid += amount
        account.contributed_months += missing
        account.local_months += missing
        account.is_retiring = 1
    outcomes.append((act.number, answer, amount, act.day))


def withdraw(who: int, act: Act, accounts: list[Account], person: Person, missed: list[Missed], rows: list[Rules],
             tallies: list[Tally], outcomes: list[Outcome]) -> None:
    """A request for money. A reason that closes the account pays everything; an heir with an account may take it over.

    Who has died has, whatever becomes of the request: it may find the account closed.
    """
    account, rules, tally = accounts[who], rows[act.row], tallies[who]
    answer, amount_fen = withdrawal.decide(act.what, act.amount, account.pockets, account.is_closed,
                                           account.arriving_fen > 0, rules)
    if answer != withdrawal.PAID:
        outcomes.append((act.number, answer, 0, act.day))
        if act.what == DEATH:
            die(account, person, missed[who])
        return
    if rules.withdrawal_closing_reasons[act.what]:
        settle_interest(account, person.calendar_month, 0, tally, rules)
        tally.transfer_in += account.arriving_fen           # what was on its way is paid out with the rest
        tally.refund += account.refund_fen
        amount_fen = total(account.pockets) + account.arriving_fen + account.refund_fen
        account.pockets, account.arriving_fen, account.refund_fen = NO_POCKETS, 0, 0
        for place in range(person.month + 1, person.month + 1 + MONTHS_AHEAD):
            missed[who].coming_back_fen[place] = 0
        account.is_closed = 1
    else:
        account.pockets = withdrawal.take(account.pockets, amount_fen)
    if withdrawal.ends_insurance(act.what, account.status):
        leave(account)
    if act.what == DEATH:
        die(account, person, missed[who])
    if act.to >= 0 and not accounts[act.to].is_closed and accounts[act.to].status in (EMPLOYEE, FLEXIBLE, RETIREE):
        heir = accounts[act.to]
        heir.pockets = Pockets(heir.pockets.current, heir.pockets.carried + amount_fen, heir.pockets.withdrawable)
        tally.transfer_out += amount_fen
        tallies[act.to].transfer_in += amount_fen
    else:
        tally.withdrawn += amount_fen
    outcomes.append((act.number, DONE, amount_fen, act.day))


def leave(account: Account) -> None:
    """The insurance ends. Months without a premium go on, as does a wait; what is missed after coming back is another gap."""
    if account.status != NONE:
        account.status_left = account.status
    account.status, account.unpaid_by, account.is_retiring = NONE, -1, 0
    account.gap_number += 1


def end_gap_and_wait(account: Account) -> None:
    """Nothing is missed any more, nor waited for."""
    account.gap_months = account.waiting_months = account.waiting_if_paid = account.earlier_wait_months = 0


def die(account: Account, person: Person, missed: Missed) -> None:
    """The insurance ends for good, and nothing is owed any more."""
    leave(account)
    end_gap_and_wait(account)
    account.is_dead = 1
    account.contributed_months = account.continuous_months = account.missed_months = 0
    for place in range(person.month + 1):
        missed.is_owed[place] = 0


def move(account: Account, person: Person, act: Act, rows: list[Rules], start_month: int, tally: Tally,
         outcomes: list[Outcome]) -> None:
    """Insurance and balance move: interest is settled, the money leaves now and arrives after its working days."""
    rules, new_rules = rows[act.row], rows[act.to_row]
    status = RETIREE if account.is_retiring else account.status     # who has just been granted it cannot work elsewhere
    answer = transfer.may_move(status, person.city == act.to, rules, new_rules)
    if answer != transfer.MOVED:
        outcomes.append((act.number, answer, 0, act.day))
        return
    settle_interest(account, person.calendar_month, 0, tally, rules)
    pockets = account.pockets
    amount_fen = pockets.current + pockets.carried          # free money is cash and stays with the person
    account.pockets = Pockets(0, 0, pockets.withdrawable)
    tally.transfer_out += amount_fen
    account.arriving_fen += amount_fen
    account.arriving_month = transfer.arrival_month(act.day, rules)
    if account.arriving_month == start_month + person.month:
        receive(account, tally)
    account.area = act.what
    account.local_months = 0
    outcomes.append((act.number, DONE, amount_fen, act.day))


def receive(account: Account, tally: Tally) -> None:
    """Money from another area arrives; it is earlier years' money here."""
    tally.transfer_in += account.arriving_fen
    account.pockets = Pockets(account.pockets.current, account.pockets.carried + account.arriving_fen,
                              account.pockets.withdrawable)
    account.arriving_fen = 0


def settle_interest(account: Account, calendar_month: int, is_over: int, tally: Tally, rules: Rules) -> None:
    """Interest since the last time is credited: at the end of a month, or within one, before the day it would be."""
    account.pockets, account.products, interest_fen = interest.settle(account.products, account.pockets, calendar_month, is_over, rules)
    tally.interest += interest_fen


def close_month(account: Account, person: Person, rows: list[Rules], start_month: int, missed: Missed,
                tally: Tally) -> None:
    """Interest on its day, what is owed on the last day, and what is there at the end."""
    rules = rows[person.row]
    account.products = interest.accrue(account.products, account.pockets, rules)
    if rules.interest_settlement_in_month[person.calendar_month - 1]:
        settle_interest(account, person.calendar_month, 1, tally, rules)
    if account.missed_months > 0:
        tally.arrears, tally.late_fee_accrued = arrears.outstanding(
            missed, account.last_gap, start_month, person.last_day, rules_on(person.last_day, person, rows))
    tally.current, tally.carried, tally.withdrawable = account.pockets
    tally.closing = total(account.pockets)
    tally.contributed_months, tally.continuous_months = account.contributed_months, account.continuous_months
