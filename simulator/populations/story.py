"""One life of a population as a scenario: to be run, explained and drawn like any other."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from simulator import money, months
from simulator.language import Text
from simulator.law import account as law
from simulator.parameters import PLACES, RELATIONS, STATUSES
from simulator.populations import draws, lives
from simulator.populations.file import CAUSES
from simulator.populations.interpreter import Interpreter
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.populations.interpreter import Thing
    from simulator.populations.world import Model

HOLDER, RELATIVE = Text("本人", "holder"), Text("亲属", "relative")


def scenario(model: Model, group: int, number: int, seed: int, what_if: bool = False) -> Scenario:
    """What happens to the household with a number in a group: a `Scenario`, whose ledger is that of the population.

    A household whose holder dies has no month after that.
    """
    population, machine, table = model.population, _interpreter(model), int(what_if)
    key = draws.draw(model.group_key(group, seed), number, draws.PERSON)
    given = machine.groups[group], machine.manners, machine.world, model.rows, table
    start = model.start + model.groups[group]["joins"]
    at_start, house = machine.house(), machine.house()
    members = lives.be_born(key, *given, at_start)
    lived = lives.live(key, *given, house, machine.book(table))
    people = [_person(name, at_start, who) for who, name in zip(range(members), map(str, (HOLDER, RELATIVE)))]
    data = {"title": f"{model.names[group]} #{number}", "region": model.areas[model.groups[group]["area"]],
            "start": months.month_text(start), "months": lived - model.groups[group]["joins"], "people": people,
            "events": [event for who in range(members) for event in _events(model, house.people[who].entries, people[who]["name"])]}
    if members > 1:
        data["aid"] = [{"from": str(HOLDER), "to": str(RELATIVE), "relation": RELATIONS[at_start.aids[0].relation],
                        "since": months.month_text(start)}]
    if what_if:
        data["rules"] = population.what_if
    return Scenario.from_dict(data)


@lru_cache(maxsize=1)
def _interpreter(model: Model) -> Interpreter:
    """To lay a large model out takes longer than a life."""
    return Interpreter(model)


def forget() -> None:
    """Keep nothing of a model."""
    _interpreter.cache_clear()


def _person(name: str, house: Thing, who: int) -> dict[str, Any]:
    life, person, account = house.lives[who], house.people[who], house.accounts[who]
    found = {"name": name, "birth": months.month_text(life.birth), "sex": "female" if person.is_female else "male",
             "insured": STATUSES[account.status], "contributed_months": account.contributed_months,
             "opening": {"carried": _yuan(account.pockets.carried)}}
    if life.is_cadre:
        found["career"] = "cadre"
    if account.wage_fen:
        found |= {"wage": _yuan(account.wage_fen), "wage_growth": Decimal(life.wage_growth_ppm) / money.PPM}
    return found


def _events(model: Model, entries: Iterable[Any], who: str) -> Iterator[dict[str, Any]]:
    for one in entries:
        yield {"on": date.fromordinal(one.day), "who": who} | (_bill(one) if hasattr(one, "cost_fen") else _act(model, one))


def _bill(bill: Any) -> dict[str, Any]:
    return {"type": "medical", "place": PLACES[bill.place], "kind": "inpatient" if bill.is_inpatient else "outpatient",
            "amount": _yuan(bill.cost_fen)}


def _act(model: Model, act: Any) -> dict[str, Any]:
    if act.kind == law.STOP:
        cause = CAUSES[lives.EMPLOYER_ARREARS if act.what == law.BY_EMPLOYER else min(act.amount, lives.OWN_CHOICE)]
        return {"type": "stop", "cause": cause}
    if act.kind == law.RESUME:
        return {"type": "resume"} | ({"insured": STATUSES[act.what]} if act.what >= 0 else {})
    if act.kind == law.MOVE:
        return {"type": "move", "region": model.areas[act.what]}
    if act.kind == law.PREMIUM:
        return {"type": "premium", "to": str(RELATIVE), "kind": "resident", "amount": _yuan(act.amount)}
    if act.kind == law.RETIRE:
        return {"type": "retire", "top_up": True}
    if act.kind == law.WITHDRAW:
        return {"type": "withdraw", "reason": "death"}
    return {"type": "back_pay"}


def _yuan(fen: int) -> Decimal:
    return Decimal(money.plain(fen))
