"""Retirement, moves, money out (national.md, sections 6 and 8)."""
from . import aid, premium, purse, retirement, status
from .calendar import after_working_days
from .money import fen, rounded
from .people import IN_SCHEME, PAYING
from .rules import region_called

LEAVING = ("death", "emigration", "quit", "transfer_refused", "lump_sum_pension", "enlisted")


def by_age_and_years(now, person):
    """8.1: at the statutory age, with enough years, of them enough in the area, nobody needs to apply."""
    here = now.here(person)
    if person.kind not in PAYING or person.next_kind or person.stopped:
        return
    statutory = retirement.statutory_month(here, person.birth, person.sex, person.career, person.kind)
    if now.month >= statutory and shortage(here, person) <= 0:
        person.next_kind = "retiree"


def shortage(here, person):
    """Months still missing: of all, or of those paid in the area."""
    needed = 12 * here["retirement.years_male" if person.sex == "male" else "retirement.years_female"]
    return max(needed - person.contributed, 12 * here["retirement.local_years"] - person.local)


def retire(now, person, event):
    """By application: up to three years early; missing months may be paid in one sum, none of which enters the account (8.5)."""
    here = now.here(person, event["on"])
    if person.kind not in PAYING:
        return
    if now.month < retirement.earliest_month(here, person.birth, person.sex, person.career, person.kind):
        return
    short = shortage(here, person)
    if short > 0:
        if not event.get("top_up"):
            return
        fixed = here.yuan("retirement.top_up_base")
        base = premium.base(here, person.kind, person.base_wage) if fixed is None else fixed
        person.row["premium_paid"] += short * rounded(base * here["retirement.top_up_rate"], here["contribution.rounding"])
        status.count(person, short)
    person.next_kind = "retiree"


def move(now, person, event):
    """6.14, 6.16: relation and balance follow to the new area; free money stays where it is."""
    new, day = region_called(event["region"]), event["on"]
    here, there = now.here(person, day), now.rules.here(new, None, day)
    if aid.distance_between(new, person.region) == "none" or person.kind not in IN_SCHEME or there["transfer.accepts_balance"] == "no":
        return
    if "retiree" in (person.kind, person.next_kind) and here["transfer.retirees"] == "no":
        return
    purse.settle(now, here, person, False)
    amount = person.kept
    person.row["transfer_out"] += amount
    person.current = person.carried = 0
    under_way = [arrival for arrival in person.arriving if arrival[1] == "transfer_in"]
    for arrival in under_way:               # what is still on its way is sent on
        person.arriving.remove(arrival)
    arrives = after_working_days(day, here["transfer.working_days"])
    purse.send(now, person, arrives, "transfer_in", amount + sum(arrival[2] for arrival in under_way))
    person.next_region, person.local = new, 0


def withdraw(now, person, event):
    """6.2 to 6.9: only for the area's reasons; those that close the account pay all of it. The dead are dead in any case."""
    pay_out(now, person, event)
    if event["reason"] == "death":
        leave(person)
        person.dead, person.contributed = True, 0


def pay_out(now, person, event):
    if pays_out(now, person, event) and event["reason"] in (LEAVING if person.kind != "resident" else ("death", "emigration")):
        leave(person)


def pays_out(now, person, event):
    """Pays, if there is a right to it; whether it did."""
    day, reason = event["on"], event["reason"]
    here = now.here(person, day)
    wanted = fen(event["amount"]) if "amount" in event else None
    if person.closed or reason not in here["withdrawal.reasons"]:
        return False
    if reason not in ("death", "free") and any(column == "transfer_in" for _, column, _ in person.arriving):
        return False    # source 2.3: not while a move is under way
    if reason == "free":
        wanted = person.withdrawable if wanted is None else wanted
        if not 0 < wanted <= person.withdrawable:
            return False
        purse.spend(person, wanted, ("withdrawable",), "withdrawn")
    elif reason in here["withdrawal.closing_reasons"]:
        if wanted is not None and wanted != person.balance:
            return False
        close(now, person, event)
    else:
        wanted = person.balance if wanted is None else wanted
        if not 0 < wanted <= person.balance:
            return False
        purse.spend(person, wanted, ("withdrawable", "carried", "current"), "withdrawn")
    return True


def close(now, person, event):
    """The whole account with its interest, and what is on its way to it. An insured heir with an account may take it over (source 3.3)."""
    purse.settle(now, now.here(person, event["on"]), person, False)
    amount = person.balance
    person.current = person.carried = person.withdrawable = 0
    for _, column, under_way in person.arriving:
        person.row[column] += under_way
        amount += under_way
    person.arriving = []
    heir = now.household.by_name.get(event.get("to"))
    if heir and heir.kind in IN_SCHEME and not heir.dead and not heir.closed:
        person.row["transfer_out"] += amount
        heir.row["transfer_in"] += amount
        heir.carried += amount
    else:
        person.row["withdrawn"] += amount
    person.closed = True


def leave(person):
    person.former = person.kind if person.kind != "none" else person.former
    person.next_kind = "none"
