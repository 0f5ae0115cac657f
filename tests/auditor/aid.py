"""Family mutual aid, and premiums paid from an account (national.md, section 5)."""
from . import bills, purse
from .calendar import year_since
from .money import fen
from .people import IN_SCHEME

PREMIUMS = {"resident": "resident premium", "long_term_care": "long-term-care premium", "commercial": "commercial premium"}


def helpers(now, person, day):
    """5.7, 5.8: several may help, in the order of registration."""
    return [link for link in now.links if link.to is person and may_give(now, link, day, "medical", "medical")]


def may_give(now, link, day, use, named_use):
    """5.1 to 5.3, by the rules of the area of who gives."""
    giver, to = link.giver, link.to
    if giver.kind not in IN_SCHEME or giver.stopped or to.kind == "none" or to.stopped or giver.dead or to.dead:
        return False
    if not runs(link, day) or use not in link.uses:
        return False
    here = now.here(giver, day)
    if day < here.date("aid.start") or link.relation not in here["aid.relations"] or named_use not in here["aid.uses"]:
        return False
    earlier = now.links[:now.links.index(link)]
    helped = {other.to.name for other in earlier if other.giver is giver and other.to is not to and runs(other, day)}
    return reaches(link, here, day) and len(helped) < here["aid.people"]


def runs(link, day):
    return link.since <= day and (link.until is None or day <= link.until)


def distance(link):
    return distance_between(link.giver.region, link.to.region)


def distance_between(one, other):
    """A county goes with its city."""
    mine, theirs = one.split("/"), other.split("/")
    if mine[0] != theirs[0]:
        return "provinces"
    return "cities" if mine[1:2] != theirs[1:2] else "none"


def reaches(link, here, day):
    if distance(link) == "provinces":
        return day >= here.date("aid.across_provinces")
    return distance(link) == "none" or day >= here.date("aid.across_cities")


def by_quota(link, here):
    return distance(link) == "provinces" and here["aid.across_provinces_by"] == "quota"


def parts(here):
    return ("carried",) if here["aid.money"] == "carried money" else purse.KEPT


def givable(here, giver, frozen):
    """All of the kept money or only what is carried over, but nothing frozen; free money is not given; something may have to stay."""
    money = giver.carried if here["aid.money"] == "carried money" else giver.kept
    return max(0, min(money, giver.kept - here.yuan("aid.keep")) - frozen)


def freeze(now, link):
    """5.10: across provinces a quota is frozen in the giver's account for the month; what is not used returns."""
    here = now.here(link.giver)
    if link.monthly_limit is None or not by_quota(link, here):
        return
    uses = [("medical", "medical"), *(("premium", use) for use in PREMIUMS.values())]
    if any(may_give(now, link, now.first, *use) for use in uses):
        link.is_frozen = True
        link.frozen = min(link.monthly_limit, allowance_of_area(now, link, here), allowance_of_year(now, link),
                          givable(here, link.giver, frozen_for_others(now, link)))


def frozen_for_others(now, link):
    return sum(other.frozen for other in now.links if other.giver is link.giver and other is not link)


def allowance(now, link, here, day):
    """How much may still be given, by the limits of the relation, the wallet's of a day, and the frozen quota."""
    room = [10 ** 15]
    if link.monthly_limit is not None:
        room.append(link.monthly_limit - link.given[now.month])
    room.append(allowance_of_year(now, link))
    room.append(allowance_of_area(now, link, here))
    if distance(link) == "provinces" and here["aid.across_provinces_by"] == "wallet":       # 5.9
        most = here.yuan("aid.wallet_transfer") * here["aid.wallet_transfers"]
        room.append(most - now.household.wallet_given[link.giver.name, day])
    if link.is_frozen:
        room.append(link.frozen)
    return max(0, min(room))


def allowance_of_area(now, link, here):
    """An area may limit what one relation gives in a month and in a calendar year."""
    room = [10 ** 15]
    for span in ("month", "year"):
        limit = here.of_payer("aid.limits", span, "none")
        if limit != "none":
            given = [taken for month, taken in link.given.items()
                     if month == now.month or (span == "year" and year_since(month, 1) == year_since(now.month, 1))]
            room.append(fen(limit) - sum(given))
    return max(0, min(room))


def allowance_of_year(now, link):
    if link.yearly_limit is None:
        return 10 ** 15
    year = year_since(now.month, 1)
    return max(0, link.yearly_limit - sum(given for month, given in link.given.items() if year_since(month, 1) == year))


def give(now, link, wanted, day):
    """5.6: when the own account is empty, a relative's pays."""
    giver = link.giver
    here = now.here(giver, day)
    amount = min(wanted, allowance(now, link, here, day), givable(here, giver, frozen_for_others(now, link)))
    taken = purse.spend(giver, amount, purse.in_order(here, parts(here)), "aid_given")
    note(now, link, day, taken)
    link.to.row["aid_received"] += taken
    return taken


def note(now, link, day, taken):
    link.frozen = max(0, link.frozen - taken)
    link.given[now.month] += taken
    now.household.wallet_given[link.giver.name, day] += taken


def premium_for(now, person, event):
    """5.3, 5.4: somebody's premium out of the account, as a whole or not at all."""
    day, amount, use = event["on"], fen(event["amount"]), PREMIUMS[event["kind"]]
    here = now.here(person, day)
    to = now.household.by_name[event["to"]]
    if person.kind == "none" or not bills.usable(here, person):
        return
    which, link = parts(here), None
    if to is person:                                        # one's own goes by the rules of spending, a relative's by those of aid
        which = purse.KEPT
        if event["kind"] == "commercial":
            allowed, kept = here["spending.commercial"], here.yuan("spending.commercial_keep")
            usable = max(0, person.carried - kept) + (person.current if allowed == "all money" else 0)
            if allowed == "no" or usable < amount:
                return
        elif event["kind"] == "resident" or use not in here["aid.uses"] or person.current + person.carried < amount:
            return
        if bills.may_spend(now, person) < amount:
            return
    else:
        link = next((link for link in now.links if link.giver is person and link.to is to
                     and may_give(now, link, day, "premium", use)), None)
        if link is None or allowance(now, link, here, day) < amount:
            return
        if givable(here, person, frozen_for_others(now, link)) < amount:
            return
    purse.spend(person, amount, purse.in_order(here, which) if link else sorted(which), "premium_given")
    if link:
        note(now, link, day, amount)
