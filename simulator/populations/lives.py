"""Random lives under the law: what happens to one household, month by month, and what the law makes of it.

Plain functions on whole numbers, like the law's, and compiled with it. Every draw is a hash of (household, month,
purpose), so a what-if meets the same luck as its base. Shares and probabilities are numbers of 31 bits (`_p`), factors
and quantiles have 20 bits behind the point (`draws.UNIT`); ages are completed years.
"""
from simulator.law.account import (
    ALL,
    BACK_PAY,
    BY_EMPLOYER,
    BY_ONESELF,
    DEATH,
    EMPLOYEE,
    FLEXIBLE,
    MONTHS_AHEAD,
    MOVE,
    PREMIUM,
    RESIDENT,
    RESIDENT_PREMIUM,
    RESUME,
    RETIRE,
    RETIREE,
    STOP,
    TALLIED,
    WITHDRAW,
    Account,
    Act,
    Aid,
    AidGiven,
    Bill,
    Missed,
    Person,
    Pockets,
    Tally,
    begin,
    broken,
    total,
)
from simulator.law.arrears import outstanding
from simulator.law.month import (
    begin_years,
    begins_a_year,
    count_paid_month,
    credit_months,
    growth,
    household_month,
    is_ordinary,
    pay_bills,
    quiet_months,
    reach_statutory_age,
    renew_dues,
    row_on,
    settle_interest,
)
from simulator.law.retirement import AS_CADRES, earliest_month, missing_months, statutory_month
from simulator.money import PPM
from simulator.months import age_in
from simulator.parameters import NEVER
from simulator.populations import draws
from simulator.populations.draws import ONE, UNIT, UNIT_BITS, draw, high, low, quantile
from simulator.populations.sketch import BUCKETS, bucket

AGES = 120
GAPS = 12                                                   # how many lengths of a gap may be told apart
EXPONENTIAL, GEOMETRIC = range(2)                           # the first tables of quantiles; those of amounts come after them
WORKING_AGE = 22                                            # when people are taken to have begun to contribute
NOT_COMING = 1 << 40                                        # the place in the span of what does not happen
NEVER_AGAIN = NOT_COMING + 1                                # of a return that does not happen: nothing else may stop
ACTS, BILLS = 6, 2                                          # most in a month
SLOTS = 520                                                 # households whose balances are kept until they are counted; no power of 2,
                                                            # or those of one household would push each other out of the cache
NO_BALANCE = -1
JOB_LOSS, OWN_CHOICE, EMPLOYER_ARREARS = range(3)           # causes

# Counted beside the flows: 1 for whom it is so in the month.
STATES = ("is_empty", "is_waiting", "is_in_gap", "is_owing", "pays_late_fee", "is_retired", "is_treated")


class Lasting:
    """What is as it was the month before, but for what grows by as much each month, and for what bills and new years change."""
    area: int
    status: int
    base: int
    credit: int
    eligible: int
    premium_paid: int
    employer_premium: int
    lives: int
    current: int
    carried: int
    withdrawable: int
    closing: int                                            # not noted: `Counts.settle` adds up the three before it
    contributed_months: int
    continuous_months: int
    is_retired: int
    gap_months: int                                         # nobody ordinary is in a gap; it fills the line of the cache


# What may not be zero of ordinary months: what lasts, and what each month has of its own. It comes first.
LASTING = tuple(Lasting.__annotations__)
OWN = ("opening", "interest", "spent", "medical", "reimbursed", "cash_paid", "is_empty", "is_treated",
       "arrears", "late_fee_accrued", "is_owing")
USUAL = (*LASTING, *OWN)
COUNTED = (*USUAL, *[name for name in (*TALLIED, *STATES) if name not in USUAL])


class Shape:
    """The shape of a table, as an annotation."""

    def __init__(self, *shape):
        self.shape = shape


BY_AGE, BY_PLACE, BY_CAUSE, BY_GAP, BY_RELATION = Shape(AGES), Shape(4), Shape(3), Shape(GAPS), Shape(6)


class Band:
    """Who is from so old to so old, with the share of all that are in this band or an earlier one."""
    youngest: int
    years: int
    up_to_p: int


class Group:
    """People who are alike in where and how they are insured. `age_bands` are cumulative, as all choices here.

    `joins` is the place in the span from which they are there.
    """
    joins: int
    area: int
    status: int
    female_p: int
    cadre_p: int
    age_bands: tuple[Band, ...]
    wage_fen: int
    wage_shape: int
    wage_growth_ppm: int
    opening_fen: int
    opening_shape: int
    empty_p: int
    contributed_ppm: int


class Manners:
    """How people live: probabilities a year by age, and what they lead to."""
    visit_rate: BY_AGE                                      # visits a month of somebody of mean frailty, 20 bits behind the point
    visit_fen: BY_AGE
    visit_shape: BY_AGE
    visit_places: BY_PLACE
    stay_p: BY_AGE
    stay_fen: BY_AGE
    stay_shape: BY_AGE
    stay_places: BY_PLACE
    never_p: int
    frailty_shape: int
    stop_p: BY_AGE
    causes: BY_CAUSE
    gap_months: BY_GAP
    gaps: BY_GAP
    back_pays_p: int
    flexible_p: int
    tops_up_p: int
    dies_female_p: BY_AGE
    dies_male_p: BY_AGE
    move_p: BY_AGE
    aid_p: int
    relations: BY_RELATION
    premium_p: int
    premium_fen: int
    premium_month: int


