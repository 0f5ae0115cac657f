"""Arrears, late fees and back-payment (欠费、滞纳金、补缴).

Each missed month is a principal of its own, with its own days. The law charges employers 0.05 % a day (0.2 % until
2011-06-30, each part at its own rate); what is owed by oneself, whether a fee is due on it, how many months may still
be paid and whether the bills of the gap are then reimbursed is for the area to say.
"""
from simulator.law.account import ALL, BY_EMPLOYER, BY_ONESELF
from simulator.money import PPM, divided
from simulator.months import days_in_arrears

EMPLOYERS_ONLY, WHOEVER_DEFAULTS = range(2)         # arrears.fee_payer
NO_CAP, PRINCIPAL = range(2)                        # arrears.fee_cap
LAST_MONTHS, NOTHING = range(2)                     # arrears.back_pay_beyond
BOTH_PARTS, EMPLOYERS_PART = range(2)               # arrears.waiver_part


def late_fee(principal_fen, first_day, last_day, rules):
    """The late fee on a principal from a first to a last day, both counted, fen.

    `rules.arrears_late_fee_daily_rate_ppm` are the rates up to now, newest first, each with its first day.
    """
    if last_day < first_day or principal_fen == 0:
        return 0
    rate_days_ppm = 0
    until = last_day
    for since, rate_ppm in rules.arrears_late_fee_daily_rate_ppm:
        if until >= first_day:
            days = until - max(first_day, since) + 1
            if days > 0:
                rate_days_ppm += days * rate_ppm
                until = since - 1
    fee_fen = divided(principal_fen * rate_days_ppm, PPM, rules.arrears_fee_rounding)
    if rules.arrears_fee_cap == PRINCIPAL:
        return min(fee_fen, principal_fen)
    return fee_fen


def owes_late_fee(fault, rules):
    """Employers owe late fees by law; a person only where the area says so."""
    return fault == BY_EMPLOYER or rules.arrears_fee_payer == WHOEVER_DEFAULTS


def month_late_fee(missed, place, start_month, paid_day, rules):
    """The late fee on one missed month if paid on a day: own and employer's part, each with its waiver."""
    if not owes_late_fee(missed.fault[place], rules):
        return 0
    waiver = missed.waiver_months[place]
    own_waiver = waiver if missed.waives_own[place] else 0
    first, last = days_in_arrears(start_month + place, paid_day, rules.arrears_day_count, rules.arrears_due_day, own_waiver)
    if own_waiver == waiver:
        return late_fee(missed.own_fen[place] + missed.employer_fen[place], first, last, rules)
    fee_fen = late_fee(missed.own_fen[place], first, last, rules)
    first, last = days_in_arrears(start_month + place, paid_day, rules.arrears_day_count, rules.arrears_due_day, waiver)
    return fee_fen + late_fee(missed.employer_fen[place], first, last, rules)


def back_payable(fault, missed_months, asked_months, rules):
    """How many of the missed months, the latest ones, may be paid now; `asked_months` may be ALL."""
    window = rules.arrears_back_pay_months[fault]
    if missed_months > window:
        if rules.arrears_back_pay_beyond == NOTHING:
            return 0
        missed_months = window
    if asked_months != ALL:
        return min(missed_months, asked_months)
    return missed_months


def is_retroactive(fault, gap_months, rules):
    """Whether the bills of a gap of this length are reimbursed once it has been paid."""
    return gap_months <= rules.arrears_retroactive_months[fault]


def count_missed(missed, fault, until):
    """How many months are owed by a fault, up to a place in the span."""
    count = 0
    for place in range(until + 1):
        if missed.is_owed[place] and missed.fault[place] == fault:
            count += 1
    return count


def outstanding(missed, until, start_month, on_day, rules):
    """What is owed on a day, of what may still be paid: (principal_fen, late_fee_fen)."""
    principal_fen = fee_fen = 0
    for fault in (BY_EMPLOYER, BY_ONESELF):
        left = back_payable(fault, count_missed(missed, fault, until), ALL, rules)
        for place in range(until, -1, -1):
            if left > 0 and missed.is_owed[place] and missed.fault[place] == fault:
                principal_fen += missed.own_fen[place] + missed.employer_fen[place]
                fee_fen += month_late_fee(missed, place, start_month, on_day, rules)
                left -= 1
    return principal_fen, fee_fen
