"""A scenario's people and events as one row of whole numbers a person a month: what the law is given."""
from simulator import months
from simulator.law import account as law
from simulator.parameters import PLACES, STATUSES
from simulator.policy import RuleTable, region


def rule_tables(scenario):
    """{(region, plan): (RuleTable, number of its first row)}, and all their rows in one list.

    One list, so that a person of any region or plan is told its rules by one number.
    """
    found = region(scenario.region)
    tables, rows = {}, []
    for plan in dict.fromkeys(person.plan for person in scenario.people):
        table = RuleTable(found, scenario.start, scenario.months, plan, scenario.what_if, scenario.rules_as_of)
        tables[found.id, plan] = (table, len(rows))
        rows.extend(table.rows)
    return tables, rows


def opening_account(person):
    """The account a person brings into the first month."""
    return law.Account(
        pockets=law.Pockets(person.opening.current, person.opening.carried, person.opening.withdrawable),
        products=law.NEW_PRODUCTS, pool=law.NEW_POOL_YEAR, status=STATUSES.index(person.insured),
        wage_fen=person.wage, declared_fen=person.wage, contributed_months=person.contributed_months)


def person_rows(person, scenario, table, first_row):
    """What the law is given for a person, month by month: a list of `law.Person`."""
    events = sorted((event for event in scenario.events if event.who == person.name), key=lambda event: event.on)
    wages = {_acting_month(event.on): event.amount for event in events if event.type == "wage"}
    retired_from = min((months.month_number(event.on) + 1 for event in events if event.type == "retire"),
                       default=scenario.end)
    bills = {}
    for event in events:
        if event.type == "medical":
            bills.setdefault(months.month_number(event.on), []).append(law.Bill(
                event.amount, PLACES.index(event.place), int(event.kind == "inpatient"),
                first_row + table.row_number(event.on)))
    regular = [(getattr(person.medical, place), position) for position, place in enumerate(PLACES)
               if getattr(person.medical, place)]
    rows = []
    for month in range(scenario.start, scenario.end):
        row = first_row + table.row_number(months.first_day(month))
        status = law.RETIREE if month >= retired_from else STATUSES.index(person.insured)
        every_month = [law.Bill(cost, place, 0, row) for cost, place in regular]
        rows.append(law.Person(
            row=row, calendar_month=months.calendar_month(month), status=status,
            age=months.age_in(month, person.birth), new_wage_fen=wages.get(month, 0),
            wage_growth_ppm=person.wage_growth if month > scenario.start else 0,
            pension_fen=person.pension or table.rows[row - first_row].retirement_average_pension_fen,
            bills=tuple(every_month + bills.get(month, []))))
    return rows


def _acting_month(day):
    """A wage agreed within a month is the wage of the next one."""
    return months.month_number(day) + (day.day > 1)