class MonthOfRules:
    """The rules of an area in a month: the row of its first day, and the days on which further rows begin.

    Until `alike_until`, a place in the span, they let dues be what they are; until `quiet_until`, they stay as they are on the first
    days of the months, and no year of the account or the pool begins or ends.
    """
    row: int
    alike_until: int
    quiet_until: int
    turns: tuple[int, ...]


class Month:
    """A month of the span. `cost` is what care costs against the first month; `sketch` the row of balances kept, or -1.

    `next_sketch` is the place of the next month after this one of which balances are kept.
    """
    first_day: int
    last_day: int
    calendar_month: int
    cost: int
    sketch: int
    next_sketch: int


class Area:
    """Where people are insured, in numbers: cities and provinces are alike if their numbers are; `up_to_p` as destination."""
    city: int
    province: int
    up_to_p: int


class World:
    """All that is the same for everybody. `tables` is 1, or 2 with a what-if; balances are kept in `sketches` months."""
    start_month: int
    months: int
    tables: int
    sketches: int
    calendar: tuple[Month, ...]
    rules_of: tuple[MonthOfRules, ...]                      # one area after the other, month by month; then the what-if's
    areas: tuple[Area, ...]
    next_dues_age: tuple[int, ...]                          # by row of rules and age: of the next birthday that changes dues
    shapes: tuple[int, ...]                                 # tables of quantiles, one behind the other


class Life:
    """What is in store for a person. Places in the span; what does not happen is `NOT_COMING`."""
    key: int
    birth: int
    birthday: int
    year: int
    area: int
    rules_at: int
    is_cadre: int
    wage_growth_ppm: int
    never: int
    frailty: int
    wait_age: int                                           # the age for which `wait` between visits was worked out
    wait: int
    visit: int
    stay: int
    stop: int
    cause: int
    resume: int
    pays_back: int
    returns_flexible: int
    move: int
    destination: int
    death: int
    tops_up: int
    premium: int
    act: int
    has_acts: int
    bill_slots: tuple[Bill, ...]
    act_slots: tuple[Act, ...]


class House:
    """A household while it lives: two of everything, the account's holder first."""
    accounts: tuple[Account, ...]
    people: tuple[Person, ...]
    missed: tuple[Missed, ...]
    lives: tuple[Life, ...]
    aids: tuple[Aid, ...]
    given: tuple[AidGiven, ...]
    tallies: tuple[Tally, ...]
    slot: int                                               # of its balances in a book


class Book:
    """What is kept of a group under the law or a what-if: sums by month, balances, how many months broke an identity.

    Of ordinary months the `sums` have only what is each month's `OWN`. What lasts is in `steps`, where it changes, and in
    `slopes`, where it begins to grow by more or less a month; `Counts.settle` makes sums of them. `balances` are those of the
    latest households, of each month of which balances are kept, and go into the `sketch`; `differences` are those of a what-if from
    the law's: negative ones before, others behind the middle.
    """
    sums: tuple[Tally, ...]
    steps: tuple[Lasting, ...]
    slopes: tuple[Lasting, ...]
    balances: tuple[int, ...]
    sketch: tuple[int, ...]
    differences: tuple[int, ...]
    broken: tuple[int, ...]


# ── lives ─────────────────────────────────────────────────────────────────────────────────────────

def live_all(group_key, numbers, group, manners, world, rows, house, books):
    """Carry the households of a group with these numbers through the span, by the law and by the what-if."""
    for place in range(len(numbers)):
        key = draw(group_key, numbers[place], draws.PERSON)
        house.slot = place % SLOTS
        for table in range(world.tables):
            live(key, group, manners, world, rows, table, house, books[table])
        if house.slot == SLOTS - 1 or place == len(numbers) - 1:
            if world.tables > 1:
                compare_balances(house.slot + 1, world, books[0], books[1])
            for table in range(world.tables):
                count_balances(house.slot + 1, world, books[table])


def compare_balances(households, world, book, what_if):
    """By how much the balances of a what-if differ from the law's."""
    for row in range(world.sketches):
        for at in range(row * SLOTS, row * SLOTS + households):
            if book.balances[at] != NO_BALANCE:
                more_fen = what_if.balances[at] - book.balances[at]
                place = (2 * row + 1) * BUCKETS
                place += bucket(more_fen) if more_fen >= 0 else -1 - bucket(-more_fen)
                what_if.differences[place] = what_if.differences[place] + 1


