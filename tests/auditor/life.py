"""Households month by month: the rows of the ledger (contract, section 3)."""
from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from . import arrears, pool, premium, retirement
from .calendar import after_working_days, calendar_month, first_day, last_day, month_name, month_of, read_month, year_since
from .interest import Products, settles_in
from .money import fen, rounded
from .rules import Rules, region_called

FLOWS_IN = ("credit", "back_credit", "interest", "refund", "transfer_in")
FLOWS_OUT = ("spent", "aid_given", "premium_given", "withdrawn", "transfer_out")
AMOUNTS = ("base", "opening", *FLOWS_IN, *FLOWS_OUT, "closing", "current", "carried", "withdrawable", "medical", "reimbursed",
           "aid_received", "cash_paid", "arrears", "late_fee_accrued", "late_fee_paid", "premium_paid")
COUNTS = ("eligible", "gap_months", "waiting_months", "contributed_months")
COLUMNS = ("month", "person", "region", "status", *AMOUNTS, *COUNTS)
PLACES = ("pharmacy", "primary", "secondary", "tertiary")
PREMIUMS = {"resident": "resident premium", "long_term_care": "long-term-care premium", "commercial": "commercial premium"}
KEPT = ("current", "carried")
ALL = (*KEPT, "withdrawable")
PAYING = ("employee", "flexible")
IN_SCHEME = ("employee", "flexible", "retiree")


@dataclass
class Bill:
    day: date
    person: "Person"
    place: str
    kind: str
    cost: int
    prepaid: bool = False


@dataclass
class Link:
    giver: "Person"
    to: "Person"
    relation: str
    since: date
    until: date | None
    monthly_limit: int | None
    yearly_limit: int | None
    uses: tuple
    given: dict = field(default_factory=lambda: defaultdict(int))       # by month
    frozen: int = 0


class Person:
    def __init__(self, data, region):
        self.name = data["name"]
        self.birth = read_month(data["birth"])
        self.sex, self.career = data["sex"], data.get("career")
        self.kind = data["insured"]
        self.region = region_called(data["region"]) if "region" in data else region
        self.plan = data.get("plan")
        self.wage = Fraction(fen(data.get("wage", 0)))
        self.base_wage = self.wage            # the one that the base of this year rests on
        self.growth = Fraction(str(data.get("wage_growth", 0)))
        self.acts_next_month = False
        self.pension = fen(data["pension"]) if "pension" in data else None
        self.contributed = data.get("contributed_months", 0)
        self.local = {self.region: self.contributed}
        opening = data.get("opening", {})
        self.current, self.carried, self.withdrawable = (
            fen(opening.get(part, 0)) for part in ("current", "carried", "withdrawable"))
        self.monthly_bills = {place: fen(data.get("medical", {}).get(place, 0)) for place in PLACES}
        self.products = Products()
        self.used = pool.Used()
        self.shadow = pool.Used()             # the same for the bills of a gap, should they be paid later
        self.stopped = None                   # the cause, while premiums are not paid
        self.gap = []                         # the gap that runs now, cut where the fault changes
        self.missed_now = None                # this month, if it is missed
        self.debts = []                       # gaps of which months are unpaid
        self.uncovered = 0                    # months without cover in a row
        self.wait = 0                         # months of waiting left; only paid ones count
        self.arriving = []                    # (day, column, fen)
        self.next_kind = self.next_region = None
        self.dead = False
        self.before = self.kind
        self.row = {}

    @property
    def balance(self):
        return self.current + self.carried + self.withdrawable


