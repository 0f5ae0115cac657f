"""Random households: every region, dates from 2021 to beyond the last known figure, every event, awkward days."""
import random
from datetime import date
from functools import cache

from .calendar import first_day, last_day, month_name, month_number
from .rules import plans_of, region_file, region_ids

RELATIONS = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild")
REASONS = ("death", "emigration", "quit", "transfer_refused", "remote_residence", "lump_sum_pension", "enlisted",
           "serious_illness", "free")
PLACES = ("pharmacy", "primary", "secondary", "tertiary")
EVENTS = {"medical": 8, "stop": 3, "resume": 3, "back_pay": 3, "wage": 2, "premium": 2, "retire": 1, "move": 2, "withdraw": 2}

# What a what-if may say: a parameter, and values the law must cope with.
WHAT_IFS = {
    "contribution.base_floor": (0, 3000.00, 4321.10), "contribution.base_ceiling": ("none", 12000.00),
    "contribution.base_rounding": ("yuan half up", "yuan down", "jiao up"),
    "contribution.base_year_start": (1, 4, 7, 10), "contribution.wage_change": ("next month", "next base year"),
    "contribution.employee_rate": (0.02, 0.0125), "contribution.employer_rate": (0.05, 0.0913),
    "contribution.rounding": ("fen up", "jiao half up", "yuan down"), "contribution.fixed_monthly": (0.00, 6.66),
    "contribution.flexible_base": ("own", 5000.55), "contribution.flexible_rate": (0.07, 0.0999),
    "contribution.flexible_fixed_monthly": (3.33,), "contribution.flexible_rounding": ("jiao up", "fen down"),
    "contribution.retiree_fixed_monthly": (0.00, 12.34),
    "credit.employee_rate": (0.0333, 0.01),
    "credit.employee_age_bands": ([], [{"below": 45, "rate": 0.01}, {"rate": 0.02, "amount": 5.00}]),
    "credit.flexible_rate": (0, 0.02, 0.035),
    "credit.retiree_monthly": ([{"amount": 88.88}], [{"below": 70, "pension_rate": 0.0411, "minimum": 60.00, "maximum": 190.00},
                                                    {"amount": 50.00, "pension_rate": 0.02, "minimum": 88.00}]),
    "credit.retiree_yearly": ([], [{"below": 75, "amount": 1234.56}, {"amount": 2345.67}]), "credit.retiree_yearly_paid": (1, 5, 7),
    "credit.deductions": (0.00, 3.21, {"retiree": 9.99, "employee": 1.11}),
    "credit.deduction_rates": ([], [{"below": 40, "rate": 0.001}, {"rate": 0.0023}]),
    "credit.rounding": ("fen down", "jiao up", "yuan half up"),
    "interest.current_rate": (0, 0.005, 0.01), "interest.carried_rate": (0.0285, 0.002),
    "interest.method": ("split", "demand", "closing balance", "none"),
    "interest.settlement": ("12-31", "06-30", ["03-31", "06-30", "09-30", "12-31"], ["03-20", "09-20"]),
    "interest.year_start": (1, 4, 7), "interest.rounding": ("fen down", "jiao half up"),
    "pooling.deductible": (0.00, 200.00, {"employee": {"primary": 100.00, "secondary": 200.00, "tertiary": 300.00}, "retiree": 50.00}),
    "pooling.deductible_per": ("year", "visit"),
    "pooling.rate": (0, 0.55, {"employee": {"primary": 0.80, "secondary": 0.66, "tertiary": 0.5, "pharmacy": 0.4},
                               "retiree": {"primary": 0.9, "tertiary": 0.6}, "resident": {"primary": 0.5}}),
    "pooling.ceiling": ("none", 1500.00, {"employee": 800.00, "retiree": 1200.00, "retiree_senior": 2000.00}),
    "pooling.upper_from": ("none", 1000.00), "pooling.upper_rate": (0.3, 0.9), "pooling.counts": ("paid", "cost"),
    "pooling.senior_ages": ({"employee": 45, "flexible": 40, "retiree": 70}, 60), "pooling.year_start": (1, 4, 7),
    "pooling.inpatient_deductible": (0.00, 500.00, {"employee": {"primary": 300.00, "tertiary": 900.00}, "retiree": 400.00}),
    "pooling.inpatient_rate": (0.8, {"employee": 0.75, "retiree": 0.9}), "pooling.inpatient_ceiling": ("none", 20000.00),
    "pooling.prepaid_to": ("the person", "the account"), "pooling.prepaid_working_days": (0, 3, 30),
    "pooling.rounding": ("fen down", "yuan half up"),
    "spending.order": ("carried first", "current first"), "spending.before_pool": ("nothing", "current money"),
    "spending.commercial": ("no", "carried money", "all money"), "spending.commercial_keep": (0.00, 1000.00),
    "arrears.late_fee_daily_rate": (0.0005, 0.001, 0.000213), "arrears.day_count": ("settlement", "legal", "thirty days"),
    "arrears.due_day": (1, 10, 25, 31), "arrears.fee_payer": ("employer", "defaulter"), "arrears.fee_cap": ("principal", "none"),
    "arrears.fee_rounding": ("fen up", "jiao half up"), "arrears.waiver_months": (0, 3, 6),
    "arrears.waiver_part": ("both parts", "employer's part"),
    "arrears.back_pay_months": (0, 2, 999, {"employer": 4, "own": 6}), "arrears.back_pay_beyond": ("last months", "nothing"),
    "arrears.retroactive_months": (0, 2, 999, {"employer": 6, "own": 1}), "arrears.account_usable": ("no", "yes"),
    "waiting.gap_count": ("month difference", "unpaid months"), "waiting.free_gap_months": (0, 1, 3, {"flexible": 2, "employee": 5}),
    "waiting.months": (0, 2, {"flexible": [{"over": 1, "months": 2}, {"over": 6, "months": 5}], "employee": 1}),
    "waiting.starts": ("month of payment", "month after payment"), "waiting.first_enrolment_months": (0, 2, {"flexible": 4, "employee": 1}),
    "waiting.pool_share": (0, 0.5), "waiting.resident_months": (0, 3, 5), "waiting.resident_year_months": (0, 1, 2),
    "waiting.resident_long_years": (2, 4), "waiting.resident_long_months": (0, 6, 9),
    "aid.start": (date(2021, 4, 22), date(2026, 1, 15), "never"), "aid.relations": (["spouse", "child"], list(RELATIONS)),
    "aid.uses": (["medical"], ["medical", "resident premium", "long-term-care premium", "commercial premium"]),
    "aid.money": ("carried money", "all money"), "aid.keep": (0.00, 500.00), "aid.people": (1, 2, 999),
    "aid.limits": ("none", 300.00, {"month": 80.00}, {"year": 700.00}, {"month": 50.00, "year": 200.00}),
    "aid.order": ("random", "designated", "registration"), "aid.across_cities": (date(2021, 1, 1), "never"),
    "aid.across_provinces": (date(2021, 1, 1), "never"), "aid.across_provinces_by": ("wallet", "quota"),
    "aid.wallet_transfer": (50.00, 2000.00), "aid.wallet_transfers": (1, 3),
    "withdrawal.reasons": (list(REASONS), ["death"]), "withdrawal.closing_reasons": (["death", "quit"],
                                                                            ["death", "remote_residence", "enlisted"]),
    "withdrawal.free_share": (0, 0.3, 1), "withdrawal.free_balance_until": (date(2023, 6, 30), "none"),
    "withdrawal.working_days": (0, 20),
    "transfer.working_days": (0, 45), "transfer.accepts_balance": ("no", "yes"), "transfer.retirees": ("yes", "no"),
    "retirement.age_male": (58, 60), "retirement.age_female_worker": (45, 50), "retirement.age_female_cadre": (55, 57),
    "retirement.delay_start": (date(2025, 1, 1), date(2023, 1, 1), "never"), "retirement.delay_step": (2, 4),
    "retirement.delay_step_worker": (2, 3), "retirement.delay_most": (36, 12), "retirement.delay_most_worker": (60, 6),
    "retirement.early_most": (0, 36), "retirement.flexible_women": ("as workers", "as cadres"),
    "retirement.years_male": (15, 25), "retirement.years_female": (15, 20), "retirement.local_years": (0, 2, 10),
    "retirement.top_up_rate": (0.06, 0.0555), "retirement.top_up_base": ("own", 6000.00), "retirement.average_pension": (4000.00,),
    "projection.wage_growth": (0, 0.05),
}


