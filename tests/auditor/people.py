"""Who is in a household, and what the law remembers of each."""
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from . import pool
from .calendar import first_day, last_day, read_month
from .interest import Products
from .money import fen
from .rules import region_called

PLACES = ("pharmacy", "primary", "secondary", "tertiary")
PAYING = ("employee", "flexible")
IN_SCHEME = ("employee", "flexible", "retiree")


@dataclass
class Missed:
    """One missed month: the premium it had, and what enters the account once it is paid."""
    month: int
    own: int               # what the person owes
    employer: int          # what the employer owes
    credit: int

    @property
    def principal(self):
        return self.own + self.employer


@dataclass(eq=False)
class Gap:
    """Months missed in a row by one fault (employer, own)."""
    fault: str
    length: int = 0
    last: int = 0          # its last month so far
    unpaid: list = field(default_factory=list)
    due: int = 0           # what the pool would have paid of the gap's own bills
    due_later: int = 0     # and of later bills, had the gap been paid


class Person:
    def __init__(self, data, region):
        self.name = data["name"]
        self.birth = read_month(data["birth"])
        self.sex, self.career = data["sex"], data.get("career")
        self.kind = data["insured"]      # employee flexible retiree resident none
        self.region = region_called(data["region"]) if "region" in data else region
        self.home, self.plan = self.region, data.get("plan")
        self.pension = fen(data["pension"]) if "pension" in data else None
        self.monthly_bills = {place: fen(data.get("medical", {}).get(place, 0)) for place in PLACES}

        self.wage = fen(data.get("wage", 0))
        self.base_wage = self.wage            # the wage that the base of this year rests on
        self.growth = Fraction(str(data.get("wage_growth", 0)))
        self.contributed = data.get("contributed_months", 0)
        self.local = self.contributed         # those paid in the area

        opening = data.get("opening", {})
        self.current, self.carried, self.withdrawable = (
            fen(opening.get(part, 0)) for part in ("current", "carried", "withdrawable"))
        self.products = Products()
        self.arriving = []                    # (day, column, fen) on its way
        self.closed = False                   # the account

        self.stopped = None                   # the cause, while premiums are not paid
        self.missed_now = None                # this month, if it is missed
        self.stretch = []                     # the gaps that run without a paid month between them
        self.wait_for = []                    # those that led to the wait
        self.waits_as = None                  # and as what
        self.waited_off = []                  # gaps whose months, once made good, are months of the wait that runs
        self.wait_outside = 0                 # and the months outside that did
        self.earlier_wait = 0                 # what would be left of the wait before, without them
        self.resumed = None                   # in which month
        self.paid_years = 0                   # by a resident, of those missed
        self.outside = 0                      # months in a row without any insurance
        self.debts = []                       # all gaps of which months are unpaid
        self.wait = 0                         # months of waiting left; only paid months count
        self.used = pool.Used()               # of the yearly limits
        self.as_if = None                     # the same, had the latest gap been paid
        self.as_if_wait = 0                   # and what would be left of the wait
        self.as_if_paid = []                  # the gaps taken for paid in it
        self.gap_before = 0                   # how many months were missed just before this one, if it is paid
        self.has_left = False                 # the scheme, since the last month missed

        self.next_kind = self.next_region = None
        self.has_just_retired = False
        self.former = self.kind if self.kind in IN_SCHEME else None
        self.is_new = self.former is None and not self.contributed      # to the employee scheme
        self.latest = None                    # the gap that began last
        self.dead = False
        self.row = {}

    @property
    def balance(self):
        return self.current + self.carried + self.withdrawable

    @property
    def kept(self):
        return self.current + self.carried

    @property
    def latest_gap(self):
        """The gap that began last, while months of it are owed."""
        return self.latest if self.latest and self.latest.unpaid else None

    @property
    def gap_months(self):
        return self.outside + sum(gap.length for gap in self.stretch)


@dataclass(eq=False)
class Link:
    """Whom somebody lets draw on his account."""
    giver: Person
    to: Person
    relation: str
    since: date
    until: date | None
    monthly_limit: int | None
    yearly_limit: int | None
    uses: tuple
    given: dict = field(default_factory=lambda: defaultdict(int))       # by month
    is_frozen: bool = False     # whether a quota was frozen at the beginning of the month
    frozen: int = 0


@dataclass
class Bill:
    day: date
    person: Person
    place: str
    kind: str
    cost: int
    prepaid: bool = False


def read_link(data, by_name):
    limits = [fen(data[name]) if name in data else None for name in ("monthly_limit", "yearly_limit")]
    until = day_of(data["until"], last_day) if "until" in data else None
    return Link(by_name[data["from"]], by_name[data["to"]], data["relation"], day_of(data["since"], first_day), until, *limits,
                tuple(data.get("uses", ("medical", "premium"))))


def day_of(text, of_month):
    """A month stands for its first or its last day."""
    text = str(text)
    return date.fromisoformat(text) if text.count("-") == 2 else of_month(read_month(text))


def read_bill(event, by_name):
    return Bill(event["on"], by_name[event["who"]], event["place"], event.get("kind", "outpatient"), fen(event["amount"]),
                event.get("prepaid", False))
