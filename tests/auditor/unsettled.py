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


def gap_of_two_causes_paid_back(scenario):
    def causes(events):
        return {event["cause"] == "employer_arrears" for event in events if event["type"] == "stop"}

    return any("back_pay" in types(events) and len(causes(events)) > 1 for events in events_of(scenario).values())


def retired_in_debt(scenario):
    return any({"stop", "back_pay", "retire"} <= types(events) for events in events_of(scenario).values())


def half_benefits(scenario):
    places = [scenario["region"], *(person.get("region", "") for person in scenario["people"]),
              *(event["region"] for event in scenario["events"] if event["type"] == "move")]
    return "waiting.pool_share" in scenario.get("rules", ()) or any(place.startswith("hainan") for place in places)


def left_and_resumed(scenario):
    return any({"withdraw", "resume"} <= types(events) for events in events_of(scenario).values())


def bills_of_the_dead(scenario):
    costly = {person["name"] for person in scenario["people"] if person.get("medical")}
    return any(event["type"] == "withdraw" and event["reason"] == "death" and (who in costly or "medical" in types(events))
               for who, events in events_of(scenario).items() for event in events)


OPEN = {
    "A37 limits of the year after retiring with two debts, one paid": retired_in_debt,
}
