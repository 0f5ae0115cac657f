"""Family mutual aid (家庭共济): a relative's account pays what the patient's own cannot.

Who may be helped, with which money, for what and how far away is dated and local. Across provinces money first moved
through a wallet (so many transfers a day, each up to a limit); since 2026 a quota is frozen in the giver's account,
and what is not used returns.
"""
from simulator.law.account import MEDICAL, NONE, Aid, AidGiven, Pockets
from simulator.law.rules import Rules
from simulator.law.spending import pay
from simulator.money import NO_LIMIT

ALL_MONEY, CARRIED_MONEY = range(2)             # aid.money
WALLET, QUOTA = range(2)                        # aid.across_provinces_by
(ALLOWED, NOT_STARTED, NOT_REGISTERED, RELATION_NOT_ALLOWED, USE_NOT_ALLOWED, GIVER_NOT_INSURED, TAKER_NOT_INSURED,
 NOT_ACROSS_CITIES, NOT_ACROSS_PROVINCES, TOO_MANY_PEOPLE, NOT_ENOUGH_MONEY, LIMIT_REACHED, WALLET_LIMIT,
 OWN_USE_NOT_ALLOWED, OWN_MONEY_NOT_ENOUGH, OWN_ACCOUNT_FROZEN, AREA_LIMIT, OWN_RESIDENT_PREMIUM) = range(18)


def may_give(aid: Aid, use: int, day: int, people_before: int, giver_status: int, taker_status: int,
             is_same_area: bool, is_same_province: bool, rules: Rules) -> int:
    """Whether the giver's account may pay now: ALLOWED, or why not. `rules` are the giver's, on the day."""
    if day < rules.aid_start_day:
        return NOT_STARTED
    if day < aid.since_day or day > aid.until_day:
        return NOT_REGISTERED
    if not rules.aid_relations[aid.relation]:
        return RELATION_NOT_ALLOWED
    wanted = aid.for_medical if use == MEDICAL else aid.for_premium
    if not wanted or not rules.aid_uses[use]:
        return USE_NOT_ALLOWED
    if giver_status == NONE:
        return GIVER_NOT_INSURED
    if taker_status == NONE:
        return TAKER_NOT_INSURED
    if people_before >= rules.aid_people:
        return TOO_MANY_PEOPLE
    if not is_same_area:
        if not is_same_province:
            if day < rules.aid_across_provinces_day:
                return NOT_ACROSS_PROVINCES
        elif day < rules.aid_across_cities_day:
            return NOT_ACROSS_CITIES
    return ALLOWED


def within_limits(aid: Aid, given: AidGiven, due_fen: int, day: int, is_same_province: bool,
                  rules: Rules) -> tuple[int, int]:
    """As much of what is due as the limits of the area and the authorisation, and the wallet's, leave: (fen, ALLOWED or what cut it)."""
    allowed_fen, answer = due_fen, ALLOWED
    agreed_fen, of_area_fen = left_of_agreement(aid, given), left_of_area(given, rules)
    if agreed_fen < allowed_fen:
        allowed_fen, answer = agreed_fen, LIMIT_REACHED
    if of_area_fen < allowed_fen:
        allowed_fen, answer = of_area_fen, AREA_LIMIT
    if not is_same_province and rules.aid_across_provinces_by == WALLET:
        given_today_fen = given.day_fen if given.day == day else 0
        left_today_fen = rules.aid_wallet_transfer_fen * rules.aid_wallet_transfers_a_day - given_today_fen
        if left_today_fen < allowed_fen:
            allowed_fen, answer = left_today_fen, WALLET_LIMIT
    return allowed_fen, answer


def left_of_agreement(aid: Aid, given: AidGiven) -> int:
    """What an authorisation's own limits of the month and the year leave, fen; 0 is no limit."""
    month_fen = max(0, aid.monthly_limit_fen - given.month_fen) if aid.monthly_limit_fen else NO_LIMIT
    year_fen = max(0, aid.yearly_limit_fen - given.year_fen) if aid.yearly_limit_fen else NO_LIMIT
    return min(month_fen, year_fen)


def left_of_area(given: AidGiven, rules: Rules) -> int:
    """What the area's limits leave of them, fen: they may have come after more had been given."""
    return max(0, min(rules.aid_limits_fen[0] - given.month_fen, rules.aid_limits_fen[1] - given.year_fen))


def giveable(pockets: Pockets, rules: Rules) -> int:
    """The money of an account that may help others: not the free money, which is the person's cash, nor what has to stay."""
    all_fen = pockets.current + pockets.carried
    money_fen = all_fen if rules.aid_money == ALL_MONEY else pockets.carried
    return max(0, min(money_fen, all_fen - rules.aid_keep_fen))


def give(pockets: Pockets, due_fen: int, rules: Rules) -> tuple[Pockets, int]:
    """Take aid from an account, in its own order of money. Returns (pockets, given_fen)."""
    given_fen = min(due_fen, giveable(pockets, rules))
    if rules.aid_money == CARRIED_MONEY:
        return Pockets(pockets.current, pockets.carried - given_fen, pockets.withdrawable), given_fen
    return pay(pockets, given_fen, rules)


def note_given(given: AidGiven, amount_fen: int) -> None:
    """Count what was given toward the limits of its authorisation."""
    given.month_fen += amount_fen
    given.year_fen += amount_fen


def note_day(given: AidGiven, amount_fen: int, day: int) -> None:
    """Count what the giver has given on a day, toward the wallet's limit."""
    if given.day != day:
        given.day, given.day_fen = day, 0
    given.day_fen += amount_fen


def frozen_quota(aid: Aid, given: AidGiven, is_same_province: bool, rules: Rules) -> int:
    """What a quota across provinces freezes in the giver's account this month."""
    if is_same_province or rules.aid_across_provinces_by != QUOTA:
        return 0
    if not aid.monthly_limit_fen:
        return 0
    return min(left_of_agreement(aid, given), left_of_area(given, rules))
