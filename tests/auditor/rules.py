"""What is in force where and when: the region files, read again.

A city inherits from its province what it does not state, and that from the nation (contract, section 1). A value holds from
its day until the next one, or until its `until`, after which what is inherited returns (docs/adding-a-region.md).
"""
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

from .money import fen, rounded

REGIONS = Path(__file__).parents[2] / "simulator" / "regions"
STARTS = {"aid.start", "aid.across_cities", "aid.across_provinces", "retirement.delay_start"}     # their value is the first day
GROW = {"contribution.base_floor", "contribution.base_ceiling", "contribution.flexible_base", "retirement.top_up_base"}


@dataclass(frozen=True)
class Entry:
    since: date
    until: date | None
    value: object
    is_last: bool


@cache
def region_ids():
    return tuple(sorted(str(path.relative_to(REGIONS).with_suffix("")) for path in REGIONS.rglob("*.toml")
                        if path.stem != "national"))


@cache
def region_file(region):
    with open(REGIONS / f"{region}.toml", "rb") as file:  # noqa: PTH123
        return tomllib.load(file, parse_float=Fraction)


@cache
def region_called(name):
    """The id of a region given by id, Chinese name or code; of two with one name the province."""
    if name in region_ids():
        return name
    for region in sorted(region_ids(), key=lambda region: region.count("/")):
        if str(name) in (region_file(region)["name_zh"], region_file(region)["name_en"], region_file(region)["code"]):
            return region
    raise KeyError(name)


def ancestry(region):
    """The region, its province, the nation."""
    parts = region.split("/")
    ids = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return [part for part in ids if (REGIONS / f"{part}.toml").exists()] + ["national"]


def plans_of(region):
    return tuple(region_file(region).get("plans", {}))


def entries(table, name):
    topic, key = name.split(".")
    return series(table.get(topic, {}).get(key, []))


def series(rows):
    rows = sorted(rows, key=lambda row: row["from"])
    return tuple(Entry(row["from"], row.get("until"), row["value"], row is rows[-1]) for row in rows)


@cache
def layers(region, plan, name):
    """The statements on one parameter, the most local first; a plan stands above its region."""
    found = []
    for place in ancestry(region):
        file = region_file(place)
        if plan and plan in file.get("plans", {}):
            found.append(entries(file["plans"][plan], name))
        found.append(entries(file, name))
    return tuple(one for one in found if one)


def in_force(statements, day):
    """The entry of one series that holds on a day, if any does."""
    holding = None
    for entry in statements:
        if entry.since <= day:
            holding = entry
    if holding and holding.until and day > holding.until:
        return None
    return holding


class Rules:
    """The rules of one scenario: the region files, its what-if, and the day after which nothing changes any more."""

    def __init__(self, what_if=None, as_of=None):
        self.what_if = {name: series(rows) for name, rows in (what_if or {}).items()}
        self.as_of = as_of
        self.known = {}

    def here(self, region, plan, day):
        return Here(self, region, plan, day)

    def stretches(self, region, plan, name, start, end):
        """The days from `start` to `end`, cut where a value may change (2.5: each day by the rate of that day)."""
        changes = set()
        for statements in (self.what_if.get(name, ()), *layers(region, plan, name)):
            for entry in statements:
                changes.add(entry.since)
                if entry.until:
                    changes.add(entry.until + timedelta(days=1))
        cuts = [start, *sorted(day for day in changes if start < day <= end), end + timedelta(days=1)]
        return [(first, after - timedelta(days=1)) for first, after in pairwise(cuts) if first < after]

    def value(self, region, plan, name, day):
        key = region, plan, name, day
        if key not in self.known:
            self.known[key] = self._value(region, plan, name, day)
        return self.known[key]

    def _value(self, region, plan, name, day):
        supposed = in_force(self.what_if.get(name, ()), day)
        if supposed:
            return exact(supposed.value)
        if self.as_of:
            day = min(day, self.as_of)
        for statements in layers(region, plan, name):
            entry = in_force(statements, day)
            if entry and self.as_of and name in STARTS and isinstance(entry.value, date) and entry.value > self.as_of:
                return "never"               # announced, not in force
            if entry:
                return self.projected(region, plan, name, entry, day)
        raise LookupError(f"{region}: no {name} on {day}")

    def projected(self, region, plan, name, entry, day):
        """After its last known figure a base grows once a year, to the whole yuan (docs/regions: the projected rows)."""
        if self.as_of or name not in GROW or not entry.is_last or entry.until or isinstance(entry.value, str) or not entry.value:
            return entry.value
        amount, years = Fraction(fen(entry.value)), 1
        while (step := entry.since.replace(year=entry.since.year + years)) <= day:
            amount *= 1 + self.value(region, plan, "projection.wage_growth", step)
            years += 1
        return Fraction(rounded(amount, "yuan half up"), 100) if years > 1 else entry.value


def exact(value):
    """A what-if may come as floats; the decimal that was written is meant."""
    if isinstance(value, float):
        return Fraction(str(value))
    if isinstance(value, list):
        return [exact(part) for part in value]
    if isinstance(value, dict):
        return {key: exact(part) for key, part in value.items()}
    return value


class Here:
    """The rules of one region and plan on one day, read by name."""

    def __init__(self, rules, region, plan, day):
        self.rules, self.region, self.plan, self.day = rules, region, plan, day

    def __getitem__(self, name):
        return self.rules.value(self.region, self.plan, name, self.day)

    def yuan(self, name):
        """An amount in fen; None where the file says `none` (no limit) or `own`."""
        value = self[name]
        return None if isinstance(value, str) else fen(value)

    def date(self, name):
        """A day; `never` lies beyond all others."""
        value = self[name]
        return date.max if value == "never" else date.min if value == "none" else value

    def of_payer(self, name, payer, missing=0):
        """A value given once for all, or by employee, flexible, retiree, or whatever else it is given by."""
        value = self[name]
        return value.get(payer, missing) if isinstance(value, dict) else value

    def of_cause(self, name, cause, missing=0):
        """A value given once for all, or by whose fault a premium was missed: employer, own."""
        value = self[name]
        return value.get(cause, missing) if isinstance(value, dict) else value

    def of_patient(self, name, group, place=None):
        """A value by group of patients and place of care; the old are as the younger where they have none of their own."""
        value = self[name]
        if isinstance(value, dict):
            value = value.get(group, value.get(group.removesuffix("_senior"), 0))
        elif group == "resident":
            value = 0
        if isinstance(value, dict):
            value = value.get(place, 0)
        return value

    def by_age(self, name, years):
        """The band of a list by completed age; nothing where the list is empty."""
        for band in self[name]:
            if years < band.get("below", 10_000):
                return band
        return {}
