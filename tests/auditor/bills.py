"""Medical bills: the pool, the own account, relatives' accounts, cash (national.md 5.6)."""
from collections import defaultdict

from . import aid, gaps, pool, purse, status
from .calendar import after_working_days, age, month_of
from .people import Bill, read_bill


def of_month(now):
    """By day; those of every month come on its first day, before others."""
    days = defaultdict(list)
    for person in now.people:
        for place, cost in person.monthly_bills.items():
            if cost and not person.dead:
                days[now.first].append(Bill(now.first, person, place, "outpatient", cost))
    for event in now.events:
        if event["type"] == "medical":
            bill = read_bill(event, now.household.by_name)
            if not bill.person.dead:
                days[bill.day].append(bill)
    for _, bills in sorted(days.items()):
        yield from sorted(bills, key=lambda bill: turn(now, bill.person))


def turn(now, person):
    """On one day those come first for whom nobody is registered, then the others as they were registered."""
    return next((position for position, link in enumerate(now.links) if link.to is person), -1)


def usable(here, person):
    return not (person.stopped and here["arrears.account_usable"] == "no")


def may_spend(now, person):
    """What is not frozen for others."""
    frozen = sum(link.frozen for link in now.links if link.giver is person)
    return max(0, person.balance - frozen)


def pay(now, bill):
    person, row = bill.person, bill.person.row
    here = now.here(person, bill.day)
    row["medical"] += bill.cost
    left = bill.cost
    share = 0
    if status.is_covered(person):
        share = 1
    elif person.wait and not person.stopped and person.kind != "none":
        share = here["waiting.pool_share"]      # 3.12: half the benefits in some areas
    before, paid = 0, 0
    if share:                                   # where the pool pays nothing, nothing comes before it
        if here["spending.before_pool"] == "current money" and bill.kind == "outpatient" and not bill.prepaid:
            before = min(left, may_spend(now, person), person.current)
        left -= purse.spend(person, before, ("current",), "spent")
        paid = pool_pays(here, person, bill, left, share, person.used)
    note_as_if(here, person, bill, bill.cost - before, paid)
    if bill.prepaid and here["pooling.prepaid_to"] == "the account" and paid:
        row["cash_paid"] += left
        purse.send(now, person, after_working_days(bill.day, here["pooling.prepaid_working_days"]), "refund", paid)
        return
    row["reimbursed"] += paid
    left -= paid
    if not bill.prepaid:
        if usable(here, person):
            left -= purse.spend(person, min(left, may_spend(now, person)), purse.in_order(here, purse.ALL), "spent")
        for link in aid.helpers(now, person, bill.day):
            left -= aid.give(now, link, left, bill.day)
    row["cash_paid"] += left


def pool_pays(here, person, bill, cost, share, used):
    group = pool.patient_group(here, person.kind, age(person.birth, month_of(bill.day)))
    return pool.pays(here, group, bill.place, bill.kind, cost, used, share)


def note_as_if(here, person, bill, cost, paid):
    """3.1, "treated retroactively": while a gap is owed that may be made good, what the pool would have paid more had it been paid.

    Had it been, there might still have been a wait.
    """
    gap = person.latest_gap
    if gap is None or not gaps.counts_as_none(here, gap):
        return
    share = here["waiting.pool_share"] if person.as_if_wait else 1
    more = max(0, pool_pays(here, person, bill, cost, share, person.as_if) - paid) if share else 0
    if person.missed_now in gap.unpaid:
        gap.due += more
    else:
        gap.due_later += more