@cache
def everywhere():
    """Regions whose rules are known from the first month on in which a household may begin."""
    return tuple(region for region in region_ids() if region_file(region)["covers"] <= date(2021, 1, 1))


@cache
def well_known():
    """Regions with rules of their own, kept by hand: worth half of the households."""
    return tuple(region for region in everywhere() if len(region_file(region)) > 12)


def household(seed, number):
    return Maker(random.Random(f"{seed} {number}")).make()


class Maker:
    def __init__(self, chance):
        self.chance = chance

    def often(self, share):
        return self.chance.random() < share

    def yuan(self, most, least=0):
        """An amount, now and then a round one or none at all."""
        draw = self.chance.random()
        if draw < 0.05:
            return float(least)
        if draw < 0.35:
            return float(self.chance.randrange(int(least), int(most) + 1))
        return self.chance.randrange(int(least * 100), int(most * 100) + 1) / 100

    def region(self):
        return self.chance.choice(well_known() if self.often(0.6) else everywhere())

    def day(self):
        month = self.chance.randrange(self.start, self.start + self.months)
        draw = self.chance.random()
        if draw < 0.3:
            return first_day(month)
        if draw < 0.4:
            return last_day(month)
        return first_day(month).replace(day=self.chance.randrange(1, 29))

    def make(self):
        chance = self.chance
        self.start = chance.randrange(month_number(2021, 1), month_number(2029, 1))
        self.months = min(chance.randrange(6, 97), chance.randrange(6, 97), chance.randrange(6, 97))
        self.home = self.region()
        scenario = {"title": "random", "region": self.home, "start": month_name(self.start), "months": self.months}
        if self.often(0.08):
            scenario["rules_as_of"] = date(chance.randrange(2021, 2030), chance.randrange(1, 13), chance.choice((1, 1, 15, 28)))
        self.names = ["A", "B", "C", "D"][:chance.choice((1, 1, 2, 2, 3, 4))]
        scenario["people"] = [self.person(name) for name in self.names]
        scenario["aid"] = self.aid()
        scenario["events"] = self.events()
        if self.often(0.35):
            scenario["rules"] = self.what_if()
        return scenario

    def person(self, name):
        chance = self.chance
        insured = chance.choices(("employee", "flexible", "retiree", "resident", "none"), (9, 6, 3, 3, 1))[0]
        if name == "A" and insured in ("resident", "none") and self.often(0.7):
            insured = "employee"
        sex = chance.choice(("female", "male"))
        lives = {"retiree": (1935, 1968), "resident": (1940, 2019)}.get(insured, (1958, 2002))
        birth = month_number(chance.randrange(*lives), chance.randrange(1, 13))
        contributed = chance.randrange(0, 300)
        if insured in ("employee", "flexible") and self.often(0.3):      # about to retire, about to have enough years
            old = {"male": 60 * 12, "female": chance.choice((50, 55)) * 12}[sex]
            birth = self.start - old + chance.randrange(-30, max(1, self.months))
            contributed = chance.choice((15, 20, 25, 30)) * 12 + chance.randrange(-20, 6)
        person = {"name": name, "birth": month_name(birth), "sex": sex, "insured": insured}
        if self.often(0.2):
            person["birth"] += f"-{chance.randrange(1, 29):02d}"
        if sex == "female" and self.often(0.5):
            person["career"] = chance.choice(("worker", "cadre"))
        if self.often(0.2):
            person["region"] = self.region()
        plans = plans_of(person.get("region", self.home))
        if plans and self.often(0.4):
            person["plan"] = chance.choice(plans)
        if self.often(0.9):
            person["wage"] = self.yuan(30000, 2000)
        if self.often(0.5):
            person["wage_growth"] = chance.choice((0.03, 0.05, 0.0333, -0.02))
        if insured == "retiree" and self.often(0.6):
            person["pension"] = self.yuan(8000, 1000)
        if self.often(0.85):
            person["contributed_months"] = contributed
        if insured in ("employee", "flexible", "retiree") and self.often(0.7):
            person["opening"] = {part: self.yuan(most) for part, most in
                                 (("current", 900), ("carried", 9000), ("withdrawable", 1500)) if self.often(0.5)}
        if self.often(0.5):
            person["medical"] = {place: self.yuan(most) for place, most in
                                 (("pharmacy", 300), ("primary", 300), ("secondary", 600), ("tertiary", 900)) if self.often(0.4)}
        return person

    def aid(self):
        links = []
        for giver in self.names:
            for to in self.names:
                if giver == to or not self.often(0.5):
                    continue
                since = self.chance.randrange(self.start - 6, self.start + self.months)
                link = {"from": giver, "to": to, "relation": self.chance.choice(RELATIONS), "since": month_name(since)}
                if self.often(0.2):
                    link["since"] += f"-{self.chance.randrange(1, 29):02d}"
                if self.often(0.25):
                    link["until"] = month_name(since + self.chance.randrange(0, 40))
                if self.often(0.3):
                    link["monthly_limit"] = self.yuan(900, 1)
                if self.often(0.2):
                    link["yearly_limit"] = self.yuan(4000, 1)
                if self.often(0.2):
                    link["uses"] = self.chance.choice((["medical"], ["premium"], ["medical", "premium"]))
                links.append(link)
                if self.often(0.1):                         # the same relative once more, for something else or later
                    later = {} if "until" in link else {"since": month_name(since + self.chance.randrange(0, 6))}
                    links.append({**link, **later, "uses": self.chance.choice((["medical"], ["premium"]))})
        self.chance.shuffle(links)
        return links

    def events(self):
        wanted = self.chance.randrange(0, 6 + self.months // 6)
        return [self.event() for _ in range(wanted)] + self.stories()

    def event(self, kind=None, who=None, on=None):
        chance = self.chance
        kind = kind or chance.choices(tuple(EVENTS), tuple(EVENTS.values()))[0]
        event = {"on": on or self.day(), "who": who or chance.choice(self.names), "type": kind}
        if kind == "stop":
            event["cause"] = chance.choice(("job_loss", "own_choice", "employer_arrears"))
        elif kind == "resume":
            if self.often(0.4):
                event["insured"] = chance.choice(("employee", "flexible", "resident"))
            if self.often(0.4):
                event["wage"] = self.yuan(25000, 2000)
        elif kind == "back_pay":
            if self.often(0.3):
                event["months"] = chance.randrange(1, 5)
        elif kind == "wage":
            event["amount"] = self.yuan(30000, 1000)
        elif kind == "medical":
            event.update(place=chance.choice(PLACES), amount=self.yuan(chance.choice((500, 4000, 30000))))
            if event["place"] != "pharmacy" and self.often(0.3):
                event["kind"] = "inpatient"
            if self.often(0.12):
                event["prepaid"] = True
        elif kind == "premium":
            kind = chance.choice(("resident", "long_term_care", "commercial"))
            event.update(to=chance.choice(self.names), kind=kind, amount=self.yuan(900))
        elif kind == "retire":
            if self.often(0.4):
                event["top_up"] = True
        elif kind == "move":
            event["region"] = self.region()
        elif kind == "withdraw":
            event["reason"] = chance.choices(REASONS, (1, 1, 2, 2, 2, 1, 1, 1, 4))[0]
            if self.often(0.4):
                event["amount"] = self.yuan(4000, 1)
            if event["reason"] == "death" and self.often(0.5) and len(self.names) > 1:
                event["to"] = chance.choice([name for name in self.names if name != event["who"]])
        return event

    def stories(self):
        """Events that belong together: a gap with bills, paid back in parts; a move in a gap; several things on one day."""
        chance, events = self.chance, []
        for name in self.names:
            if self.often(0.35):
                begins = chance.randrange(self.start, self.start + self.months)
                length = chance.choice((1, 2, 3, 4, 5, 6, 7, 9, 13, 26))
                cause = chance.choice(("job_loss", "own_choice", "employer_arrears"))
                on = first_day(begins) if self.often(0.6) else first_day(begins).replace(day=chance.randrange(1, 29))
                story = [{"on": on, "who": name, "type": "stop", "cause": cause}]
                for _ in range(chance.randrange(0, 3)):
                    story.append(self.event("medical", name, first_day(begins + chance.randrange(0, length)).replace(  # noqa: PERF401
                        day=chance.randrange(1, 29))))
                back = first_day(begins + length)
                story.append(self.event("resume", name, back))
                for _ in range(chance.randrange(0, 3)):
                    month = max(begins, begins + length + chance.randrange(-2, 4))
                    story.append(self.event("back_pay", name, first_day(month).replace(day=chance.randrange(1, 29))))
                if self.often(0.15):
                    story.append(self.event("move", name, first_day(begins + chance.randrange(0, length)).replace(day=12)))
                events += story
            if self.often(0.1):
                on = self.day()
                events += [self.event(who=name, on=on) for _ in range(chance.randrange(2, 4))]
        last = last_day(self.start + self.months - 1)
        chance.shuffle(events)
        return [event for event in events if event["on"] <= last]

    def what_if(self):
        rules = {}
        for name in self.chance.sample(sorted(WHAT_IFS), self.chance.choice((1, 1, 2, 3, 5))):
            since = sorted({self.day() if self.often(0.7) else first_day(self.start) for _ in range(self.chance.choice((1, 1, 2)))})
            rules[name] = [{"from": day, "value": self.chance.choice(WHAT_IFS[name])} for day in since]
        return rules
