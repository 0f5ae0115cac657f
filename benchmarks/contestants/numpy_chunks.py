"""Chunked NumPy: the month of employees who pay every month (`plain.toml`), for some thousands of accounts at once.

Bases, premiums, credit, interest, visits and stays through the pool and the account, sums, sketches and the identities
of every account in every month, with the engine's own draws. Not here, for want of a state that arrays could carry
without masks over masks: gaps, arrears and back-payments, waits, flexible workers, retirement, deaths.
"""
import numpy as np

from simulator.money import PPM
from simulator.populations import draws
from simulator.populations.counts import Counts
from simulator.populations.draws import BITS, HALF, STEPS, STEPS_BITS, UNIT, UNIT_BITS
from simulator.populations.lives import COUNTED, EXPONENTIAL, GEOMETRIC, NOT_COMING, WORKING_AGE
from simulator.populations.sketch import BITS as SKETCH_BITS
from simulator.populations.sketch import BUCKETS, PER_OCTAVE

from .c_loop import CHOICES

CHUNK = 32_768
PART_BITS = BITS - STEPS_BITS


class NumPy:
    """A model in arrays; does what `machine.Machine` does. `bills`, a list, gets (place, is_inpatient, who, cost, where) of them all."""

    def __init__(self, model, bills=None):
        if any(getattr(row, name) != value for row in model.rows for name, value in CHOICES.items()):
            raise ValueError("written for the choices of another area")
        self.model, self.bills = model, bills
        self.shapes = np.array(model.world["shapes"], dtype=np.int64)
        self.manners = {name: np.array(value, dtype=np.int64) for name, value in model.manners.items()}
        self.turns = [np.array(rules["turns"], dtype=np.int64) for rules in model.world["rules_of"]]
        self.pooling = {name: np.array([getattr(row, name) for row in model.rows], dtype=np.int64)
                        for name in model.rows[0]._fields if name.startswith("pooling_")}

    def live(self, place, key, numbers):
        """The households of the group with these numbers: their `Counts`."""
        counts = Counts(self.model)
        for first in range(0, len(numbers), CHUNK):
            keys = draw(np.uint64(key), np.asarray(numbers[first:first + CHUNK]).astype(np.uint64), draws.PERSON)
            self.live_chunk(keys, self.model.groups[place], counts)
        return counts

    def live_chunk(self, keys, group, counts):
        """Carry these people through the span, into the counts."""
        world, rows, many = self.model.world, self.model.rows, len(keys)
        sums = {name: counts.sums[0, :, column] for column, name in enumerate(COUNTED)}
        old = months_old(keys, group)
        wage = self.amount_of(group["wage_fen"], group["wage_shape"], low(draw(keys, 0, draws.WAGE)))
        drawn = draw(keys, 0, draws.OPENING)
        carried = np.where(low(drawn) >= group["empty_p"], self.amount_of(group["opening_fen"], group["opening_shape"], high(drawn)), 0)
        contributed = months_contributed(old, group).sum()
        drawn = draw(keys, 0, draws.HEALTH)
        is_well = low(drawn) < self.manners["never_p"]
        frailty = np.maximum(1, self.quantile(self.manners["frailty_shape"], high(drawn)))
        visit = np.where(is_well, NOT_COMING, -1)
        stay = np.full(many, NOT_COMING)
        current, product = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int64)
        deductible, paid, inpatient_paid = (np.zeros(many, dtype=np.int64) for _ in range(3))
        row = -1

        for place, (month, rules_of) in enumerate(zip(world["calendar"], world["rules_of"])):
            rules, is_january = rows[rules_of["row"]], month["calendar_month"] == 1
            opening = current + carried
            sums["opening"][place] += opening.sum()
            spent, medical, reimbursed, cash, interest = (np.zeros(many, dtype=np.int64) for _ in range(5))
            if place % 12 == 0:
                age = (old + place) // 12
                planned = np.flatnonzero(~is_well)
                visit[planned] = place - 1 + self.until_next_visit(
                    draw(keys[planned], place, draws.FIRST_VISIT), age[planned], frailty[planned])
                drawn = draw(keys, place, draws.STAY)
                stay = np.where(low(drawn) < self.manners["stay_p"][age], place + (high(drawn) * 12 >> BITS), NOT_COMING)
            if is_january:
                carried += current
                current[:] = deductible[:] = paid[:] = inpatient_paid[:] = 0
                if place:
                    wage = share(wage, PPM + group["wage_growth_ppm"])
            if is_january or row != rules_of["row"]:        # else a month comes to what the last one came to
                row = rules_of["row"]
                base = np.clip(wage, rules.contribution_base_floor_fen, rules.contribution_base_ceiling_fen)
                own = share(base, rules.contribution_employee_rate_ppm)
                credit = np.maximum(0, share(base, rules.credit_employee_rate_ppm) - rules.credit_deductions_fen[0])
                totals = {"base": base.sum(), "credit": credit.sum(), "own": own.sum(),
                          "employer": share(base, rules.contribution_employer_rate_ppm).sum()}
            current += credit

            for due, is_inpatient in ((visit, 0), (stay, 1)):
                who = np.flatnonzero(due == place)
                age = (old[who] + place) // 12
                kind, of_cost, of_day = ("stay", draws.STAY_COST, draws.STAY_DAY) if is_inpatient else ("visit", draws.COST, draws.VISIT)
                drawn, second = draw(keys[who], place, of_cost), draw(keys[who], place, of_day)
                cost = self.manners[f"{kind}_fen"][age] * self.quantile(self.manners[f"{kind}_shape"][age], low(drawn)) >> UNIT_BITS
                cost = cost * month["cost"] >> UNIT_BITS
                where = np.minimum(np.searchsorted(self.manners[f"{kind}_places"], high(drawn), side="right"), 3)
                if self.bills is not None:
                    self.bills.append((place, is_inpatient, who, cost, where))
                on_row = row + np.searchsorted(self.turns[place], month["first_day"] + (low(second) * 28 >> BITS), side="right")
                if is_inpatient:
                    pays = self.inpatient_share(cost, where, on_row, inpatient_paid[who])
                    inpatient_paid[who] += pays
                else:
                    pays, below, counts_at_all = self.outpatient_share(cost, where, on_row, deductible[who], paid[who])
                    deductible[who] += np.where(counts_at_all, below, 0)
                    paid[who] += pays
                    visit[who] = place + self.until_next_visit(second, age, frailty[who])
                left = cost - pays
                from_current = np.minimum(left, current[who])
                from_carried = np.minimum(left - from_current, carried[who])
                current[who] -= from_current
                carried[who] -= from_carried
                medical[who] += cost
                reimbursed[who] += pays
                spent[who] += from_current + from_carried
                cash[who] += left - from_current - from_carried

            product += current * rules.interest_current_rate_ppm
            product += carried * rules.interest_carried_rate_ppm
            if rules.interest_settlement_in_month[month["calendar_month"] - 1]:
                interest = divided(product, 12 * PPM)
                carried += interest
                product[:] = 0
            closing = current + carried
            is_broken = (closing != opening + credit + interest - spent) | (medical != reimbursed + spent + cash) | (
                (base | opening | credit | spent | closing | current | carried | medical | reimbursed | cash | own) < 0)
            counts.broken += np.count_nonzero(is_broken)
            total_current, total = current.sum(), closing.sum()
            for name, amount in (
                    ("base", totals["base"]), ("credit", totals["credit"]), ("employer_premium", totals["employer"]),
                    ("premium_paid", totals["own"] + many * rules.contribution_fixed_monthly_fen[month["calendar_month"] - 1]),
                    ("current", total_current), ("carried", total - total_current), ("closing", total), ("eligible", many),
                    ("status", many), ("lives", many), ("contributed_months", contributed + many * (place + 1)),
                    ("continuous_months", contributed + many * (place + 1)), ("is_empty", many - np.count_nonzero(closing)),
                    ("spent", spent.sum()), ("medical", medical.sum()), ("reimbursed", reimbursed.sum()), ("cash_paid", cash.sum()),
                    ("interest", interest.sum()), ("is_treated", np.count_nonzero(medical))):
                sums[name][place] += amount
            if month["sketch"] >= 0:
                counts.sketch[0, month["sketch"]] += np.bincount(bucket(closing), minlength=BUCKETS)

    def quantile(self, shape, u):
        step, part = shape * (STEPS + 1) + (u >> PART_BITS), u & ((1 << PART_BITS) - 1)
        first = self.shapes[step]
        return first + ((self.shapes[step + 1] - first) * part >> PART_BITS)

    def amount_of(self, median, shape, u):
        return median * self.quantile(shape, u) >> UNIT_BITS

    def until_next_visit(self, drawn, age, frailty):
        chance = self.manners["visit_rate"][age] * frailty >> UNIT_BITS
        part = np.clip(chance, 1, UNIT)
        wait = (self.quantile(GEOMETRIC, np.minimum(part, UNIT - 1) << BITS - UNIT_BITS) << UNIT_BITS) // part >> 4
        months = np.where(chance < UNIT, wait, 0) * (self.quantile(EXPONENTIAL, high(drawn)) >> 4) >> (2 * UNIT_BITS - 8)
        return np.where(chance <= 0, NOT_COMING, 1 + np.minimum(NOT_COMING, months))

    def outpatient_share(self, cost, where, row, deductible, paid):
        rate = self.pooling["pooling_rate_ppm"][row, 0, where]
        below = np.minimum(cost, np.maximum(0, self.pooling["pooling_deductible_fen"][row, 0, where] - deductible))
        room = np.maximum(0, self.pooling["pooling_upper_from_fen"][row, 0] - paid)
        pays = share(cost - below, rate)
        above = np.flatnonzero(pays > room)
        if above.size:
            used = divided(room[above] * PPM, rate[above])
            pays[above] = room[above] + share((cost - below)[above] - used, self.pooling["pooling_upper_rate_ppm"][row, 0, where][above])
        pays = np.minimum(pays, np.maximum(0, self.pooling["pooling_ceiling_fen"][row, 0] - paid))
        return np.where(rate > 0, pays, 0), below, rate > 0

    def inpatient_share(self, cost, where, row, paid):
        covered = np.maximum(0, cost - self.pooling["pooling_inpatient_deductible_fen"][row, 0, where])
        pays = share(covered, self.pooling["pooling_inpatient_rate_ppm"][row, 0, where])
        return np.minimum(pays, np.maximum(0, self.pooling["pooling_inpatient_ceiling_fen"][row, 0] - paid))