def count_balances(households, world, book):
    """The balances kept into the sketches, month by month: so what is counted of a month stays at hand."""
    for row in range(world.sketches):
        first = row * SLOTS
        for at in range(first, first + households):         # a step of its own, as the processor takes several amounts at once
            balance_fen = book.balances[at]
            book.balances[at] = bucket(balance_fen) if balance_fen != NO_BALANCE else NO_BALANCE
        for at in range(first, first + households):
            if book.balances[at] != NO_BALANCE:
                place = row * BUCKETS + book.balances[at]
                book.sketch[place] = book.sketch[place] + 1
                book.balances[at] = NO_BALANCE


def live(key, group, manners, world, rows, table, house, book):
    """Carry one household through the span by the rules of a `table` (0: the law, 1: the what-if), into the `book`.

    Returns the place after their last month.
    """
    members, place = be_born(key, group, manners, world, rows, table, house), group.joins
    holder = house.lives[0]
    before_fen = total(house.accounts[0].pockets)
    enter_months(members, place, group.joins, manners, world, rows, table, house)
    while place < world.months and place <= holder.death:
        if members == 1 and len(house.people[0].acts) == 0 and is_ordinary(house.accounts[0]):
            place, before_fen = carry_on(place, before_fen, group.joins, manners, world, rows, table, house, book)
        else:
            before_fen = carry(members, place, before_fen, manners, world, rows, house, book)
            place += 1
            if place < world.months and place <= holder.death:
                enter_months(members, place, group.joins, manners, world, rows, table, house)
    for who in range(members):
        forget(house.missed[who], house.accounts[who], place)
    return place                                            # of the span


def enter_months(members, place, joins, manners, world, rows, table, house):
    """What is given for each of the household."""
    for who in range(members):
        enter_month(who, place, joins, world.calendar[place], manners, world, rows, table, house)


def carry(members, place, before_fen, manners, world, rows, house, book):
    """One month by the law, into the book; returns the closing balance."""
    tallies, received_fen = house.tallies[:members], 0
    for who in range(members):
        receive_bills(place, house.lives[who], house.people[who], manners, world)
    household_month(house.accounts[:members], house.people[:members], house.missed[:members], house.aids[:members - 1],
                    house.given[:members - 1], rows, world.start_month, tallies, nowhere())
    tally, is_there = tallies[0], 1 - house.accounts[0].is_dead
    note_states(is_there, tally)
    if members > 1:
        received_fen = tallies[1].aid_received
        clear(tallies[1])
    closing_fen = tally.closing
    if broken(tally, before_fen) or tally.aid_given != received_fen:
        note_broken(book)
    add_up(book.sums[place], tally)
    clear(tally)
    if is_there:                                            # else nobody has the account any more
        note_balance(place, closing_fen, world, house, book)
    return closing_fen


def carry_on(place, closing_fen, joins, manners, world, rows, table, house, book):
    """The ordinary months of one who lives alone, one after the other. Returns the place after them, and the closing balance.

    Their first month has been entered, and so will be the one after them. What lasts goes into the book when it begins, changes and
    ends: a month that is like the one before leaves no trace there, unless it has bills.
    """
    life, person, account = house.lives[0], house.people[0], house.accounts[0]
    book.sums[place].opening += closing_fen
    note_lasting(1, place, account, book)
    while True:
        dues = account.dues
        note_dues(place, dues, renew_dues(account, person, rows[person.row]), book)
        first, place = place, alike_until(life, person, account, place, world)
        closing_fen = pass_months(first, place, closing_fen, manners, world, rows, house, book)
        if account.status != RETIREE:
            count_paid_month(account, place - first)
            person.month = place - 1
            reach_statutory_age(account, person, world.start_month, rows[person.row])
        if place == world.months:
            break
        enter_month(0, place, joins, world.calendar[place], manners, world, rows, table, house)
        if len(person.acts) > 0 or account.is_retiring:
            break
    if total(account.pockets) != closing_fen:               # no other than opening balances, credits and interest, less what was spent
        note_broken(book)
    note_lasting(-1, place, account, book)
    if place < world.months:
        book.sums[place].opening -= closing_fen             # which the next month says itself
    return place, closing_fen


def pass_months(place, until, closing_fen, manners, world, rows, house, book):
    """Ordinary months with the same dues, into the book; returns the closing balance.

    Up to the end of a year or other rules they are quiet but for bills.
    """
    account, person, life = house.accounts[0], house.people[0], house.lives[0]
    while place < until:
        calendar_month, rules_of_month = world.calendar[place].calendar_month, world.rules_of[life.rules_at + place]
        person.row, rules = rules_of_month.row, rows[rules_of_month.row]
        if begins_a_year(calendar_month, rules):
            note_years(place, calendar_month, account, rules, book)
        end = min(until, rules_of_month.quiet_until)
        quiet_months(end - place, account, rules)
        while place < end:
            last = min(end - 1, life.visit, life.stay)
            closing_fen += (last - place) * account.dues.credit_fen
            note_quiet(place, last, closing_fen, world, rows, house, book)
            credit_months(last + 1 - place, account)
            closing_fen += account.dues.credit_fen
            if last == life.visit or last == life.stay:
                closing_fen -= carry_bills(last, end - last, closing_fen, manners, world, rows, house, book)
            place = last + 1
            if place == end and rules.interest_settlement_in_month[world.calendar[last].calendar_month - 1]:
                closing_fen += note_interest(last, world.calendar[last].calendar_month, account, rules, book)
            note_quiet(last, place, closing_fen, world, rows, house, book)
    return closing_fen


