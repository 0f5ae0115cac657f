"""Gaps: months missed, waits, arrears and paying back (national.md, sections 2 and 3)."""
from copy import copy

from . import arrears, premium, purse, status
from .calendar import age
from .people import Gap, Missed


def miss(now, person):
    if person.kind == "resident":
        person.outside += 1
        return
    fault = "employer" if person.stopped == "employer_arrears" else "own"
    person.as_if_wait = max(0, person.as_if_wait - 1)           # as if this month, too, had been paid
    if (not person.stretch or person.stretch[-1].fault != fault or person.stretch[-1].last != now.month - 1 or person.has_left):
        begin(now, person, fault)
    person.has_left = False
    gap = person.stretch[-1]
    if gap not in person.debts:         # all of it was paid, to no avail, and it goes on
        person.debts.append(gap)
    gap.length += 1
    gap.last = now.month
    person.missed_now = missed(now, person, fault)
    gap.unpaid.append(person.missed_now)


def begin(now, person, fault):
    """The as-if reckoning begins with a gap, unless the one just before it may still be made good, or has been.

    Paid, its first month would have ended what was missed before, with the wait that this brings.
    """
    here, before, gap = now.here(person), person.latest, Gap(fault)
    if not before or before.last != now.month - 1 or not counts_as_none(here, before):
        person.as_if, person.as_if_paid = copy(person.used), []
        person.as_if_wait = max(0, person.wait - 1, wait_of(here, "employee" if fault == "employer" else "flexible",
                                                            person.gap_months, person.is_new))
    person.as_if_paid.append(gap)
    person.stretch.append(gap)
    person.latest = gap


def counts_as_none(here, gap):
    """3.1: short enough, and all that is unpaid of it may still be paid."""
    return (gap.length <= here.of_cause("arrears.retroactive_months", gap.fault)
            and len(arrears.payable(here, gap)) == len(gap.unpaid))


def missed(now, person, fault):
    """An employer owes both shares of its employee; who stopped by himself owes what flexible workers pay (source 1.6)."""
    here = now.here(person)
    kind = "employee" if fault == "employer" else "flexible"
    base = premium.base(here, person.kind if fault == "employer" else "flexible", person.base_wage)
    own = premium.own_premium(here, kind, base, now.month)
    employer = premium.employer_premium(here, base) if fault == "employer" else 0
    return Missed(now.month, own, employer, premium.credit(here, kind, base, age(person.birth, now.month), now.month))


def resume(now, here, person, first_time):
    """A paid month ends a gap. 3.3, 3.7: after a long one an area lets people wait; at a first enrolment too."""
    person.wait, person.earlier_wait = max(0, person.wait - 1), max(0, person.earlier_wait - 1)
    person.gap_before = person.gap_months
    if first_time:
        person.wait = max(person.wait, wait_of(here, person.kind, 0, first_time))
    if person.gap_months:
        wait = wait_of(here, person.kind, person.gap_months)
        if wait >= person.wait:
            person.earlier_wait = person.wait
            person.wait, person.wait_for, person.wait_outside, person.resumed = wait, person.stretch, person.outside, now.month
            person.waits_as, person.paid_years, person.waited_off = person.kind, 0, []
    person.stretch, person.outside = [], 0


def wait_on(now, person):
    """A paid month of the wait that there would be, had the gaps been paid; once they have been, there is no other."""
    here = now.here(person)
    if person.kind == "resident" or not person.latest:      # what is paid later does not shorten a resident's
        person.as_if_wait = person.wait
        return
    after = min(person.gap_before, now.month - person.latest.last - 1)      # months missed since, outside
    person.as_if_wait = min(person.wait, max(person.as_if_wait - 1, wait_of(here, person.kind, after)))
    if all(not gap.unpaid and counts_as_none(here, gap) for gap in person.as_if_paid):
        person.wait = person.as_if_wait


def wait_of(here, kind, gap, first_time=False):
    if kind == "resident":
        months = resident_wait(here, gap) if gap else 0
    else:
        months = wait_after(here, kind, gap) if gap else 0
        if first_time:
            months = max(months, here.of_payer("waiting.first_enrolment_months", kind))
    return months + (1 if months and here["waiting.starts"] == "month after payment" else 0)