def months_old(keys, group):
    """Ages at the start of the span, in months."""
    band = group["age_bands"][0]
    return band["youngest"] * 12 + (high(draw(keys, 0, draws.BIRTH)) * band["years"] * 12 >> BITS)


def months_contributed(old, group):
    """For how many months they had contributed by then."""
    return np.maximum(0, old - WORKING_AGE * 12) * group["contributed_ppm"] // PPM


def draw(keys, month, purpose):
    """`draws.draw` of many keys, or of many months of one."""
    counter = (np.atleast_1d(month).astype(np.uint64) * np.uint64(draws.PURPOSES) + np.uint64(purpose + 1)) * np.uint64(draws.GOLDEN)
    value = keys + counter
    value = (value ^ (value >> np.uint64(30))) * np.uint64(draws.FIRST)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(draws.SECOND)
    return (value ^ (value >> np.uint64(31))) >> np.uint64(2)


def low(drawn):
    return (drawn & np.uint64(HALF)).astype(np.int64)


def high(drawn):
    return (drawn >> np.uint64(BITS)).astype(np.int64)


def divided(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def share(amount, rate):
    return divided(amount * rate, PPM)


def bucket(amount):
    """`sketch.bucket` of many amounts; a float holds how many bits each takes exactly."""
    shift = np.maximum(0, np.frexp(amount.astype(np.float64))[1].astype(np.int64) - SKETCH_BITS - 1)
    return np.minimum(shift * PER_OCTAVE + (amount >> shift), BUCKETS - 1)
