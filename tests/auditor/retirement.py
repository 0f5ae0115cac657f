"""When somebody may retire (national.md, section 8)."""
from .calendar import month_of

FLEXIBLE_WOMEN_AS_CADRES = "as cadres"


def group(here, sex, career, kind):
    if sex == "male":
        return "male"
    if kind == "flexible" and here["retirement.flexible_women"] == FLEXIBLE_WOMEN_AS_CADRES:
        return "cadre"
    return career or "worker"


def old_age_month(here, birth, sex, career, kind):
    """The month of retirement before the reform of 2025."""
    who = group(here, sex, career, kind)
    name = {"male": "retirement.age_male", "cadre": "retirement.age_female_cadre", "worker": "retirement.age_female_worker"}
    return birth + 12 * here[name[who]]


def statutory_month(here, birth, sex, career, kind):
    """8.2: a month later for each `step` months that the old date lies after the start, up to a most."""
    who = group(here, sex, career, kind)
    old = old_age_month(here, birth, sex, career, kind)
    step = here["retirement.delay_step_worker" if who == "worker" else "retirement.delay_step"]
    most = here["retirement.delay_most_worker" if who == "worker" else "retirement.delay_most"]
    start = here.date("retirement.delay_start")
    position = old - month_of(start) + 1
    if position <= 0:
        return old
    return old + min(most, -(-position // step))


def earliest_month(here, birth, sex, career, kind):
    """By choice up to three years early, but not below the age before 2025."""
    statutory = statutory_month(here, birth, sex, career, kind)
    old = old_age_month(here, birth, sex, career, kind)
    return max(old, statutory - here["retirement.early_most"])
