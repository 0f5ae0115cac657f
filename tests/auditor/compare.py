"""The product and the auditor side by side, figure by figure. The only file here that knows the product."""
import copy
from dataclasses import dataclass

import simulator

from .life import COLUMNS, ledger

KEYS = ("month", "person")


@dataclass(frozen=True)
class Difference:
    month: str
    person: str
    column: str
    product: object
    auditor: object

    def __str__(self):
        product, auditor = (f"{value / 100:.2f}" if isinstance(value, int) and self.column not in COUNTED else str(value)
                            for value in (self.product, self.auditor))
        return f"{self.month} {self.person} {self.column}: product {product}, auditor {auditor}"


COUNTED = {"eligible", "gap_months", "waiting_months", "contributed_months"}


def product(scenario):
    """The product's ledger as {(month, person): {column: fen or count}}."""
    table = simulator.run(scenario).ledger_fen.reset_index()
    missing = [column for column in COLUMNS if column not in table.columns]
    assert not missing, f"the product's ledger lacks {missing}"
    columns = {column: table[column].astype(str).tolist() if column == "month" else table[column].tolist() for column in COLUMNS}
    rows = zip(*columns.values())
    return {row[:2]: dict(zip(COLUMNS, row)) for row in rows}


def audited(scenario):
    return {(row["month"], row["person"]): row for row in ledger(scenario)}


def differences(scenario, theirs=None):
    """Every figure that differs, the earliest month first."""
    theirs, ours = theirs or product(scenario), audited(scenario)
    assert theirs.keys() == ours.keys(), "the ledgers have other rows"
    return [Difference(*key, column, theirs[key][column], row[column])
            for key, row in sorted(ours.items()) for column in COLUMNS if theirs[key][column] != row[column]]


def first_kind(found):
    """The columns that differ in the first row that does: what a disagreement is filed under."""
    first = found[0]
    return ", ".join(one.column for one in found if (one.month, one.person) == (first.month, first.person))


def shrunk(scenario, disagrees=None):
    """The smallest household found that still disagrees (in the same column first)."""
    if disagrees is None:
        column = differences(scenario)[0].column

        def disagrees(candidate):
            try:
                found = differences(candidate)
            except Exception:  # noqa: BLE001
                return False
            return bool(found) and found[0].column == column

    scenario = copy.deepcopy(scenario)
    changed = True
    while changed:
        changed = False
        for smaller in smaller_ones(scenario):
            if disagrees(smaller):
                scenario, changed = smaller, True
                break
    return scenario


def smaller_ones(scenario):
    for months in (scenario["months"] // 2, scenario["months"] - 1):
        if 0 < months < scenario["months"]:
            yield cut(scenario, months)
    for name in ("rules", "aid", "rules_as_of"):
        if scenario.get(name):
            smaller = copy.deepcopy(scenario)
            del smaller[name]
            yield smaller
    if len(scenario.get("events", ())) > 3:
        for half in (slice(None, None, 2), slice(1, None, 2)):
            smaller = copy.deepcopy(scenario)
            smaller["events"] = smaller["events"][half]
            yield smaller
    for name in ("events", "aid"):
        for position in range(len(scenario.get(name, ()))):
            smaller = copy.deepcopy(scenario)
            del smaller[name][position]
            yield smaller
    for name in scenario.get("rules", ()):
        smaller = copy.deepcopy(scenario)
        del smaller["rules"][name]
        yield smaller
        if len(scenario["rules"][name]) > 1:
            for position in range(len(scenario["rules"][name])):
                smaller = copy.deepcopy(scenario)
                del smaller["rules"][name][position]
                yield smaller
    for position, person in enumerate(scenario["people"]):
        if len(scenario["people"]) > 1:
            yield without_person(scenario, person["name"])
        for field in ("medical", "opening", "wage_growth", "pension", "plan", "contributed_months", "career", "region", "wage"):
            if field in person:
                smaller = copy.deepcopy(scenario)
                del smaller["people"][position][field]
                yield smaller
        for field in ("medical", "opening"):
            for part in person.get(field, ()):
                smaller = copy.deepcopy(scenario)
                del smaller["people"][position][field][part]
                yield smaller
        if person.get("wage", 0) not in (0, 8000.0):
            smaller = copy.deepcopy(scenario)
            smaller["people"][position]["wage"] = 8000.0
            yield smaller
    for position, event in enumerate(scenario.get("events", ())):
        for field in ("prepaid", "wage", "insured", "months", "to", "amount"):
            if field in event and (event["type"], field) not in {("medical", "amount"), ("wage", "amount"), ("premium", "amount"),
                                                               ("premium", "to")}:
                smaller = copy.deepcopy(scenario)
                del smaller["events"][position][field]
                yield smaller
    if scenario["people"] and "region" in scenario["people"][0] and len(scenario["people"]) == 1:
        smaller = copy.deepcopy(scenario)
        smaller["region"] = smaller["people"][0].pop("region")
        yield smaller


def cut(scenario, months):
    smaller = copy.deepcopy(scenario)
    smaller["months"] = months
    year, month = map(int, smaller["start"].split("-"))
    end = year * 12 + month - 1 + months
    smaller["events"] = [event for event in smaller.get("events", ()) if event["on"].year * 12 + event["on"].month - 1 < end]
    return smaller


def without_person(scenario, name):
    smaller = copy.deepcopy(scenario)
    smaller["people"] = [person for person in smaller["people"] if person["name"] != name]
    smaller["aid"] = [link for link in smaller.get("aid", ()) if name not in (link["from"], link["to"])]
    smaller["events"] = [event for event in smaller.get("events", ()) if name not in (event["who"], event.get("to"))]
    return smaller


def as_toml(scenario):
    """The household as a scenario file."""
    lines = [f"{name} = {written(scenario[name])}" for name in ("title", "region", "start", "months", "rules_as_of") if name in scenario]
    for table in ("people", "aid", "events"):
        for row in scenario.get(table, ()):
            lines += ["", f"[[{table}]]", *(f"{name} = {written(value)}" for name, value in row.items())]
    if scenario.get("rules"):
        lines += ["", "[rules]", *(f'"{name}" = {written(value)}' for name, value in scenario["rules"].items())]
    return "\n".join(lines) + "\n"


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {written(part)}" for name, part in value.items()) + " }"
    return str(value)
