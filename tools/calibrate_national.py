"""Fits the national population to the figures published up to 2023, and writes it as a population file.

    python tools/calibrate_national.py            the file as it stands against the published figures
    python tools/calibrate_national.py --fit      fits anew, shows every step, writes the file and the tables in docs

What is fitted, to what, and how it is rounded stands in `PARAMETERS`; all else is in data/national: figures.csv holds
what was published, provinces.csv where people are insured, assumptions.csv what had to be assumed, each with its grade.
The fit lives through the months up to 2023-12 and reads no figure of a later year; nothing else decides the file.
"""
import argparse
import csv
import sys
import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from math import exp
from pathlib import Path
from statistics import NormalDist

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simulator import months  # noqa: E402
from simulator.populations.file import Population, load  # noqa: E402
from simulator.populations.world import Model  # noqa: E402

DATA = ROOT / "data" / "national"
FILE = ROOT / "scenarios" / "population" / "national.toml"
FITTED_UNTIL = 2023                         # no later figure may be read while fitting
MONTHS = 120
ACCOUNTS, SEED = 200_000, 1                 # of a run of the fit
ROUNDS, CLOSE_ENOUGH = 10, 0.002            # the fit ends when all that is not at a bound meets its target so closely
PEOPLE, YUAN, FEN = 10_000, 100_000_000, 100   # the units of the published figures are 万人 and 亿元
BEST = ("bulletin", "derived", "flash")     # of several figures of a year, in this order


# ── what is known ──────────────────────────────────────────────────────────────────────────────────

def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def published(figure, until):
    """{year: value} of a published figure, no year later than `until`."""
    found = {}
    for row in sorted(rows("figures.csv"), key=lambda row: BEST.index(row["kind"])):
        if row["figure"] == figure and row["period"].isdecimal() and int(row["period"]) <= until:
            found.setdefault(int(row["period"]), float(row["value"]))
    return found


@cache
def assumptions():
    return {row["name"]: row["value"] for row in rows("assumptions.csv")}


def assumed(name):
    """An assumption as the exact number or the table it is."""
    return tomllib.loads(f"value = {assumptions()[name]}", parse_float=Decimal)["value"]


START = months.month_number(assumptions()["start"])
FIRST_YEAR = START // 12


# ── what is fitted ─────────────────────────────────────────────────────────────────────────────────

@dataclass(frozen=True)
class Parameter:
    """A number the fit may choose, the figure it is to meet, and to what step it is rounded."""
    name: str
    first: float
    step: str
    target: tuple[str, int]                 # figure and year
    least: float
    most: float
    nudge: float                            # how far it is moved to see what it does
    zh: str
    en: str

    def rounded(self, value):
        """As exactly as a person would write it."""
        step = Decimal(self.step)
        return (Decimal(str(min(max(value, self.least), self.most))) / step).quantize(Decimal(1), ROUND_HALF_UP) * step


PARAMETERS = (
    Parameter("entrants_2022", 1040, "1", ("participants", 2022), 0, 5000, 10,
              "2022年新参保人数，万人", "people who join in 2022, ten thousand"),
    Parameter("entrants_2023", 1130, "1", ("participants", 2023), 0, 5000, 10,
              "2023年新参保人数，万人", "people who join in 2023, ten thousand"),
    Parameter("near_retirement", 0.164, "0.001", ("retired", 2023), 0.05, 0.4, 0.01,
              "距法定退休不足五年者在职工中的占比", "share of employees within five years of retirement"),
    Parameter("opening", 0.235, "0.001", ("account_balance", 2021), 0.05, 2, 0.01,
              "期初余额中位数，以当地月平均工资计", "median opening balance, in monthly average wages of the area"),
    Parameter("base_level", 0.89, "0.001", ("account_income", 2023), 0.4, 1.5, 0.02,
              "职工缴费工资中位数与当地平均工资之比", "median wage that employees pay on, against the area's average wage"),
    Parameter("visit_cost", 225, "1", ("account_balance", 2023), 20, 2000, 10,
              "45岁以下一次就诊费用中位数，元", "median cost of a visit below the age of 45, yuan"),
    Parameter("pharmacy", 0.78, "0.001", ("account_spending", 2023), 0.2, 0.8, 0.02,
              "就诊中在药店者的占比（统筹基金多不支付）", "share of visits to pharmacies, where the pool mostly pays nothing"),
)