class Household:
    def __init__(self, scenario):
        as_of = scenario.get("rules_as_of")
        if isinstance(as_of, str):
            as_of = date.fromisoformat(as_of)
        self.rules = Rules(scenario.get("rules"), as_of)
        region = region_called(scenario["region"])
        self.start = read_month(scenario["start"])
        self.months = scenario["months"]
        self.people = [Person(data, region) for data in scenario["people"]]
        self.by_name = {person.name: person for person in self.people}
        self.links = [self.read_link(data) for data in scenario.get("aid", [])]
        self.events = sorted(enumerate(scenario.get("events", [])), key=lambda pair: (pair[1]["on"], pair[0]))
        self.events = [event for _, event in self.events]
        self.wages = [event for event in self.events if event["type"] == "wage"]
        self.wallet_given = defaultdict(int)
        self.rows = []

    def read_link(self, data):
        limits = [fen(data[name]) if name in data else None for name in ("monthly_limit", "yearly_limit")]
        until = data.get("until")
        return Link(self.by_name[data["from"]], self.by_name[data["to"]], data["relation"], as_day(data["since"], first_day),
                    as_day(until, last_day) if until else None, *limits, tuple(data.get("uses", ("medical", "premium"))))

    def run(self):
        for month in range(self.start, self.start + self.months):
            Month(self, month).run()
        return self.rows


def as_day(text, of_month):
    """A month means its first or last day."""
    text = str(text)
    return date.fromisoformat(text) if text.count("-") == 2 else of_month(read_month(text))


