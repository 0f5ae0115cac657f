"""Disagreements that are found and reported but not settled yet: households that may meet one are left out, and counted.

Each entry goes as soon as the product, or the auditor, is mended; with none left, nothing is left out.
"""
from collections import defaultdict


def may_meet(scenario):
    """The names of the open points that a household may meet."""
    return [name for name, meets in OPEN.items() if meets(scenario)]


def events_of(scenario):
    """Each person's events."""
    by_person = defaultdict(list)
    for event in scenario["events"]:
        by_person[event["who"]].append(event)
    return by_person


def types(events):
    return {event["type"] for event in events}


def month(event):
    return event["on"].year, event["on"].month


def across_provinces(scenario):
    provinces = {person.get("region", scenario["region"]).split("/")[0] for person in scenario["people"]}
    return len(provinces) > 1 or any(event["type"] == "move" for event in scenario["events"])


def quota_beside_other_help(scenario):
    givers = [link["from"] for link in scenario["aid"]]
    return across_provinces(scenario) and any("monthly_limit" in link and givers.count(link["from"]) > 1 for link in scenario["aid"])


def quota_of_what_cannot_be_given(scenario):
    """Free money, or an area (or a what-if) that wants something kept."""
    places = {person.get("region", scenario["region"]).split("/")[0] for person in scenario["people"]}
    places |= {event["region"].split("/")[0] for event in scenario["events"] if event["type"] == "move"}
    has_free = any("withdrawable" in person.get("opening", ()) for person in scenario["people"])
    rules = scenario.get("rules", {})
    return across_provinces(scenario) and any("monthly_limit" in link for link in scenario["aid"]) and (
        has_free or bool(places & {"fujian", "xizang", "beijing", "tianjin", "hainan"}) or "aid.keep" in rules
        or "withdrawal.free_share" in rules)


def retired_in_debt(scenario):
    return any({"stop", "retire", "back_pay"} <= types(events) for events in events_of(scenario).values())


def moved_and_retired_in_a_month(scenario):
    def months(events, kind):
        return {month(event) for event in events if event["type"] == kind}

    return any(months(events, "move") & months(events, "retire") for events in events_of(scenario).values())


def gap_of_two_causes_paid_back(scenario):
    def causes(events):
        return {event["cause"] == "employer_arrears" for event in events if event["type"] == "stop"}

    return any("back_pay" in types(events) and len(causes(events)) > 1 for events in events_of(scenario).values())


def left_and_resumed(scenario):
    return any({"withdraw", "resume"} <= types(events) for events in events_of(scenario).values())


def bills_of_the_dead(scenario):
    costly = {person["name"] for person in scenario["people"] if person.get("medical")}
    return any(event["type"] == "withdraw" and event["reason"] == "death" and (who in costly or "medical" in types(events))
               for who, events in events_of(scenario).items() for event in events)


OPEN = {
    "A26 help across provinces draws on what is frozen for another": quota_beside_other_help,
    "A29 a quota freezes money that may not be given": quota_of_what_cannot_be_given,
    "A30 bills after retiring are not reckoned as if a debt had been paid": retired_in_debt,
    "A31 a prepaid bill due back in its own month": lambda scenario: "pooling.prepaid_to" in scenario.get("rules", ()),
    "A32 local months in the month of a move": moved_and_retired_in_a_month,
    "A33, A34 gaps of two causes": gap_of_two_causes_paid_back,
    "A35 gap months of a retiree who resumes": left_and_resumed,
    "bills of the dead (mended on branch docs)": bills_of_the_dead,
}
