"""Households month by month: the rows of the ledger (contract, section 3)."""
from collections import defaultdict
from datetime import date

from . import aid, arrears, bills, gaps, leaving, pool, premium, purse, status
from .calendar import calendar_month, first_day, last_day, month_name, month_of, read_month
from .interest import settles_in
from .people import PAYING, Person, read_link
from .rules import Rules, region_called

FLOWS_IN = ("credit", "back_credit", "interest", "refund", "transfer_in")
FLOWS_OUT = ("spent", "aid_given", "premium_given", "withdrawn", "transfer_out")
AMOUNTS = ("base", "opening", *FLOWS_IN, *FLOWS_OUT, "closing", "current", "carried", "withdrawable", "medical", "reimbursed",
           "aid_received", "cash_paid", "arrears", "late_fee_accrued", "late_fee_paid", "premium_paid")
COUNTS = ("eligible", "gap_months", "waiting_months", "contributed_months")
COLUMNS = ("month", "person", "region", "status", *AMOUNTS, *COUNTS)


def ledger(scenario):
    """All rows of a household, month by month, in the order of its people."""
    return Household(scenario).run()


class Household:
    def __init__(self, scenario):
        as_of = scenario.get("rules_as_of")
        self.rules = Rules(scenario.get("rules"), date.fromisoformat(as_of) if isinstance(as_of, str) else as_of)
        region = region_called(scenario["region"])
        self.start, self.months = read_month(scenario["start"]), scenario["months"]
        self.people = [Person(data, region) for data in scenario["people"]]
        self.by_name = {person.name: person for person in self.people}
        self.links = [read_link(data, self.by_name) for data in scenario.get("aid", [])]
        self.events = sorted(scenario.get("events", []), key=lambda event: event["on"])      # those of one day as in the file
        self.wages = [event for event in self.events if event["type"] == "wage"]
        self.wallet_given = defaultdict(int)                                                 # by giver and day

    def run(self):
        rows = []
        for month in range(self.start, self.start + self.months):
            rows += Month(self, month).run()
        return rows


class Month:
    """One month of all: each step for everybody before the next, dates order what belongs to one step."""

    def __init__(self, household, month):
        self.household, self.rules, self.month = household, household.rules, month
        self.people, self.links = household.people, household.links
        self.first, self.last = first_day(month), last_day(month)
        self.is_first = month == household.start
        self.events = [event for event in household.events if month_of(event["on"]) == month]

    def here(self, person, day=None):
        """A month goes by the rules of its first day, a dated event by those of its own."""
        plan = person.plan if person.region == person.home else None        # a plan is one of the first area
        return self.rules.here(person.region, plan, day or self.first)

    def run(self):
        for person in self.people:
            self.begin(person)
        for person in self.people:
            purse.arrivals(self, person)
        for link in self.links:
            link.frozen, link.is_frozen = 0, False
        self.happen(back_pay=gaps.back_pay)
        for person in self.people:              # the month that runs is not missed before
            if status.misses(person):
                gaps.miss(self, person)
            elif person.kind in PAYING or person.kind == "resident":
                gaps.wait_on(self, person)
        for link in self.links:
            aid.freeze(self, link)
        for person in self.people:
            person.outside += status.is_outside(person)
            person.row["eligible"] = int(status.is_covered(person))
        for bill in bills.of_month(self):
            bills.pay(self, bill)
        self.happen(premium=aid.premium_for)
        self.happen(retire=leaving.retire, move=leaving.move, withdraw=leaving.withdraw)
        for person in self.people:
            self.end(person)
        return [person.row for person in self.people]

    def happen(self, **actions):
        for event in self.events:
            person = self.household.by_name[event["who"]]
            has_left = person.next_kind == "none" and event.get("reason") != "death"       # who has left may still die
            if event["type"] in actions and not person.dead and not has_left:
                actions[event["type"]](self, person, event)

    def begin(self, person):
        person.row = row = dict.fromkeys(AMOUNTS, 0) | {"month": month_name(self.month), "person": person.name}
        person.missed_now, person.dead_before = None, person.dead
        status.take_effect(person)
        here = self.here(person)
        if calendar_month(self.month) == here["interest.year_start"]:
            person.carried, person.current = person.carried + person.current, 0
        if calendar_month(self.month) == here["pooling.year_start"]:
            person.used = pool.Used()
            person.as_if = pool.Used()
        row["opening"] = person.balance
        status.own_wage(self, person, here)
        status.stop_and_resume(self, person)
        row["region"], row["status"] = person.region, person.kind
        row["base"] = premium.base(here, person.kind, person.base_wage)
        status.pay(self, person, here)

    def end(self, person):
        here, row = self.here(person), person.row
        person.products.add(here, person.current, person.carried, person.withdrawable)
        if settles_in(here, calendar_month(self.month)):
            purse.settle(self, here, person, True)
        then = self.here(person, self.last)         # what would be due on the last day
        for gap in [] if person.dead else person.debts:
            for missed in arrears.payable(then, gap):
                row["arrears"] += missed.principal
                row["late_fee_accrued"] += arrears.late_fee(self.rules, gap, missed, self.last, then)
        row["gap_months"] = 0 if person.dead_before else person.gap_months
        row["waiting_months"], row["contributed_months"] = person.wait, person.contributed
        row["current"], row["carried"], row["withdrawable"] = person.current, person.carried, person.withdrawable
        row["closing"] = person.balance
        leaving.by_age_and_years(self, person)
