"""The beginning of a month: what somebody is, which wage counts, what is paid and credited."""
from . import gaps, premium, purse
from .calendar import age, calendar_month, first_day
from .money import fen, rounded
from .people import PAYING


def take_effect(person):
    """What was decided in the month before: retired, out of the scheme, moved."""
    person.has_just_retired = person.next_kind == "retiree"
    if person.next_kind:
        person.kind, person.next_kind = person.next_kind, None
        person.stopped, person.has_left = None, True
        if person.dead or person.kind == "retiree":         # who has left otherwise goes on without a premium, and then waiting
            person.stretch, person.outside = [], 0
            person.wait = person.earlier_wait = person.as_if_wait = 0
    if person.next_region:
        person.region, person.next_region = person.next_region, None


def stop_and_resume(now, person):
    """The premium of that month and after is not paid, or paid again (contract, section 2)."""
    for event in now.events:
        if event["who"] != person.name or person.dead:
            continue
        if event["type"] == "stop" and person.kind in (*PAYING, "resident"):
            person.stopped = event["cause"]
        if event["type"] == "resume" and person.kind != "retiree":
            kind = event.get("insured") or (person.kind if person.kind != "none" else person.former)
            if kind is None:
                continue
            person.kind, person.stopped, person.closed = kind, None, False
            if "wage" in event:
                person.wage = person.base_wage = fen(event["wage"])
                for later in after(now, event):
                    if later["type"] == "wage" and later["on"] == event["on"] == now.first:
                        person.wage = person.base_wage = fen(later["amount"])


def own_wage(now, person, here):
    """1.14: the wage is declared once a base year, and grows then; an area may take a new one at once.

    A new wage counts from the first full month after its day.
    """
    switches = calendar_month(now.month) == here["contribution.base_year_start"]
    if switches and not now.is_first:
        person.wage = rounded(person.wage * (1 + person.growth), "fen half up")
    at_once = False
    for event in now.household.wages:
        if event["who"] == person.name and first_day(now.month - 1) < event["on"] <= now.first and not any(
                later["type"] == "resume" and "wage" in later and later["on"] <= now.last for later in after(now, event)):
            person.wage = fen(event["amount"])
            at_once = now.here(person, event["on"])["contribution.wage_change"] == "next month"
    if switches or at_once:
        person.base_wage = person.wage


def after(now, event):
    """What the same person does later, in order."""
    own = [one for one in now.household.events if one["who"] == event["who"]]
    return own[next(place for place, one in enumerate(own) if one is event) + 1:]


def pay(now, person, here):
    """The premium of the month and the credit that goes with it, if it is not missed."""
    row = person.row
    if person.kind == "none" or misses(person):
        return
    gaps.resume(now, here, person, person.is_new and person.kind in PAYING)
    person.is_new = person.is_new and person.kind not in PAYING
    if person.kind != "resident":
        row["premium_paid"] += premium.own_premium(here, person.kind, row["base"], now.month)
        if not person.closed:
            row["credit"] = premium.credit(here, person.kind, row["base"], age(person.birth, now.month), now.month,
                                           person.pension, person.has_just_retired)
            purse.enter(here, person, row["credit"])
    if person.kind in PAYING:
        count(person, 1)


def misses(person):
    """Retirees owe nothing they could miss."""
    return bool(person.stopped) and person.kind in (*PAYING, "resident")


def is_outside(person):
    """6.17: who left counts months without any insurance, once months were paid."""
    return person.kind == "none" and person.contributed > 0


def count(person, months):
    person.contributed += months
    person.local += months


def is_covered(person):
    return person.kind != "none" and not person.stopped and not person.wait