def carry_bills(place, months, before_fen, manners, world, rows, house, book):
    """The bills of an ordinary month, the first of so many quiet ones, into the book; returns what the account pays of them."""
    life, person, account, sums, tally = house.lives[0], house.people[0], house.accounts[0], book.sums[place], new_tally()
    be_ill(place, life, person, world.calendar[place], manners, world)
    person.month, before = place, account.pockets
    pay_bills(months, account, person, house.missed[0], rows, world.start_month, tally)
    after = account.pockets
    tally.opening, tally.closing = total(before), total(after)
    tally.current, tally.carried, tally.withdrawable = after
    if broken(usual(tally), before_fen):
        note_broken(book)
    note_moved(place, before, after, book)
    sums.spent += tally.spent
    sums.medical += tally.medical
    sums.reimbursed += tally.reimbursed
    sums.cash_paid += tally.cash_paid
    sums.is_treated += int(tally.medical > 0)
    return tally.spent


def alike_until(life, person, account, place, world):
    """The place until which the dues of one who is ordinary are as they are now."""
    if account.dues.yearly_months > 0:                      # a yearly sum is credited
        return place + 1
    age = min(person.age, AGES - 1)
    years = world.next_dues_age[person.row * AGES + age] - age - 1
    until = min(world.rules_of[life.rules_at + place].alike_until, life.birthday + 12 * years)
    until = min(until, life.year)
    until = min(until, life.act)
    if account.status == EMPLOYEE:
        until = min(until, person.statutory_month - world.start_month)
    elif account.status == FLEXIBLE:
        until = min(until, person.flexible_statutory_month - world.start_month)
    return max(until, place + 1)


def forget(missed, account, until):
    """Nothing missed, for the next who comes."""
    first = account.last_gap
    while first >= 0:
        gap_before = missed.gap_before[first]
        for place in range(first, first + missed.gap_length[first]):
            missed.credit_fen[place] = missed.employer_fen[place] = missed.own_fen[place] = 0
            missed.fault[place] = missed.gap[place] = missed.gap_place[place] = missed.gap_before[place] = 0
            missed.gap_length[place] = missed.gap_owed[place] = missed.gap_owed_fen[place] = missed.is_owed[place] = 0
            missed.is_counted[place] = missed.waiver_months[place] = missed.waives_own[place] = 0
        if gap_before < 0:
            for place in range(first, until + MONTHS_AHEAD):
                missed.refund_fen[place] = missed.coming_back_fen[place] = 0
        first = gap_before


# ── the book ───────────────────────────────────────────────────────────────────────────────────────

def note_lasting(sign, place, account, book):
    """What lasts begins (1), as it is before the month, or ends (-1)."""
    step, slope, dues, pockets, grown = book.steps[place], book.slopes[place], account.dues, account.pockets, growth(account.dues)
    step.area += sign * account.area
    step.status += sign * account.status
    step.base += sign * dues.base_fen
    step.credit += sign * dues.credit_fen
    step.eligible += sign
    step.premium_paid += sign * dues.own_fen
    step.employer_premium += sign * dues.employer_fen
    step.lives += sign
    step.current += sign * pockets.current
    step.carried += sign * pockets.carried
    step.withdrawable += sign * pockets.withdrawable
    step.contributed_months += sign * account.contributed_months
    step.continuous_months += sign * account.continuous_months
    slope.current += sign * grown.current
    slope.withdrawable += sign * grown.withdrawable
    if account.status == RETIREE:
        step.is_retired += sign
    else:
        slope.contributed_months += sign
        slope.continuous_months += sign


def note_interest(place, calendar_month, account, rules, book):
    """Interest is credited at the end of a month; returns how much."""
    before, tally = account.pockets, new_tally()
    settle_interest(account, calendar_month, 1, tally, rules)
    note_moved(place, before, account.pockets, book)
    book.sums[place].interest += tally.interest
    return tally.interest


def note_years(place, calendar_month, account, rules, book):
    """A year of the account or the pool begins."""
    before = account.pockets
    begin_years(account, calendar_month, rules)
    note_moved(place, before, account.pockets, book)


def note_moved(place, before, after, book):
    """By how much pockets changed in a month otherwise than by its credit."""
    step = book.steps[place]
    step.current += after.current - before.current
    step.carried += after.carried - before.carried
    step.withdrawable += after.withdrawable - before.withdrawable


def note_dues(place, before, after, book):
    """Other dues than in the month before, and by how much more or less the pockets grow with them."""
    step, slope, grown_before, grown = book.steps[place], book.slopes[place], growth(before), growth(after)
    step.base += after.base_fen - before.base_fen
    step.credit += after.credit_fen - before.credit_fen
    step.premium_paid += after.own_fen - before.own_fen
    step.employer_premium += after.employer_fen - before.employer_fen
    slope.current += grown.current - grown_before.current
    slope.withdrawable += grown.withdrawable - grown_before.withdrawable
    if (after.base_fen | after.own_fen | after.employer_fen | after.credit_fen | after.free_fen) < 0:
        note_broken(book)