class Month:
    def __init__(self, household, month):
        self.household, self.rules, self.month = household, household.rules, month
        self.first, self.last = first_day(month), last_day(month)
        self.events = [event for event in household.events if month_of(event["on"]) == month]

    def here(self, person, day=None):
        return self.rules.here(person.region, person.plan, day or self.first)

    # --- the month as a whole

    def run(self):
        people = self.household.people
        for person in people:
            self.begin(person)
        self.act()
        for person in people:
            self.end(person)
        for person in people:
            self.household.rows.append(person.row)

    def gap_months(self, person):
        """Months missed in a row and not paid since."""
        if person.dead or person.kind not in IN_SCHEME and not person.uncovered:
            return 0
        return person.uncovered

    def begin(self, person):
        person.missed_now = None
        person.row = row = dict.fromkeys(AMOUNTS, 0)
        row.update(month=month_name(self.month), person=person.name)
        self.take_effect(person)
        here = self.here(person)
        if calendar_month(self.month) == here["interest.year_start"]:
            person.carried, person.current = person.carried + person.current, 0
        if calendar_month(self.month) == here["pooling.year_start"]:
            person.used, person.shadow = pool.Used(), pool.Used()
        row["opening"] = person.balance
        self.new_base_year(person, here)
        self.stop_and_resume(person)
        row["region"], row["status"] = person.region, person.kind
        row["base"] = premium.base(here, person.kind, person.base_wage)
        self.pay_premium(person, here)
        row["eligible"] = int(self.is_covered(person))

    def take_effect(self, person):
        """What was decided in the month before: retired, moved, out of the scheme."""
        if person.next_kind:
            person.kind, person.next_kind = person.next_kind, None
            person.stopped, person.gap = None, []
            if person.kind == "none":
                person.uncovered = 0
            person.wait = 0
        if person.next_region:
            person.region, person.next_region = person.next_region, None
            person.plan = None

    def new_base_year(self, person, here):
        """1.14: the base follows the wage once a base year; an area may take a new wage at once."""
        if self.month == self.household.start:
            return
        switches = calendar_month(self.month) == here["contribution.base_year_start"]
        if switches:
            person.wage = rounded(person.wage * (1 + person.growth), "fen half up")
        for event in self.household.wages:
            if event["who"] == person.name and first_day(self.month - 1) < event["on"] <= self.first:
                person.wage = Fraction(fen(event["amount"]))
                if self.here(person, event["on"])["contribution.wage_change"] == "next month":
                    person.acts_next_month = True
        if switches or person.acts_next_month:
            person.base_wage, person.acts_next_month = person.wage, False

    def stop_and_resume(self, person):
        for event in self.events:
            if event["who"] != person.name or person.dead:
                continue
            if event["type"] == "stop" and person.kind in (*PAYING, "resident"):
                person.stopped = event["cause"]
            if event["type"] == "resume":
                self.resume(person, event)

    def resume(self, person, event):
        if person.kind == "retiree":
            return
        kind = event.get("insured", person.kind)
        if kind == "none":
            return
        person.kind = kind
        if "wage" in event:
            person.wage = person.base_wage = Fraction(fen(event["wage"]))
        person.stopped = None

    def is_covered(self, person):
        if person.kind == "none" or person.stopped:
            return False
        return not person.wait

    def pay_premium(self, person, here):
        kind, row = person.kind, person.row
        if kind == "none":
            person.uncovered += 1 if person.contributed else 0
            return
        if person.stopped and kind != "retiree":
            self.miss(person)
            return
        person.wait = max(0, person.wait - 1)
        first_time = kind in PAYING and person.before not in IN_SCHEME and not person.contributed
        if person.uncovered or first_time:
            self.wait_after(person, here, first_time)
        person.uncovered, person.gap = 0, []
        before, person.before = person.before, kind
        if kind == "resident":
            return
        row["premium_paid"] += premium.own_premium(here, kind, row["base"], self.month)
        years = premium.age_at(person, self.month)
        row["credit"] = premium.credit(here, kind, row["base"], years, self.month, person.pension, before != "retiree")
        self.enter(person, row["credit"], here)
        if kind in PAYING:
            self.count(person, 1)

    def enter(self, person, amount, here):
        """A share of each credit may be free money (Tianjin and Beijing, formerly)."""
        free = rounded(amount * here["withdrawal.free_share"], "fen half up")
        person.withdrawable += free
        person.current += amount - free

    def count(self, person, months):
        person.contributed += months
        person.local[person.region] = person.local.get(person.region, 0) + months

    # --- gaps

    def miss(self, person):
        person.uncovered += 1
        if person.kind == "resident":
            return
        fault = "employer" if person.stopped == "employer_arrears" else "own"
        if not person.gap:
            person.shadow = copy(person.used)
        if not person.gap or person.gap[-1].fault != fault:
            person.gap.append(arrears.Gap(fault))
            person.debts.append(person.gap[-1])
        person.gap[-1].length += 1
        person.missed_now = self.missed(person, fault)
        person.gap[-1].months.append(person.missed_now)

    def missed(self, person, fault):
        """An employer owes both shares of its employee; who stopped by himself owes what flexible workers pay (source 1.6)."""
        here = self.here(person)
        kind = "employee" if fault == "employer" else "flexible"
        amount = premium.base(here, person.kind if fault == "employer" else "flexible", person.base_wage)
        own = premium.own_premium(here, kind, amount, self.month)
        employer = premium.employer_premium(here, amount) if fault == "employer" else 0
        years = premium.age_at(person, self.month)
        credit = premium.credit(here, kind, amount, years, self.month)
        return arrears.Missed(self.month, fault, person.region, person.plan, own, employer, credit)

    def wait_after(self, person, here, first_time):
        """3.3: after a longer gap an area lets people wait; at the first enrolment too."""
        if person.kind == "resident":
            wait = self.resident_wait(person, here)
        elif first_time:
            wait = here.of_payer("waiting.first_enrolment_months", person.kind)
        else:
            gap = person.uncovered
            if here["waiting.gap_count"] == "month difference":
                gap += 1
            wait = self.wait_for_gap(person, here, gap)
        if wait:
            late = here["waiting.starts"] == "month after payment"
            person.wait = wait + (1 if late else 0)
        else:
            person.wait = 0

    def wait_for_gap(self, person, here, gap):
        if gap <= here.of_payer("waiting.free_gap_months", person.kind):
            return 0
        bands = here.of_payer("waiting.months", person.kind)
        if isinstance(bands, int):
            return bands
        wait = 0
        for band in bands:
            if gap > band["over"]:
                wait = band["months"]
        return wait

    def resident_wait(self, person, here):
        """3.14 to 3.16: three months, one more for each further year missed, six at least after four."""
        years = person.uncovered // 12
        wait = here["waiting.resident_months"] + max(0, years - 1) * here["waiting.resident_year_months"]
        if years >= here["waiting.resident_long_years"]:
            wait = max(wait, here["waiting.resident_long_months"])
        return wait

    def back_pay(self, person, event):
        """The last months first, where fewer are paid than were missed."""
        here = self.here(person, event["on"])
        accepted = []
        for gap in person.debts:
            accepted += [(missed.month, gap, missed) for missed in arrears.payable(here, gap, self.month)]
        accepted.sort(key=lambda one: one[0])
        wanted = event.get("months", len(accepted))
        lengths = {id(gap): gap.length - any(missed is person.missed_now for missed in gap.months) for gap in person.debts}
        for _, gap, missed in accepted[max(0, len(accepted) - wanted):]:
            retroactive = lengths[id(gap)] <= here.of_cause("arrears.retroactive_months", gap.fault)
            self.pay_missed(person, missed, event["on"], retroactive)
            gap.months.remove(missed)
        if person.gap and not any(missed is not person.missed_now for gap in person.gap for missed in gap.months):
            person.uncovered = 1
        person.debts = [gap for gap in person.debts if gap.months]

    def pay_missed(self, person, missed, day, retroactive):
        row = person.row
        row["premium_paid"] += missed.own
        row["late_fee_paid"] += arrears.late_fee(self.rules, missed, day)
        if person.kind in IN_SCHEME:
            row["back_credit"] += missed.credit
            self.enter(person, missed.credit, self.here(person, day))
        self.count(person, 1)
        if retroactive:
            self.refund(person, missed.due)
            person.used = copy(person.shadow)

    def refund(self, person, amount):
        """What the pool owed goes into the account; to who has none in cash."""
        row, here = person.row, self.here(person)
        row["refund"] += amount
        if premium.has_account(here, person.kind):
            person.current += amount
        else:
            row["withdrawn"] += amount

    # --- day by day

    def act(self):
        """A month is settled step by step; dates order what belongs to one step, and pick the rules of the day."""
        for person in self.household.people:
            for arrival in [arrival for arrival in person.arriving if arrival[0] <= self.last]:
                person.arriving.remove(arrival)
                self.arrive(person, *arrival)
        for link in self.household.links:
            self.freeze(link)
        self.happen("back_pay")
        for day, bills in sorted(self.bills().items()):
            for bill in sorted(bills, key=lambda bill: self.turn(bill.person)):
                self.pay(bill)
        self.happen("premium")
        self.happen("retire", "move", "withdraw")

    def bills(self):
        """By day; those of every month come on its first day, before others."""
        days = defaultdict(list)
        for person in self.household.people:
            for place, cost in person.monthly_bills.items():
                if cost and not person.dead:
                    days[self.first].append(Bill(self.first, person, place, "outpatient", cost))
        for event in self.events:
            bill = self.read_bill(event) if event["type"] == "medical" else None
            if bill and not bill.person.dead:
                days[bill.day].append(bill)
        return days

    def turn(self, person):
        """On one day those come first for whom nobody is registered, then the others as they were registered."""
        return next((position for position, link in enumerate(self.household.links) if link.to is person), -1)

    def read_bill(self, event):
        return Bill(event["on"], self.household.by_name[event["who"]], event["place"], event.get("kind", "outpatient"),
                    fen(event["amount"]), event.get("prepaid", False))

    def send(self, person, day, column, amount):
        """Money on its way: a balance that was moved, or what the pool owes for a prepaid bill."""
        if day <= self.last:
            self.arrive(person, day, column, amount)
        elif amount:
            person.arriving.append((day, column, amount))

    def arrive(self, person, day, column, amount):
        if column == "refund":
            self.refund(person, amount)
        else:
            person.row["transfer_in"] += amount
            person.carried += amount

    def happen(self, *types):
        actions = {"back_pay": self.back_pay, "premium": self.premium_for, "retire": self.retire,
                   "move": self.move, "withdraw": self.withdraw}
        for event in self.events:
            person = self.household.by_name[event["who"]]
            if event["type"] in types and not person.dead and person.next_kind != "none":
                actions[event["type"]](person, event)

    # --- bills

    def pool_pays(self, person, here, bill, cost, share, used=None):
        group = pool.patient_group(here, person.kind, premium.age_at(person, month_of(bill.day)))
        return pool.pays(here, group, bill.place, bill.kind, cost, used or person.used, share)

    def usable(self, person, here):
        return not (person.stopped and here["arrears.account_usable"] == "no")

    def pay(self, bill):
        person, row = bill.person, bill.person.row
        here = self.here(person, bill.day)
        row["medical"] += bill.cost
        left = bill.cost
        if (bill.kind == "outpatient" and not bill.prepaid and here["spending.before_pool"] == "current money"
                and self.usable(person, here)):
            left -= self.spend(person, left, here, ("current",), "spent")
        paid = 0
        if self.is_covered(person):
            paid = self.pool_pays(person, here, bill, left, 1)
        elif person.wait and not person.stopped and here["waiting.pool_share"]:
            paid = self.pool_pays(person, here, bill, left, here["waiting.pool_share"])
        elif person.missed_now and not bill.prepaid:
            person.missed_now.due += self.pool_pays(person, here, bill, left, 1, person.shadow)
        elif person.missed_now:
            person.missed_now.due += self.pool_pays(person, here, bill, left, 1, person.shadow)
        if bill.prepaid and here["pooling.prepaid_to"] == "the account" and paid:
            day = after_working_days(bill.day, here["pooling.prepaid_working_days"])
            self.send(person, day, "refund", paid)
            row["cash_paid"] += left
            return
        row["reimbursed"] += paid
        left -= paid
        if not bill.prepaid:
            if self.usable(person, here):
                left -= self.spend(person, left, here, self.parts(here, ALL), "spent")
            for link in self.helpers(person, bill.day):
                left -= self.give(link, left, bill.day, "medical", row)
        row["cash_paid"] += left

    def parts(self, here, which):
        """Which money pays, in the area's order; free money last."""
        order = ("current", "carried") if here["spending.order"] == "current first" else ("carried", "current")
        return [part for part in (*order, "withdrawable") if part in which]

    def spend(self, person, amount, here, parts, column, keep=0):
        """Out of the account, in the area's order; frozen quotas are not touched."""
        frozen = sum(link.frozen for link in self.household.links if link.giver is person)
        amount = min(amount, max(0, person.balance - frozen))
        if keep:
            amount = min(amount, max(0, person.current + person.carried - keep))
        taken = 0
        for part in parts:
            there = getattr(person, part)
            step = min(there, amount - taken)
            setattr(person, part, there - step)
            taken += step
        person.row[column] += taken
        return taken

    # --- mutual aid

    def helpers(self, person, day):
        return [link for link in self.household.links if link.to is person and self.may_give(link, day, "medical", "medical")]

    def may_give(self, link, day, use, named_use):
        giver, to = link.giver, link.to
        if giver.dead or to.dead or giver.kind not in IN_SCHEME or to.kind == "none" or to.stopped or giver.stopped:
            return False
        if day < link.since or link.until and day > link.until or use not in link.uses:
            return False
        here = self.here(giver, day)
        if day < here.date("aid.start") or link.relation not in here["aid.relations"] or named_use not in here["aid.uses"]:
            return False
        if not self.usable(giver, here):
            return False
        if not self.region_allows(link, here, day):
            return False
        mine = [other for other in self.household.links if other.giver is giver]
        return mine.index(link) < here["aid.people"]

    def distance(self, link):
        mine, theirs = link.giver.region.split("/"), link.to.region.split("/")
        if mine[0] != theirs[0]:
            return "provinces"
        return "cities" if mine[1:2] != theirs[1:2] else "none"

    def region_allows(self, link, here, day):
        distance = self.distance(link)
        if distance == "provinces":
            return day >= here.date("aid.across_provinces")
        return distance == "none" or day >= here.date("aid.across_cities")

    def by_quota(self, link, here):
        return self.distance(link) == "provinces" and here["aid.across_provinces_by"] == "quota"

    def freeze(self, link):
        """5.10: across provinces a quota is frozen in the giver's account; what is not used returns."""
        link.frozen = 0
        here = self.here(link.giver)
        if link.monthly_limit is None or not self.may_give(link, self.first, link.uses[0], "medical"):
            return
        if not self.by_quota(link, here):
            return
        others = sum(other.frozen for other in self.household.links if other.giver is link.giver)
        giver = link.giver
        money = giver.carried if here["aid.money"] == "carried money" else giver.current + giver.carried
        money = min(money, giver.current + giver.carried - here.yuan("aid.keep"))
        link.frozen = min(link.monthly_limit, max(0, money - others))

    def allowance(self, link, day):
        """How much may still be given, by the limits of the relation and by the wallet's of a day."""
        here = self.here(link.giver, day)
        room = []
        if link.monthly_limit is not None:
            room.append(link.monthly_limit - link.given[self.month])
        if link.yearly_limit is not None:
            year = year_since(self.month, 1)
            room.append(link.yearly_limit - sum(sum_ for month, sum_ in link.given.items() if year_since(month, 1) == year))
        if self.distance(link) == "provinces" and here["aid.across_provinces_by"] == "wallet":
            most = here.yuan("aid.wallet_transfer") * here["aid.wallet_transfers"]
            room.append(most - self.household.wallet_given[link.giver.name, day])
        return max(0, min(room)) if room else None

    def give(self, link, wanted, day, use, row):
        giver, here = link.giver, self.here(link.giver, day)
        room = self.allowance(link, day)
        amount = wanted if room is None else min(wanted, room)
        own_quota, link.frozen = link.frozen, 0
        if self.by_quota(link, here):
            amount = min(amount, own_quota) if link.monthly_limit is not None else amount
        parts = self.parts(here, ("carried",) if here["aid.money"] == "carried money" else KEPT)
        taken = self.spend(giver, amount, here, parts, "aid_given", here.yuan("aid.keep"))
        link.frozen = own_quota - taken if own_quota else 0
        link.given[self.month] += taken
        self.household.wallet_given[giver.name, day] += taken
        row["aid_received"] += taken
        return taken

    def premium_for(self, person, event):
        """5.3, 5.4: a premium is paid as a whole, or not at all."""
        day, amount = event["on"], fen(event["amount"])
        here = self.here(person, day)
        to = self.household.by_name[event["to"]]
        if person.kind not in IN_SCHEME or not self.usable(person, here):
            return
        use = PREMIUMS[event["kind"]]
        which, keep, link = KEPT, 0, None
        if event["kind"] == "commercial":
            allowed = here["spending.commercial"]
            if allowed == "no":
                return
            if allowed == "carried money":
                which, keep = ("carried",), here.yuan("spending.commercial_keep")
        else:
            if use not in here["aid.uses"] or to is person and event["kind"] == "resident":
                return
            which = ("carried",) if here["aid.money"] == "carried money" else KEPT
        if to is not person:
            link = next((link for link in self.household.links if link.giver is person and link.to is to
                         and self.may_give(link, day, "premium", use)), None)
            if link is None:
                return
            room = self.allowance(link, day)
            if room is not None and room < amount:
                return
            if here["aid.money"] == "carried money":
                which = ("carried",)
            keep = max(keep, here.yuan("aid.keep"))
        if sum(getattr(person, part) for part in which) - keep < amount:
            return
        self.spend(person, amount, here, self.parts(here, which) if link else sorted(which), "premium_given")
        if link:
            link.given[self.month] += amount

    # --- retirement, moves, money out

    def reached(self, person, here):
        """8.1: age and years, of them those paid in the area."""
        return (self.month >= retirement.statutory_month(here, person.birth, person.sex, person.career, person.kind)
                and person.contributed >= retirement.years_needed_months(here, person.sex) and self.local_enough(person, here))

    def local_enough(self, person, here):
        return person.local.get(person.region, 0) >= 12 * here["retirement.local_years"]

    def retire(self, person, event):
        here = self.here(person, event["on"])
        if person.kind not in PAYING or not self.local_enough(person, here):
            return
        if self.month < retirement.earliest_month(here, person.birth, person.sex, person.career, person.kind):
            return
        short = retirement.years_needed_months(here, person.sex) - person.contributed
        if short > 0:
            if not event.get("top_up"):
                return
            fixed = here.yuan("retirement.top_up_base")
            amount = premium.base(here, person.kind, person.base_wage) if fixed is None else fixed
            person.row["premium_paid"] += short * rounded(amount * here["retirement.top_up_rate"], here["contribution.rounding"])
            self.count(person, short)
        person.next_kind = "retiree"

    def move(self, person, event):
        new = region_called(event["region"])
        day = event["on"]
        here, there = self.here(person, day), self.rules.here(new, None, day)
        if new == person.region or person.kind not in IN_SCHEME or there["transfer.accepts_balance"] == "no":
            return
        if person.kind == "retiree" and here["transfer.retirees"] == "no":
            return
        self.settle(person, day)
        amount = person.current + person.carried
        person.row["transfer_out"] += amount
        person.current = person.carried = 0
        self.send(person, after_working_days(day, here["transfer.working_days"]), "transfer_in", amount)
        person.next_region = new

    def settle(self, person, day):
        """Interest up to the end of the last month, when an account is closed or leaves (source 2.4)."""
        kept, free = person.products.settle(self.here(person, day), person.current, person.carried, person.withdrawable)
        person.row["interest"] += kept + free
        person.carried += kept
        person.withdrawable += free

    def withdraw(self, person, event):
        day, reason = event["on"], event["reason"]
        here = self.here(person, day)
        if reason not in here["withdrawal.reasons"] or person.kind not in IN_SCHEME:
            return
        wanted = fen(event["amount"]) if "amount" in event else None
        if reason == "free":
            wanted = person.withdrawable if wanted is None else wanted
            if wanted <= person.withdrawable:
                person.withdrawable -= wanted
                person.row["withdrawn"] += wanted
            return
        closing = reason in here["withdrawal.closing_reasons"]
        if closing and wanted is not None and wanted != person.balance:
            return
        if closing:
            self.close(person, event)
            return
        wanted = person.balance if wanted is None else wanted
        if wanted <= person.balance:
            for part in ("carried", "current", "withdrawable"):
                step = min(wanted, getattr(person, part))
                setattr(person, part, getattr(person, part) - step)
                person.row["withdrawn"] += step
                wanted -= step

    def close(self, person, event):
        """6.2 to 6.6: all of it, with interest; what is on its way too. An insured heir may take it over (source 3.3)."""
        day = event["on"]
        self.settle(person, day)
        amount = person.balance
        person.current = person.carried = person.withdrawable = 0
        for arrival in list(person.arriving):
            person.arriving.remove(arrival)
            person.row[arrival[1]] += arrival[2]
            amount += arrival[2]
        heir = self.household.by_name.get(event.get("to"))
        if heir and heir.kind in IN_SCHEME and not heir.dead:
            person.row["transfer_out"] += amount
            heir.row["transfer_in"] += amount
            heir.carried += amount
        else:
            person.row["withdrawn"] += amount
        person.next_kind = "none"
        if event["reason"] == "death":
            person.dead = True
            person.contributed = 0

    # --- the end of the month

    def end(self, person):
        here, row = self.here(person), person.row
        person.products.add(here, person.current, person.carried, person.withdrawable)
        if settles_in(here, calendar_month(self.month)):
            self.settle(person, self.first)
        for gap in person.debts:
            for missed in arrears.payable(here, gap, self.month + 1):
                row["arrears"] += missed.principal
                row["late_fee_accrued"] += arrears.late_fee(self.rules, missed, self.last, here)
        row["gap_months"] = self.gap_months(person)
        row["waiting_months"] = person.wait
        row["contributed_months"] = person.contributed
        row["current"], row["carried"], row["withdrawable"] = person.current, person.carried, person.withdrawable
        row["closing"] = person.balance
        if person.kind in PAYING and not person.next_kind and not person.stopped and self.reached(person, self.here(person, self.last)):
            person.next_kind = "retiree"


def ledger(scenario):
    """All rows of a household, month by month, in the order of its people."""
    return Household(scenario).run()


__all__ = ["AMOUNTS", "COLUMNS", "COUNTS", "ledger", "timedelta"]