# ── the population file ────────────────────────────────────────────────────────────────────────────

def to(number, step):
    """Rounded to a multiple of a step, as an int."""
    return int((Decimal(str(number)) / step).quantize(Decimal(1), ROUND_HALF_UP) * step)


def provinces():
    """(id, active people, retired people, average wage) of each, the weights scaled to the published totals of the start."""
    active = retired = 0
    found = rows("provinces.csv")
    for row in found:
        weight, share = int(row["participants_weight"]), float(row["retired_share"])
        active, retired = active + weight * (1 - share), retired + weight * share
    all_retired = published("retired", FIRST_YEAR - 1)[FIRST_YEAR - 1]
    all_active = published("participants", FIRST_YEAR - 1)[FIRST_YEAR - 1] - all_retired
    for row in found:
        weight, share = int(row["participants_weight"]), float(row["retired_share"])
        working, resting = weight * (1 - share) * all_active / active, weight * share * all_retired / retired
        yield row["region"], PEOPLE * working, PEOPLE * resting, float(row["average_wage_month"])


def bands(items):
    """A list of inline tables as TOML."""
    return "[" + ", ".join("{ " + ", ".join(f"{key} = {value}" for key, value in item.items()) + " }" for item in items) + "]"


def near_and_far(name, low, near):
    """Ages of employees: the share `near` is within five years of retirement, which starts at `low` + 5."""
    return bands([*({**band, "share": (band["share"] * (1 - near)).normalize()} for band in assumed(name)),
                  {"from": low, "to": low + 4, "share": near}])