def note_owing(place, world, rows, house, book):
    """What is owed at the end of a month."""
    life, sums, last_day = house.lives[0], book.sums[place], world.calendar[place].last_day
    arrears_fen, late_fee_fen = outstanding(house.missed[0], house.accounts[0].last_gap, world.start_month, last_day,
                                            rows[row_on(last_day, world.rules_of[life.rules_at + place])])
    sums.arrears += arrears_fen
    sums.late_fee_accrued += late_fee_fen
    sums.is_owing += int(arrears_fen > 0)


def note_broken(book):
    """A month broke an identity."""
    book.broken[0] = book.broken[0] + 1


def note_quiet(place, until, closing_fen, world, rows, house, book):
    """What is seen of months that differ by a credit alone: balances where they are kept, who has none, what is owed.

    `closing_fen` is the balance at the end of the last of them.
    """
    at = place if world.calendar[place].sketch >= 0 else world.calendar[place].next_sketch
    while at < until:
        note_balance(at, closing_fen - (until - 1 - at) * house.accounts[0].dues.credit_fen, world, house, book)
        at = world.calendar[at].next_sketch
    if closing_fen == 0:                                    # then the months before ended so, too
        for at in range(place, until):
            book.sums[at].is_empty += 1
    if house.accounts[0].missed_months > 0:
        for at in range(place, until):
            note_owing(at, world, rows, house, book)


def note_balance(place, closing_fen, world, house, book):
    """A closing balance, if it is of a month of which they are kept."""
    row = world.calendar[place].sketch
    if row >= 0:
        book.balances[row * SLOTS + house.slot] = closing_fen


def note_states(is_there, tally):
    """What is counted beside the flows; the account of who has died in the month `is_there` no more."""
    tally.is_empty, tally.is_retired = is_there & int(tally.closing == 0), int(tally.status == RETIREE)
    tally.is_treated = int(tally.medical > 0)
    tally.is_waiting, tally.is_in_gap = int(tally.waiting_months > 0), int(tally.gap_months > 0)
    tally.is_owing, tally.pays_late_fee = int(tally.arrears > 0), int(tally.late_fee_paid > 0)


# ── the start ──────────────────────────────────────────────────────────────────────────────────────

