"""Households to which everything may happen, as a strategy of hypothesis: what fails shrinks to a scenario one can read.

A life is the dict of a scenario file: one to four people anywhere in China, of every status and plan, events of every kind in
no sensible order, aid in all directions, and what-ifs of any parameter of the law, sensible or not.
"""
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from simulator import months, policy
from simulator.money import ROUNDINGS
from simulator.parameters import (
    BANDS,
    GROUPS,
    PARAMETERS,
    PLACES,
    REASONS,
    RELATIONS,
    AgeBands,
    ByGroup,
    ByPayer,
    Choice,
    Count,
    Day,
    GapBands,
    Money,
    MonthlyMoney,
    Rate,
    Rounding,
    SettlementDays,
    Words,
)

NAMES = ("甲", "乙", "丙", "丁")
EVERYWHERE = tuple(region.id for region in policy.regions() if region.covers <= date(2021, 1, 1))    # where lives can begin then
SOME = ("beijing", "shanghai", "tianjin", "jiangsu/suzhou", "hubei/wuhan", "guangdong/shenzhen", "sichuan/dazhou", "gansu/lanzhou")
FIRST_START = months.month_number("2021-01")                # from then on the rules of every region are known
LAST_START = months.month_number("2027-12")


# ── single values ──────────────────────────────────────────────────────────────────────────────────

@cache
def yuan(most=60_000):
    """Amounts to the fen, round ones more often."""
    return st.one_of(st.sampled_from([amount for amount in (0, 100, 3000, 8000, 20_000) if amount <= most]),
                     st.integers(0, most * 100).map(lambda fen: Decimal(fen).scaleb(-2)))


WAGES = st.sampled_from([8000, 5000, 12_000, 20_000, 30_000, 50_000, 0]) | yuan(60_000)     # below, between and above the bounds
RATES = st.one_of(st.sampled_from([0, Decimal("0.02"), 1]), st.integers(0, 1_000_000).map(lambda ppm: Decimal(ppm).scaleb(-6)))


def value_of(kind):
    """Anything that a parameter of a kind may be."""
    if isinstance(kind, Money):
        return st.one_of(yuan(), st.sampled_from(list(kind.words))) if kind.words else yuan()
    if isinstance(kind, Rate):
        return RATES
    if isinstance(kind, Count):
        return st.integers(kind.low, min(kind.high, kind.low + 40)) | st.just(kind.high)
    if isinstance(kind, Choice):
        return st.sampled_from(kind.options)
    if isinstance(kind, Rounding):
        return st.sampled_from(list(ROUNDINGS))
    if isinstance(kind, MonthlyMoney):
        return yuan(300) | st.lists(yuan(300), min_size=12, max_size=12)
    if isinstance(kind, SettlementDays):
        return st.lists(st.sampled_from(["12-31", "06-30", "03-31", "09-30", "01-31"]), unique=True)
    if isinstance(kind, Day):
        return st.sampled_from(["never", "none"]) | st.dates(date(2020, 1, 1), date(2028, 12, 31))
    if isinstance(kind, Words):
        return st.lists(st.sampled_from(kind.known), unique=True)
    if isinstance(kind, GapBands):
        return st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=BANDS, unique_by=lambda one: one[0]).map(
            lambda bands: [{"over": over, "months": wait} for over, wait in sorted(bands)])
    if isinstance(kind, AgeBands):
        return age_bands(kind)
    if isinstance(kind, ByPayer):
        each = value_of(kind.each)
        return each | st.fixed_dictionaries({}, optional=dict.fromkeys(kind.keys, each))
    assert isinstance(kind, ByGroup), kind
    each = value_of(kind.each)
    of_group = each | st.fixed_dictionaries({}, optional=dict.fromkeys(PLACES, each)) if kind.by_place else each
    needed = ("employee", "retiree")
    return each | st.fixed_dictionaries(dict.fromkeys(needed, of_group),
                                        optional={group: of_group for group in GROUPS if group not in needed})


@st.composite
def age_bands(draw, kind):
    turns = sorted(draw(st.sets(st.integers(1, 90), max_size=BANDS - 1)))
    columns = {name: value_of(one) if isinstance(one, Rate) else yuan(500) for name, one in kind.columns.items()}
    return [{**({"below": turn} if turn else {}), **draw(st.fixed_dictionaries({}, optional=columns))} for turn in (*turns, None)]


VALUES = {name: value_of(parameter.kind) for name, parameter in PARAMETERS.items()}
VALUES["contribution.base_floor"] = yuan(3000)              # no ceiling may be below it
VALUES["contribution.base_ceiling"] = st.just("none") | yuan(50_000).map(lambda above: 50_000 + above)
NAMES_OF_RULES = st.sampled_from(list(PARAMETERS))


@st.composite
def what_ifs(draw, start, length, but=()):
    """[rules] of any parameters but some, each with one or two dates before or within the span."""
    found = {}
    for _ in range(draw(st.integers(0, 4))):
        name = draw(NAMES_OF_RULES)
        if name not in but:
            days = draw(st.sets(st.integers(-60, 28 * length - 1), min_size=1, max_size=2))     # since the start
            found[name] = [{"from": months.first_day(start) + timedelta(day), "value": draw(VALUES[name])} for day in sorted(days)]
    return found


# ── people and what happens to them ────────────────────────────────────────────────────────────────

