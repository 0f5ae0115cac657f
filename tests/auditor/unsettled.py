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


def retired_in_debt(scenario):
    return any({"back_pay", "retire"} <= types(events) and [event["type"] for event in events].count("stop") > 1
               for events in events_of(scenario).values())


def left_resumed_and_stopped(scenario):
    def in_one_month(events):
        resumed = {(event["on"].year, event["on"].month) for event in events if event["type"] == "resume"}
        return any((event["on"].year, event["on"].month) in resumed for event in events if event["type"] == "stop")

    return any({"withdraw", "back_pay"} <= types(events) and in_one_month(events) for events in events_of(scenario).values())


def three_gaps(scenario):
    return any("back_pay" in types(events) and [event["type"] for event in events].count("stop") > 2
               for events in events_of(scenario).values())


OPEN = {}
