"""Arrears, late fees and back-payment (欠费、滞纳金、补缴).

Each missed month is a principal of its own, with its own days. The law charges employers 0.05 % a day (0.2 % until
2011-06-30, each part at its own rate); what is owed by oneself, whether a fee is due on it, how many months may still
be paid and whether the bills of the gap are then reimbursed is for the area to say.
"""
from simulator.law.account import BY_EMPLOYER, Missed
from simulator.law.rules import Rules
from simulator.money import PPM, divided
from simulator.months import days_in_arrears

EMPLOYERS_ONLY, WHOEVER_DEFAULTS = range(2)         # arrears.fee_payer
NO_CAP, PRINCIPAL = range(2)                        # arrears.fee_cap
LAST_MONTHS, NOTHING = range(2)                     # arrears.back_pay_beyond
BOTH_PARTS, EMPLOYERS_PART = range(2)               # arrears.waiver_part


def late_fee(principal_fen: int, first_day: int, last_day: int, rules: Rules) -> int:
    """The late fee on a principal from a first to a last day, both counted, fen.

    `rules.arrears_late_fee_daily_rate_ppm` are the rates up to now, newest first, each with its first day.
    """
    if last_day < first_day or principal_fen == 0:
        return 0
    rate_days_ppm = 0
    until = last_day
    rates = rules.arrears_late_fee_daily_rate_ppm
    for place in range(len(rates)):
        since, rate_ppm = rates[place][0], rates[place][1]
        days = until - max(first_day, since) + 1
        if days > 0:
            rate_days_ppm += days * rate_ppm
            until = since - 1
        if since <= first_day:
            break
    fee_fen = divided(principal_fen * rate_days_ppm, PPM, rules.arrears_fee_rounding)
    if rules.arrears_fee_cap == PRINCIPAL:
        return min(fee_fen, principal_fen)
    return fee_fen


def owes_late_fee(fault: int, rules: Rules) -> bool:
    """Employers owe late fees by law; a person only where the area says so."""
    return fault == BY_EMPLOYER or rules.arrears_fee_payer == WHOEVER_DEFAULTS


def month_late_fee(missed: Missed, place: int, start_month: int, paid_day: int, rules: Rules) -> int:
    """The late fee on one missed month if paid on a day: own and employer's part, each with its waiver."""
    if not owes_late_fee(missed.fault[place], rules):
        return 0
    waiver = missed.waiver_months[place]
    own_waiver = waiver if missed.waives_own[place] else 0
    first, last = days_in_arrears(start_month + place, paid_day, rules.arrears_day_count, missed.due_day[place], own_waiver)
    if own_waiver == waiver:
        return late_fee(missed.own_fen[place] + missed.employer_fen[place], first, last, rules)
    fee_fen = late_fee(missed.own_fen[place], first, last, rules)
    first, last = days_in_arrears(start_month + place, paid_day, rules.arrears_day_count, missed.due_day[place], waiver)
    return fee_fen + late_fee(missed.employer_fen[place], first, last, rules)


def is_payable(missed: Missed, place: int, rules: Rules) -> bool:
    """Whether a missed month may still be paid."""
    return is_within(missed.fault[place], gap_length(missed, place), months_from_end(missed, place), rules)


def is_within(fault: int, length: int, from_end: int, rules: Rules) -> bool:
    """Whether the area's window takes a month of a gap of this length, the so manieth from its end."""
    window = rules.arrears_back_pay_months[fault]
    return length <= window or (rules.arrears_back_pay_beyond == LAST_MONTHS and from_end <= window)


def first_of_gap(missed: Missed, place: int) -> int:
    """The place of the first month of the gap that a missed month belongs to."""
    return place - missed.gap_place[place] + 1


def gap_length(missed: Missed, place: int) -> int:
    """The missed months of a gap up to now, paid since or not."""
    return missed.gap_length[first_of_gap(missed, place)]


def months_from_end(missed: Missed, place: int) -> int:
    """1 for the latest missed month of a gap, 2 for the one before it, …"""
    return gap_length(missed, place) - missed.gap_place[place] + 1


def owed_in_gap(missed: Missed, place: int) -> int:
    """The months of a gap that are still owed."""
    return missed.gap_owed[first_of_gap(missed, place)]


def is_retroactive(fault: int, gap_months: int, rules: Rules) -> bool:
    """Whether the bills of a gap of this length are reimbursed once it has been paid."""
    return gap_months <= rules.arrears_retroactive_months[fault]


def counts_as_none(missed: Missed, first: int, rules: Rules) -> bool:
    """Whether a gap is as if it had not been once it is paid in full, and may still be, or has been."""
    length = missed.gap_length[first]
    if not is_retroactive(missed.fault[first], length, rules):
        return False
    for place in range(first, first + length):              # the earliest month that is owed is the first to be out of reach
        if missed.is_owed[place]:
            return is_payable(missed, place, rules)
    return True


def are_made_good(missed: Missed, last_gap: int, since: int, rules: Rules) -> bool:
    """Whether all gaps from a place on have been made good, the last of them and those before it."""
    first = last_gap
    while first >= since:
        if missed.gap_owed[first] > 0 or not counts_as_none(missed, first, rules):
            return False
        first = missed.gap_before[first]
    return True


def outstanding(missed: Missed, last_gap: int, start_month: int, on_day: int, rules: Rules) -> tuple[int, int]:
    """What is owed on a day, of what may still be paid, gap by gap from the last one back: (principal_fen, late_fee_fen)."""
    principal_fen = fee_fen = 0
    first = last_gap
    while first >= 0:
        fault, length = missed.fault[first], missed.gap_length[first]
        window = rules.arrears_back_pay_months[fault]
        if missed.gap_owed[first] > 0 and (length <= window or rules.arrears_back_pay_beyond == LAST_MONTHS):
            if length <= window and not owes_late_fee(fault, rules):
                principal_fen += missed.gap_owed_fen[first]
            else:
                for place in range(first + max(0, length - window), first + length):
                    if missed.is_owed[place]:
                        principal_fen += missed.own_fen[place] + missed.employer_fen[place]
                        fee_fen += month_late_fee(missed, place, start_month, on_day, rules)
        first = missed.gap_before[first]
    return principal_fen, fee_fen