def groups(fit):
    """(name, region, month they are there from, people, lines of TOML) of each group."""
    wage = f"spread = {assumed('wage_spread')}, growth = {assumed('wage_growth')}"
    money_at_start = f"spread = {assumed('opening_spread')}, empty = {assumed('opening_empty')}"
    near, women, cadre = fit["near_retirement"], assumed("female_share_employees"), f"cadre = {assumed('cadre_share')}"
    alone_share, alone_wage, contributed = (float(assumed(name)) for name in ("self_insured_share", "self_insured_wage", "contributed"))
    wages = {}
    for region, active, retired, average in provinces():
        employed, wages[region] = active * (1 - alone_share), average * float(fit["base_level"])
        opening = f"opening = {{ median = {to(average * float(fit['opening']), 10)}, {money_at_start} }}"
        paid_on, alone = (f"wage = {{ median = {to(median, 10)}, {wage} }}" for median in (wages[region], average * alone_wage))
        career = f"contributed = {contributed}"
        for name, people, lines in (
                ("men", employed * (1 - float(women)),
                 ['insured = "employee"', "female = 0", f"age = {near_and_far('age_men', 55, near)}", paid_on, career]),
                ("women", employed * float(women),
                 ['insured = "employee"', "female = 1", cadre, f"age = {near_and_far('age_women', 45, near)}", paid_on, career]),
                ("self-insured", active - employed,
                 ['insured = "flexible"', f"female = {assumed('female_share_self_insured')}",
                  f"age = {bands(assumed('age_self_insured'))}", alone, career]),
                ("retired", retired,
                 ['insured = "retiree"', f"female = {assumed('female_share_retired')}", f"age = {bands(assumed('age_retired'))}"])):
            yield f"{region} {name}", region, START, to(people, 1000), [*lines, opening]
    for year in range(FIRST_YEAR, FIRST_YEAR + MONTHS // 12):
        joins = year * 12 + assumed("entrants_month") - 1
        for region, share in assumed("entrants_in").items():
            median = to(wages[region] * float(assumed("entrants_wage") * (1 + assumed("wage_growth")) ** (year - FIRST_YEAR)), 10)
            yield f"{region} entrants {year}", region, joins, to(entrants(fit, year) * PEOPLE * share, 1000), [
                f'joins = "{months.month_text(joins)}"', 'insured = "employee"', f"female = {women}", cadre,
                f"age = {bands(assumed('age_entrants'))}", f"wage = {{ median = {median}, {wage} }}", "contributed = 0"]


def entrants(fit, year):
    """Ten thousands who join in a year: as fitted, and after the last fitted year the mean of the fitted ones."""
    fitted = [fit[name] for name in sorted(fit) if name.startswith("entrants_")]
    return fit.get(f"entrants_{year}", to(sum(fitted) / len(fitted), 1))


def shares_at_start():
    """Shares of people below 45, below 60 and older: what visits and stays by age are scaled with."""
    found = {"45": 0.0, "60": 0.0, "older": 0.0}
    total = published("participants", FIRST_YEAR - 1)[FIRST_YEAR - 1]
    retired = published("retired", FIRST_YEAR - 1)[FIRST_YEAR - 1] / total
    women = float(assumed("female_share_employees"))
    men_and_women = (1 - retired) * (1 - women), (1 - retired) * women
    for weight, name in zip((*men_and_women, retired), ("age_men", "age_women", "age_retired")):
        for band in assumed(name):
            years = band["to"] - band["from"] + 1
            for age in range(band["from"], band["to"] + 1):
                found["45" if age < 45 else "60" if age < 60 else "older"] += weight * float(band["share"]) / years
    return found


def by_age(relative, mean, line, happen=float, most=1):
    """Bands of care whose mean over the people of the start is a published one; `line` writes what stands behind it.

    Of a stated rate so many `happen`; the level is found by halving an interval, as no rate is above `most`.
    """
    people, weights = shares_at_start(), {age: float(value) for age, value in assumed(relative).items()}

    def rates(level):
        return {age: min(most, level * weights.get(age, weights.get("60"))) for age in people}
    low, high = 0.0, most / min(weights.values())
    while high - low > 1e-9:
        level = (low + high) / 2
        is_less = sum(people[age] * happen(rate) for age, rate in rates(level).items()) < mean
        low, high = (level, high) if is_less else (low, level)
    written = []
    for age, weight in weights.items():
        below = "" if age == "older" else f"below = {age}, "
        written.append(f"{{ {below}yearly = {line(age, min(most, level * weight))} }}")
    return "[" + ", ".join(written) + "]"


def visits_made(yearly):
    """Visits a year where the mean of people would make so many and nobody makes more than twelve: frailty is lognormal of mean one."""
    return sum(min(12, yearly * frailty) for frailty in frailties()) / 1000


@cache
def frailties():
    """A thousand quantiles of it."""
    spread = float(assumed("frailty"))
    return [exp(spread * NormalDist().inv_cdf((place + 0.5) / 1000) - spread ** 2 / 2) for place in range(1000)]


def care(fit):
    """Visits and stays as TOML."""
    costs, spread, uneven = assumed("visit_cost_ages"), assumed("stay_spread"), assumed("visit_spread")
    visits = published("visits_a_head", FITTED_UNTIL)[2022] / (1 - float(assumed("never")))
    rate = sum(published("inpatient_rate", FITTED_UNTIL)[year] for year in (2022, 2023)) / 2 / 100
    mean = published("inpatient_cost", FITTED_UNTIL)[2023] / float(1 + assumed("cost_growth")) ** (2023 - FIRST_YEAR)
    stay = f"median = {to(mean / exp(float(spread) ** 2 / 2), 10)}, spread = {spread}"      # the mean of a lognormal

    def visit(age, yearly):
        return f"{yearly:.2f}, median = {to(fit['visit_cost'] * costs[age], 1)}, spread = {uneven}"
    return (by_age("visit_ages", visits, visit, visits_made, most=12),
            by_age("stay_ages", rate, lambda _, yearly: f"{yearly:.3f}, {stay}"))


def visit_places(fit):
    """Where visits are made, as TOML: at pharmacies as fitted, the others as assumed."""
    others = {place: (share * (1 - fit["pharmacy"])).normalize() for place, share in assumed("visit_places_else").items()}
    return bands([{"pharmacy": fit["pharmacy"].normalize(), **others}])[1:-1]


def text(fit, months_lived=MONTHS):
    """The population file."""
    visits, stays = care(fit)
    lines = [HEAD, *(f"#   {parameter.name} = {fit[parameter.name]}\n#     {parameter.zh} / {parameter.en}\n"
                     f"#     ← {parameter.target[0]} {parameter.target[1]}" for parameter in PARAMETERS), "",
             'title = "全国职工医保个人账户 / The personal accounts of the nation"', f'start = "{assumptions()["start"]}"',
             f"months = {months_lived}", f"seed = {SEED}", f"accounts = {ACCOUNTS}", "",
             "# 病：次数与住院率以公布数为均值，年龄分布为设定 / visits and stays: published means, assumed ages",
             "[care]", f"never = {assumed('never')}", f"frailty = {assumed('frailty')}", f"growth = {assumed('cost_growth')}",
             f"outpatient = {visits}", f"outpatient_places = {visit_places(fit)}",
             f"inpatient = {stays}", f"inpatient_places = {assumptions()['stay_places']}", "",
             "# 以下均为设定 / all of the following is assumed", "[work]",
             *(f"{name} = {assumptions()[name]}" for name in ("stops", "causes", "gaps", "back_pays", "returns_flexible", "tops_up")), "",
             "[death]", f"female = {assumptions()['death_female']}", f"male = {assumptions()['death_male']}", "",
             "[moves]", f"yearly = {assumptions()['moves']}", "",
             "[aid]", f"share = {assumed('aid_share')}", f"relations = {assumptions()['aid_relations']}",
             f"premium = {assumptions()['aid_premium']}", "", SOURCES]
    until = START + months_lived
    for name, region, joins, people, fields in groups(fit):
        if joins < until:
            lines += ["[[groups]]", f'name = "{name}"', f'region = "{region}"', f"people = {people}", *fields, ""]
    return "\n".join(lines)


HEAD = """\
# 全国职工医保个人账户人口 · The national population of personal accounts
# 由 tools/calibrate_national.py 生成，勿手改 / Made by tools/calibrate_national.py; change data/national and run it again.
#
# 只用截至2023年的公布数字拟合；2024年起为预测。说明见 docs/national.zh-CN.md。
# Fitted to figures published up to 2023 only; from 2024 on it predicts. See docs/national.md.
#
# 来自公布数字：参保总数与退休人数（2021年末）、各地月平均工资、就诊次数、住院率与次均费用。
# Published: participants and retirees at the end of 2021, average wages by area, visits, in-patient rate and cost per stay.
# 设定（无来源，理由见 data/national/assumptions.csv）：各省人数、年龄、性别、离散程度、停缴、死亡、流动、家庭共济。
# Assumed (no source; reasons in data/national/assumptions.csv): people by province, ages, sex, spreads, gaps, deaths, moves, family aid.
# 2024年起每年新参保人数取拟合两年的平均 / from 2024 on as many join each year as in the mean of the two fitted years.
# 计入、利息、报销均出自各省规则文件 / credits, interest and reimbursement come from the region files.
#
# 拟合 / fitted:"""

SOURCES = """\
[sources]
figures = "data/national/figures.csv：历年公布数字，逐行注明来源与等级 / published figures, each with source and grade"
provinces = "data/national/provinces.csv：各省月平均工资（有来源）与人数权重（设定） / wages (sourced) and weights (assumed)"
assumptions = "data/national/assumptions.csv：设定与理由 / what is assumed, and why"
"""


def fit_of_file():
    """The fitted values, from the head of the file."""
    written = FILE.read_text(encoding="utf-8")
    return {parameter.name: Decimal(written.split(f"#   {parameter.name} = ")[1].split("\n")[0]) for parameter in PARAMETERS}


# ── living through it ──────────────────────────────────────────────────────────────────────────────

def machine(model):
    """The compiled engine; imported late, since small runs do without."""
    from simulator.populations.machine import Machine
    return Machine(model)


def live(population, accounts, seed=SEED, engine=machine):
    """{figure: {year: value}} of a run, in the units of the published figures; the opening balance is that of the year before.

    Money that a move carries from one area to another is neither income nor spending.
    """
    model = Model(population)
    engine = engine(model)
    sums = {}
    for place, count in enumerate(model.accounts_of(accounts)):
        counts = engine.live(place, model.group_key(place, seed), np.arange(count))
        if counts.broken.any():
            raise AssertionError(f"an identity of the ledger did not hold: {model.names[place]}")
        scale = population.groups[place].people / count
        for name in COLUMNS:
            sums[name] = sums.get(name, 0) + counts.column(name)[0] * scale
    figures = {name: {} for name in ("participants", "retired", "active", *INCOME_AND_SPENDING, "account_balance", "family_aid")}
    for first in range(0, population.months, 12):
        year, last = (population.start + first) // 12, first + 11
        over = {name: float(column[first:last + 1].sum()) for name, column in sums.items()}
        figures["participants"][year] = float(sums["lives"][last]) / PEOPLE
        figures["retired"][year] = float(sums["is_retired"][last]) / PEOPLE
        figures["active"][year] = figures["participants"][year] - figures["retired"][year]
        for name, columns in INCOME_AND_SPENDING.items():
            figures[name][year] = sum(over[column] for column in columns) / FEN / YUAN
        figures["account_balance"][year] = float(sums["closing"][last]) / FEN / YUAN
        figures["family_aid"][year] = (over["aid_given"] + over["premium_given"]) / FEN / YUAN
    figures["account_balance"][population.start // 12 - 1] = float(sums["opening"][0]) / FEN / YUAN
    return figures


INCOME_AND_SPENDING = {"account_income": ("credit", "back_credit", "interest", "refund"),
                       "account_spending": ("spent", "aid_given", "premium_given", "withdrawn")}
COLUMNS = ("lives", "is_retired", "opening", "closing", *(column for columns in INCOME_AND_SPENDING.values() for column in columns))


# ── the fit ────────────────────────────────────────────────────────────────────────────────────────

def population_of(fit, months_lived=MONTHS):
    content = text(fit, months_lived)
    return Population.from_dict(tomllib.loads(content, parse_float=Decimal), FILE.name, content)


def targets(until=FITTED_UNTIL):
    """What each parameter is to meet."""
    return np.array([published(parameter.target[0], until)[parameter.target[1]] for parameter in PARAMETERS])


def met(figures):
    """What a run has for each target."""
    return np.array([figures[name][year] for name, year in (parameter.target for parameter in PARAMETERS)])


def next_step(slopes, off, values):
    """Newton's step. A parameter that would leave its bounds stops there, and its own target is given up."""
    low, high = (np.array([getattr(parameter, name) for parameter in PARAMETERS]) - values for name in ("least", "most"))
    step, free = np.zeros(len(values)), np.ones(len(values), dtype=bool)
    while free.any():
        step[free] = np.linalg.solve(slopes[np.ix_(free, free)], -off[free] - slopes[np.ix_(free, ~free)] @ step[~free])
        outside = free & ((step < low) | (step > high))
        if not outside.any():
            break
        step, free = np.clip(step, low, high), free & ~outside
    return step


def at_bound(parameter, value):
    return float(value) in (parameter.least, parameter.most)


def fit_parameters(say=print):
    """Newton's method on the relative deviations, every run with the same luck; slopes from a nudge of each parameter."""
    def deviations(values):
        fit = {parameter.name: parameter.rounded(value) for parameter, value in zip(PARAMETERS, values)}
        figures = live(population_of(fit, months_lived), ACCOUNTS)
        return np.array([float(value) for value in fit.values()]), met(figures) / wanted - 1

    wanted, months_lived = targets(), (FITTED_UNTIL + 1 - FIRST_YEAR) * 12
    values, off = deviations([parameter.first for parameter in PARAMETERS])
    slopes = np.empty((len(values), len(values)))
    for place, parameter in enumerate(PARAMETERS):
        nudged = values.copy()
        nudged[place] += parameter.nudge
        slopes[:, place] = (deviations(nudged)[1] - off) / parameter.nudge
    for turn in range(ROUNDS):
        say(f"{turn}: " + ", ".join(f"{parameter.name} {value:g} ({parameter.target[0]} {parameter.target[1]} {miss:+.2%})"
                                    for parameter, value, miss in zip(PARAMETERS, values, off)))
        is_free = np.array([not at_bound(parameter, value) for parameter, value in zip(PARAMETERS, values)])
        if np.abs(off[is_free]).max() < CLOSE_ENOUGH:
            break
        values, off = deviations(values + next_step(slopes, off, values))
    return {parameter.name: parameter.rounded(value) for parameter, value in zip(PARAMETERS, values)}


# ── what comes out ─────────────────────────────────────────────────────────────────────────────────

TABLE = (
    ("participants", "参保人数（万人）", "participants, 10k"),
    ("retired", "退休（万人）", "of them retired, 10k"),
    ("account_income", "账户收入（亿元）", "account income, 100m yuan"),
    ("account_spending", "账户支出（亿元）", "account spending, 100m yuan"),
    ("account_balance", "账户余额（亿元）", "account balance, 100m yuan"),
    ("family_aid", "家庭共济（亿元）", "family aid, 100m yuan"),
)


def comparison(figures, until=9999):
    """Rows (figure, year, published or None, modelled, kind) of the years lived through.

    A kind is "fitted", "at a bound" (a target given up), "checked" (known, not fitted), "predicted".
    """
    fit = fit_of_file()
    kinds = {parameter.target: "at a bound" if at_bound(parameter, fit[parameter.name]) else "fitted" for parameter in PARAMETERS}
    found = []
    for name, *_ in TABLE:
        known = published(name, until)
        for year, value in sorted(figures[name].items()):
            kind = kinds.get((name, year), "checked" if year <= FITTED_UNTIL else "predicted")
            if year in known or year > FITTED_UNTIL:
                found.append((name, year, known.get(year), value, kind))
    return found


def fall(figures):
    """By how much the account's income fell from 2022 to 2023."""
    return figures["account_income"][2023] / figures["account_income"][2022] - 1


WORDS = {
    "zh": {"head": "| | 年 | 公布 | 模型 | 偏差 | |", "fall": "收入变化",
           "fitted": "拟合", "at a bound": "参数已到界限", "checked": "对照", "predicted": "预测"},
    "en": {"head": "| | year | published | model | off by | |", "fall": "change of income",
           "fitted": "fitted", "at a bound": "parameter at its bound", "checked": "checked", "predicted": "predicted"},
}


def printed(figures, language="en", last=2025):
    """The comparison as a table in Markdown, each year after the last fitted one beside what was published of it."""
    words = WORDS[language]
    names = {name: zh if language == "zh" else en for name, zh, en in TABLE}
    lines = [words["head"], "|---|---|---:|---:|---:|---|"]
    for name, year, known, value, kind in comparison(figures):
        if year <= last:
            beside, ratio = (f"{known:,.2f}".removesuffix(".00"), f"{value / known - 1:+.1%}") if known else ("–", "")
            lines.append(f"| {names[name]} | {year} | {beside} | {value:,.0f} | {ratio} | {words[kind]} |")
    income = published("account_income", FITTED_UNTIL)
    fell = income[2023] / income[2022] - 1
    lines.append(f"| {words['fall']} | 2022→2023 | {fell:+.1%} | {fall(figures):+.1%} | | {words['checked']} |")
    return "\n".join(lines)


def write_pages(figures):
    """The table into the pages of docs/, between its marks."""
    for language, name in (("en", "national.md"), ("zh", "national.zh-CN.md")):
        page = ROOT / "docs" / name
        before, rest = page.read_text(encoding="utf-8").split("<!-- table -->\n")
        after = rest.split("<!-- end of table -->")[1]
        table = printed(figures, language)
        page.write_text(f"{before}<!-- table -->\n{table}\n<!-- end of table -->{after}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fit", action="store_true", help="fit anew, write the file and the tables of docs/national*.md")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help="accounts of the run that is shown")
    given = parser.parse_args()
    if given.fit:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(text(fit_parameters()), encoding="utf-8")
    figures = live(load(FILE), given.accounts)
    if given.fit:
        write_pages(figures)
    print(printed(figures))


if __name__ == "__main__":
    main()
