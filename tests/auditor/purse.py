"""Money into the account and out of it: current-year, carried-over and free money (national.md, sections 6 and 7)."""
from . import premium
from .calendar import calendar_month
from .interest import months_since
from .money import rounded

KEPT = ("current", "carried")
ALL = (*KEPT, "withdrawable")


def enter(here, person, amount):
    """6.9: in some areas, formerly, a share of each credit was free money."""
    free = rounded(amount * here["withdrawal.free_share"], "fen half up")
    person.withdrawable += free
    person.current += amount - free


def in_order(here, which):
    """Which money pays first, in the area's order; free money last."""
    order = KEPT if here["spending.order"] == "current first" else KEPT[::-1]
    return [part for part in (*order, "withdrawable") if part in which]


def spend(person, amount, parts, column):
    """Takes up to that amount out of these parts, in their order; what was taken."""
    taken = 0
    for part in parts:
        step = min(getattr(person, part), amount - taken)
        setattr(person, part, getattr(person, part) - step)
        taken += step
    person.row[column] += taken
    return taken


def refund(here, person, amount):
    """What the pool owed goes into the account; to whom has none, in cash."""
    person.row["refund"] += amount
    if (premium.has_account(here, person.kind) and not person.closed) or person.balance:
        person.current += amount
    else:
        person.row["withdrawn"] += amount


def send(now, person, day, column, amount):
    """Money on its way: a balance that moves, or what the pool owes for a prepaid bill."""
    if day <= now.last:
        arrive(now, person, column, amount)
    elif amount:
        person.arriving.append((day, column, amount))


def arrivals(now, person):
    for arrival in [arrival for arrival in person.arriving if arrival[0] <= now.last]:
        person.arriving.remove(arrival)
        arrive(now, person, *arrival[1:])


def arrive(now, person, column, amount):
    if column == "refund":
        refund(now.here(person), person, amount)
    else:
        person.row["transfer_in"] += amount
        person.carried += amount


def settle(now, here, person, is_over):
    """Interest so far is credited: to the carried-over money, that of the free money to the free money. The month counts if it is over."""
    months = months_since(here, calendar_month(now.month)) - (not is_over)
    kept, free = person.products.settle(here, person.kept, person.withdrawable, months)
    person.row["interest"] += kept + free
    person.carried += kept
    person.withdrawable += free