def wait_after(here, kind, gap):
    if gap and here["waiting.gap_count"] == "month difference":
        gap += 1
    bands = here.of_payer("waiting.months", kind)
    if gap <= here.of_payer("waiting.free_gap_months", kind):
        return 0
    if isinstance(bands, int):
        return bands
    return max((band["months"] for band in bands if gap > band["over"]), key=lambda months: months, default=0)


def resident_wait(here, gap, paid_years=0):
    """3.14 to 3.16: three months, one more for each further year missed and not paid, six at least after four."""
    years = gap // 12
    wait = here["waiting.resident_months"] + max(0, years - 1 - paid_years) * here["waiting.resident_year_months"]
    if years >= here["waiting.resident_long_years"]:
        wait = max(wait, here["waiting.resident_long_months"])
    return wait


def back_pay(now, person, event):
    """Missed months are paid, the last ones first where not all are; the month that runs is not missed yet."""
    here = now.here(person, event["on"])
    if person.kind == "resident" and not person.debts:
        pay_years(now, person, event)
        return
    accepted = sorted(((missed.month, gap, missed) for gap in person.debts for missed in arrears.payable(here, gap)),
                      key=lambda one: one[0])
    wanted = event.get("months", len(accepted))
    touched = []
    for _, gap, missed in accepted[max(0, len(accepted) - wanted):]:
        pay_missed(now, person, gap, missed, event["on"])
        gap.unpaid.remove(missed)
        touched += [gap] if gap not in touched else []
    for gap in touched:
        if not gap.unpaid:
            paid_in_full(now, here, person, gap)
    person.debts = [gap for gap in person.debts if gap.unpaid]


def pay_years(now, person, event):
    """3.15: residents pay whole years back, in the month in which they enrol again."""
    left = person.wait_outside + sum(gap.length for gap in person.wait_for)
    if left and person.resumed == now.month and person.waits_as == "resident":
        here = now.here(person)
        person.paid_years += event.get("months", left) // 12
        wait = resident_wait(here, left, person.paid_years)
        person.wait = max(person.earlier_wait, wait + (1 if wait and here["waiting.starts"] == "month after payment" else 0))


def pay_missed(now, person, gap, missed, day):
    here, row = now.here(person, day), person.row
    row["premium_paid"] += missed.own
    row["late_fee_paid"] += arrears.late_fee(now.rules, gap, missed, day, here)
    if person.kind != "none" and not person.closed:
        row["back_credit"] += missed.credit
        purse.enter(here, person, missed.credit)
    status.count(person, 1)


def paid_in_full(now, here, person, gap):
    """3.1: up to some length a gap that is paid counts as none: its bills are reimbursed, no wait. A longer one only adds years."""
    if gap.length > here.of_cause("arrears.retroactive_months", gap.fault):
        return
    is_latest = person.latest is gap
    purse.refund(now.here(person), person, gap.due + (gap.due_later if is_latest else 0))
    gap.due = gap.due_later = 0
    if is_latest:
        person.used = copy(person.as_if)
    if gap in person.stretch:
        person.stretch.remove(gap)           # what is missed from now on is a gap of its own
        wait_off(person, gap)
    elif gap in person.wait_for:
        person.wait_for.remove(gap)
        person.earlier_wait = max(0, person.earlier_wait - gap.length)
        left = person.wait_outside + sum(gap.length for gap in person.wait_for)
        if person.resumed == now.month:
            person.wait = max(person.earlier_wait, wait_of(now.here(person), person.kind, left))
        elif person.waits_as != "resident" and not wait_after(now.here(person), person.waits_as, left):
            person.wait, person.waited_off, person.wait_for = person.earlier_wait, person.wait_for, []
    elif gap in person.waited_off or person.resumed is None or gap.last >= person.resumed:
        wait_off(person, gap)


def wait_off(person, gap):
    """It is as if its months had been paid, and paid months are waited off."""
    person.wait, person.earlier_wait = max(0, person.wait - gap.length), max(0, person.earlier_wait - gap.length)