FEW = st.integers(0, 6)
BIRTHS = st.integers(1935 * 12, 2006 * 12).map(months.month_text)
INSURED = st.sampled_from(["employee", "employee", "employee", "flexible", "flexible", "retiree", "resident", "none"])
MORE = st.fixed_dictionaries({}, optional={
    "wage_growth": st.sampled_from([Decimal("0.05"), Decimal("-0.031417"), Decimal("0.3")]), "pension": yuan(10_000),
    "contributed_months": st.integers(0, 420),
    "opening": st.fixed_dictionaries({}, optional=dict.fromkeys(("current", "carried", "withdrawable"), yuan(20_000)))})
BILLS = st.fixed_dictionaries({}, optional=dict.fromkeys(PLACES, yuan(3000)))


@st.composite
def people(draw, name, region, regions):
    own = draw(st.none() | st.none() | st.sampled_from(regions))
    plans = list(policy.region(own or region).all_plans())
    one = {"name": name, "birth": draw(BIRTHS), "sex": draw(st.sampled_from(["female", "male"])), "insured": draw(INSURED),
           **({"region": own} if own else {}), **({"plan": draw(st.sampled_from(plans))} if plans and draw(st.booleans()) else {})}
    if one["sex"] == "female" and draw(st.booleans()):
        one["career"] = "cadre"
    if one["insured"] in ("employee", "flexible"):
        one["wage"] = draw(WAGES)
    if bills := draw(BILLS):
        one["medical"] = bills
    return one | draw(MORE)


@cache
def fields_of(names, regions):
    """What each kind of event may hold beside its day and who."""
    somebody, place = st.sampled_from(names), st.sampled_from(regions)
    return {
        "medical": ({"place": st.sampled_from(PLACES), "amount": yuan(200_000)},
                    {"kind": st.sampled_from(["outpatient", "inpatient"]), "prepaid": st.booleans()}),
        "stop": ({"cause": st.sampled_from(["employer_arrears", "job_loss", "own_choice"])}, {}),
        "resume": ({}, {"insured": st.sampled_from(["employee", "flexible", "resident"]), "wage": WAGES}),
        "back_pay": ({}, {"months": st.integers(1, 24)}),
        "wage": ({"amount": WAGES}, {}),
        "premium": ({"to": somebody, "kind": st.sampled_from(["resident", "long_term_care", "commercial"]), "amount": yuan(3000)}, {}),
        "retire": ({}, {"top_up": st.booleans()}),
        "move": ({"region": place}, {}),
        "withdraw": ({"reason": st.sampled_from(("emigration", *REASONS))}, {}),
        "die": ({"type": st.just("withdraw"), "reason": st.just("death")}, {"to": somebody}),
        "part": ({"type": st.just("withdraw"), "reason": st.sampled_from(REASONS), "amount": yuan(20_000).filter(bool)}, {}),
    }


@cache
def events_of(names, regions, kinds):
    """One event of some kinds, but for its day."""
    fields = fields_of(names, regions)
    head = {"who": st.sampled_from(names)}
    return st.one_of(*(st.fixed_dictionaries({**head, "type": st.just(kind), **fields[kind][0]}, optional=fields[kind][1])
                       for kind in kinds or fields))


@st.composite
def events(draw, names, regions, start, length, kinds=None):
    first, last = months.first_day(start), months.last_day(start + length - 1)
    days, found = st.integers(0, (last - first).days), []
    for _ in range(draw(FEW) + draw(FEW)):                  # two draws: seldom none at all
        one = {"on": first + timedelta(draw(days)), **draw(events_of(names, regions, kinds))}
        if one.get("place") == "pharmacy":
            one.pop("kind", None)                           # no pharmacy has beds
        if one["type"] == "withdraw" and one.get("to") == one["who"]:
            del one["to"]                                   # an heir is somebody else
        found.append(one)
        if one["type"] == "stop":                           # which often has a sequel
            after = sorted(one["on"] + timedelta(days) for days in draw(st.lists(st.integers(0, 200), max_size=2)))
            found += [{"on": day, "who": one["who"], "type": kind} for day, kind in zip(after, ("resume", "back_pay")) if day <= last]
    return found


@st.composite
def links(draw, names, start, length):
    giver = draw(st.sampled_from(names))
    since = start + draw(st.integers(-12, length - 1))
    more = {"until": st.integers(0, 12).map(lambda count: months.month_text(since + count)), "monthly_limit": yuan(2000),
            "yearly_limit": yuan(5000), "uses": st.sampled_from([["medical"], ["premium"], ["medical", "premium"]])}
    return {"from": giver, "to": draw(st.sampled_from([name for name in names if name != giver])),
            "relation": draw(st.sampled_from(("spouse", "parent", "child", *RELATIONS))), "since": months.month_text(since),
            **draw(st.fixed_dictionaries({}, optional=more))}


@st.composite
def any_life(draw, regions=SOME, length=None, kinds=None, rules=True, but=(), least=1):
    """A scenario as a dict; of `length` months if given, with events of some `kinds` only, and what-ifs, if any, `but` of some;
    of so many people at `least`, who help each other."""
    start, length = draw(st.integers(FIRST_START, LAST_START)), length or draw(st.integers(1, 26))
    region = draw(st.sampled_from(regions))
    names = NAMES[:draw(st.integers(least, len(NAMES)))]
    life = {"region": region, "start": months.month_text(start), "months": length,
            "people": [draw(people(name, region, regions)) for name in names],
            "events": draw(events(names, regions, start, length, kinds))}
    if len(names) > 1:
        life["aid"] = [draw(links(names, start, length)) for _ in range(draw(st.integers(least - 1, 4)))]
    if rules:
        life["rules"] = draw(what_ifs(start, length, but))
    return {key: value for key, value in life.items() if value != []} | {"people": life["people"]}