def be_born(key, group, manners, world, rows, table, house):
    """Draw who they are. Returns how many: the holder, and perhaps a relative who may draw on the account."""
    life, person, account = house.lives[0], house.people[0], house.accounts[0]
    drawn = draw(key, 0, draws.PERSON)
    is_female = int(low(drawn) < group.female_p)
    is_cadre = int(is_female and high(drawn) < group.cadre_p)
    start_month = world.start_month + group.joins
    birth = start_month - age_in_months(draw(key, 0, draws.BIRTH), group.age_bands)
    drawn = draw(key, 0, draws.WAGE)
    wage_fen = 0
    if group.wage_fen > 0:
        wage_fen = amount_of(group.wage_fen, world.shapes, group.wage_shape, low(drawn))
    drawn = draw(key, 0, draws.OPENING)
    opening_fen = 0
    if low(drawn) >= group.empty_p:
        opening_fen = amount_of(group.opening_fen, world.shapes, group.opening_shape, high(drawn))
    worked = max(0, start_month - birth - WORKING_AGE * 12)
    begin(account, Pockets(0, opening_fen, 0), group.status, wage_fen, worked * group.contributed_ppm // PPM, group.area)
    settle_down(life, person, key, birth, is_female, is_cadre, group.area, group.joins, world, rows, table)
    drawn = draw(key, 0, draws.HEALTH)
    fall_ill(life, low(drawn), high(drawn), manners, world)
    life.wage_growth_ppm = group.wage_growth_ppm
    drawn = draw(key, 0, draws.FAMILY)
    life.premium = NOT_COMING
    if low(drawn) >= manners.aid_p:
        return 1
    relation = choice(manners.relations, high(drawn))
    if draw(key, 1, draws.FAMILY) & draws.HALF < manners.premium_p:
        life.premium = group.joins + (manners.premium_month - 1 - start_month) % 12
    take_in(relation, key, birth, group.area, group.joins, manners, world, rows, table, house)
    return 2


def take_in(relation, key, birth, area, joins, manners, world, rows, table, house):
    """A relative, insured as a resident in the same area, and the authorisation from the first day on."""
    life, person = house.lives[1], house.people[1]
    drawn = draw(key, 0, draws.RELATIVE)
    older = (0, 27, -27, 0, 54, -54)[relation] * 12 + high(drawn) % 96 - 48
    latest = world.start_month + joins - 1
    begin(house.accounts[1], Pockets(0, 0, 0), RESIDENT, 0, 0, area)
    settle_down(life, person, draw(key, 1, draws.RELATIVE), min(latest, max(birth - older, latest - 95 * 12)), low(drawn) & 1, 0, area,
                joins, world, rows, table)
    drawn = draw(life.key, 0, draws.HEALTH)
    fall_ill(life, low(drawn), high(drawn), manners, world)
    life.wage_growth_ppm, life.premium = 0, NOT_COMING
    aid, given = house.aids[0], house.given[0]
    aid.giver, aid.taker, aid.relation = 0, 1, relation
    aid.since_day, aid.until_day = world.calendar[joins].first_day, NEVER
    aid.monthly_limit_fen = aid.yearly_limit_fen = 0
    aid.for_medical = aid.for_premium = 1
    given.frozen_fen = given.month_fen = given.year_fen = given.day = given.day_fen = 0


def settle_down(life, person, key, birth, is_female, is_cadre, area, joins, world, rows, table):
    """What stays as it is for a person, and an empty diary."""
    start_month = world.start_month + joins
    life.key, life.birth, life.is_cadre, life.area, life.year = key, birth, is_cadre, -1, joins
    person.age, life.birthday = age_in(start_month, birth), joins + 12 - (start_month - birth) % 12
    life.stop = life.resume = life.visit = life.stay = life.move = life.death = life.act = NOT_COMING
    life.has_acts = 0
    rules = rows[world.rules_of[(table * len(world.areas) + area) * world.months + joins].row]
    person.is_female, person.new_wage_fen = is_female, 0
    find_statutory_months(life, person, rules)
    person.bills, person.acts = life.bill_slots[:0], life.act_slots[:0]


def find_statutory_months(life, person, rules):
    """When somebody retires by the rules in force, as an employee and as a flexible worker."""
    month, delay = statutory_month(life.birth, person.is_female, life.is_cadre, rules)
    person.statutory_month, person.earliest_month = month, earliest_month(month, delay, rules)
    if not life.is_cadre and rules.retirement_flexible_women == AS_CADRES:
        month, delay = statutory_month(life.birth, person.is_female, 1, rules)
    person.flexible_statutory_month, person.flexible_earliest_month = month, earliest_month(month, delay, rules)


def fall_ill(life, u, v, manners, world):
    """How often somebody falls ill: never, or so much more or less often than others."""
    life.never = int(u < manners.never_p)
    life.frailty, life.wait_age = max(1, quantile(world.shapes, manners.frailty_shape, v)), -1


def age_in_months(drawn, bands):
    """An age in months: a band, a year in it, and a month of that."""
    place = 0
    while low(drawn) >= bands[place].up_to_p and place < len(bands) - 1:
        place += 1
    band = bands[place]
    return band.youngest * 12 + (high(drawn) * band.years * 12 >> draws.BITS)


def amount_of(median_fen, shapes, shape, u):
    """A random amount of a given median."""
    return median_fen * quantile(shapes, shape, u) >> UNIT_BITS


def choice(up_to, u):
    """Which of several: the first whose cumulated share is above the draw. Counted, because no processor can guess it."""
    place = 0
    for one in range(len(up_to) - 1):
        place += int(u >= up_to[one])
    return place


# ── a month ────────────────────────────────────────────────────────────────────────────────────────

def enter_month(who, place, joins, month, manners, world, rows, table, house):
    """What is given for a person in a month: the calendar, the rules in force, acts. Bills come by `receive_bills`."""
    life, person, account = house.lives[who], house.people[who], house.accounts[who]
    person.month, person.calendar_month = place, month.calendar_month
    person.first_day, person.last_day = month.first_day, month.last_day
    if account.area != life.area:
        settle_in(life, person, account.area, table, world)
    rules_of_month = world.rules_of[life.rules_at + place]
    person.turns = rules_of_month.turns
    if person.row != rules_of_month.row:
        person.row = rules_of_month.row
        person.pension_fen = rows[person.row].retirement_average_pension_fen
        if world.tables > 1:                                # only a what-if changes the ages within a span
            find_statutory_months(life, person, rows[person.row])
    have_birthdays(place, life, person)
    person.wage_growth_ppm = life.wage_growth_ppm if place > joins else 0       # no wage grows in the first month
    if place == life.year:
        life.year += 12
        plan_year(who, place, life, person, account, manners, world)
    if life.has_acts:
        life.has_acts, person.acts = 0, life.act_slots[:0]
    if place == life.act:
        act(place, life, person, account, month, manners, world, rows, table)


def receive_bills(place, life, person, manners, world):
    """The bills of a month."""
    person.bills = life.bill_slots[:0]
    if place == life.visit or place == life.stay:
        be_ill(place, life, person, world.calendar[place], manners, world)


def have_birthdays(place, life, person):
    """The birthdays up to now."""
    while place >= life.birthday:
        person.age += 1
        life.birthday += 12


def settle_in(life, person, area, table, world):
    """Another area, at the start and after a move."""
    life.area, life.rules_at = area, (table * len(world.areas) + area) * world.months
    person.city, person.province, person.row = world.areas[area].city, world.areas[area].province, -1


def plan_year(who, place, life, person, account, manners, world):
    """What is in store for the next twelve months, each in a month of its own."""
    age = min(person.age, AGES - 1)
    if not life.never:                                      # waiting has no memory: the next one as if none had been drawn before
        life.visit = place - 1 + until_next_visit(draw(life.key, place, draws.FIRST_VISIT), age, life, manners, world)
    life.stay = month_in(place, manners.stay_p[age], draws.STAY, life)
    if who > 0:
        return
    life.death = month_in(place, manners.dies_female_p[age] if person.is_female else manners.dies_male_p[age], draws.DEATH, life)
    life.move = month_in(place, manners.move_p[age], draws.MOVE, life)
    if life.resume == NOT_COMING:
        plan_stop(place, age, life, manners)
    life.tops_up = int(manners.tops_up_p > 0 and account.status != RETIREE and low(draw(life.key, 0, draws.TOP_UP)) < manners.tops_up_p)
    life.act = next_act_place(place, life, person, world)


def month_in(place, yearly_p, purpose, life):
    """In which of the twelve months from a place on something happens that has such a chance a year."""
    if yearly_p == 0:
        return NOT_COMING
    drawn = draw(life.key, place, purpose)
    return place + month_of(drawn) if low(drawn) < yearly_p else NOT_COMING


def plan_stop(year, age, life, manners):
    """When premiums stop in the twelve months from a place on, and the gap that follows."""
    life.stop = month_in(year, manners.stop_p[age], draws.STOP, life)
    if life.stop < NOT_COMING:
        plan_gap(life, draw(life.key, year, draws.GAP), draw(life.key, year + 1, draws.GAP), manners)


def plan_gap(life, drawn, second, manners):
    """By whose fault premiums stop, for how long, and what comes after."""
    life.cause = choice(manners.causes, low(drawn))
    length = manners.gap_months[choice(manners.gaps, high(drawn))]
    life.resume = life.stop + length if length > 0 else NEVER_AGAIN
    life.pays_back = int(low(second) < manners.back_pays_p)
    life.returns_flexible = int(high(second) < manners.flexible_p)


def month_of(drawn):
    """A month of the year, from what a draw has left."""
    return high(drawn) * 12 >> draws.BITS


def until_next_visit(drawn, age, life, manners, world):
    """Months from one visit to the next, at least one: geometric, with a chance a month that depends on age and frailty."""
    if life.wait_age != age:
        find_wait(age, life, manners, world)
    if life.wait >= NOT_COMING:
        return NOT_COMING
    return 1 + min(NOT_COMING, life.wait * (quantile(world.shapes, EXPONENTIAL, high(drawn)) >> 4) >> (2 * UNIT_BITS - 8))


def find_wait(age, life, manners, world):
    """What the time between visits depends on at an age: the mean of the exponential time that is geometric in whole months.

    With a chance p a month that is -1 ÷ ln(1 - p); the table has -p ÷ ln(1 - p). Nobody sees a doctor more than once a month.
    """
    chance = manners.visit_rate[age] * life.frailty >> UNIT_BITS
    life.wait_age, life.wait = age, NOT_COMING
    if chance >= UNIT:
        life.wait = 0
    elif chance > 0:
        life.wait = (quantile(world.shapes, GEOMETRIC, chance << (draws.BITS - UNIT_BITS)) << UNIT_BITS) // chance >> 4


def be_ill(place, life, person, month, manners, world):
    """The bills of the month in order of their days: an outpatient visit, a stay in hospital."""
    have_birthdays(place, life, person)
    if place == life.stay:
        stay_in_hospital(place, life, person, month, manners, world)
    else:
        see_a_doctor(0, draw(life.key, place, draws.VISIT), place, life, person, month, manners, world)
        person.bills = life.bill_slots[:1]


def see_a_doctor(slot, drawn, place, life, person, month, manners, world):
    """An outpatient visit: its bill, and when the next one is."""
    cost, age = draw(life.key, place, draws.COST), min(person.age, AGES - 1)
    cost_fen = amount_of(manners.visit_fen[age], world.shapes, manners.visit_shape[age], low(cost))
    write_bill(life.bill_slots[slot], cost_fen, choice(manners.visit_places, high(cost)), 0, day_of(drawn), month,
               world.rules_of[life.rules_at + place])
    life.visit = place + until_next_visit(drawn, age, life, manners, world)


def stay_in_hospital(place, life, person, month, manners, world):
    """A stay in hospital, and the visit of the same month, if there is one."""
    visits, visit, day = int(place == life.visit), draw(life.key, place, draws.VISIT), day_of(draw(life.key, place, draws.STAY_DAY))
    comes_first = int(visits and day < day_of(visit))
    if visits:
        see_a_doctor(comes_first, visit, place, life, person, month, manners, world)
    cost, age = draw(life.key, place, draws.STAY_COST), min(person.age, AGES - 1)
    cost_fen = amount_of(manners.stay_fen[age], world.shapes, manners.stay_shape[age], low(cost))
    write_bill(life.bill_slots[visits - comes_first], cost_fen, choice(manners.stay_places, high(cost)), 1, day, month,
               world.rules_of[life.rules_at + place])
    life.stay, person.bills = NOT_COMING, life.bill_slots[:visits + 1]


def day_of(drawn):
    """A day of the month, from 0, that every month has."""
    return low(drawn) * 28 >> draws.BITS


def write_bill(bill, cost_fen, place, is_inpatient, day, month, rules_of_month):
    """A bill of what care costs by now, on a day of the month, by the rules of the day."""
    bill.cost_fen, bill.place, bill.is_inpatient, bill.is_prepaid = cost_fen * month.cost >> UNIT_BITS, place, is_inpatient, 0
    bill.day = month.first_day + day
    bill.row = row_on(bill.day, rules_of_month)


# ── acts ───────────────────────────────────────────────────────────────────────────────────────────

def next_act_place(place, life, person, world):
    """The next month, from this one on, in which the person does something about the insurance."""
    upcoming = min(life.stop, life.resume, life.move)
    upcoming = min(upcoming, life.death, life.premium)
    if life.tops_up:
        upcoming = min(upcoming, max(place, person.statutory_month - world.start_month))
    return upcoming


def act(place, life, person, account, month, manners, world, rows, table):
    """What the holder does this month, in the order of its days; what is no longer to be done is left out."""
    acts, pays = 0, account.unpaid_by < 0 and not account.is_retiring
    is_insured = account.status == EMPLOYEE or account.status == FLEXIBLE
    if life.stop == place:
        life.stop = NOT_COMING
        if is_insured and pays:
            fault = BY_EMPLOYER if life.cause == EMPLOYER_ARREARS and account.status == EMPLOYEE else BY_ONESELF
            acts = write_act(acts, STOP, 1, fault, life.cause, -1, 0, life, person)     # the cause, for the story
        else:
            life.resume = NOT_COMING
    if life.resume == place:
        life.resume = NOT_COMING
        if is_insured and account.unpaid_by >= 0:
            status = FLEXIBLE if life.returns_flexible and account.unpaid_by == BY_ONESELF else -1
            acts = write_act(acts, RESUME, 1, status, 0, -1, 0, life, person)
            if life.pays_back:
                acts = write_act(acts, BACK_PAY, 10, 0, ALL, -1, 0, life, person)
            stop_again(place, life, person, manners)
    if life.move == place:
        life.move = NOT_COMING
        to = destination(low(draw(life.key, place, draws.DESTINATION)), account.area, world.areas)
        if is_insured and pays and world.areas[to].city != world.areas[account.area].city:
            there = world.rules_of[(table * len(world.areas) + to) * world.months + place]
            to_row = row_on(month.first_day + 14, there)
            acts = write_act(acts, MOVE, 15, to, 0, world.areas[to].city, to_row, life, person)
    if life.premium == place:
        life.premium += 12
        acts = write_act(acts, PREMIUM, 20, RESIDENT_PREMIUM, manners.premium_fen, 1, 0, life, person)
    if life.tops_up and is_insured and pays:
        statutory = person.statutory_month if account.status == EMPLOYEE else person.flexible_statutory_month
        if world.start_month + place >= statutory:
            life.tops_up = 0
            if missing_months(person.is_female, account.contributed_months, account.local_months, rows[person.row]) > 0:
                acts = write_act(acts, RETIRE, 25, 1, 0, -1, 0, life, person)
    elif account.status == RETIREE:
        life.tops_up = 0
    if life.death == place:
        acts = write_act(acts, WITHDRAW, 28, DEATH, ALL, -1, 0, life, person)
    life.has_acts, person.acts = 1, life.act_slots[:acts]
    life.act = next_act_place(place + 1, life, person, world)


def stop_again(place, life, person, manners):
    """Who is back may stop again in what is left of the year."""
    plan_stop(life.year - 12, min(person.age, AGES - 1), life, manners)
    if life.stop <= place:
        life.stop = life.resume = NOT_COMING


def write_act(acts, kind, day, what, amount, to, to_row, life, person):
    """One more act of the month; returns how many there are now."""
    slot = life.act_slots[acts]
    slot.number, slot.kind, slot.day = acts, kind, person.first_day + day - 1
    slot.row = row_on(slot.day, person)
    slot.what, slot.amount, slot.to, slot.to_row = what, amount, to, to_row
    return acts + 1


def destination(u, own, areas):
    """Where somebody moves: to one of the other areas, the likelier the more people are there."""
    before = areas[own - 1].up_to_p if own > 0 else 0
    u = u * (ONE - (areas[own].up_to_p - before)) >> draws.BITS
    if u >= before:                                         # beyond the own area
        u += areas[own].up_to_p - before
    place = 0
    while u >= areas[place].up_to_p and place < len(areas) - 1:
        place += 1
    return place


# ── what is done differently when compiled (see `machine.py`) ──────────────────────────────────────

class _Nowhere:
    """Takes what became of each act, and forgets it."""

    def append(self, outcome):
        pass


def nowhere():
    return _Nowhere()


def clear(tally):
    """All zero again."""
    vars(tally).clear()


def new_tally():
    """A tally, all zero."""
    return Tally()


def usual(tally):
    """A tally in which all that is not `USUAL` is zero."""
    return tally


def add_up(sums, tally):
    """A month of one more person into the sums."""
    for name in COUNTED:
        setattr(sums, name, getattr(sums, name) + getattr(tally, name, 0))
