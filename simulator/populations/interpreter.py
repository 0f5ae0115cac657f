"""The lives of `lives.py` as plain Python: for small runs, which never wait for a compiler, and to look at a single life."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from simulator.law import account as law
from simulator.populations import lives
from simulator.populations.counts import Counts

if TYPE_CHECKING:
    from simulator.populations.world import Model


class Thing(SimpleNamespace):
    """Something of the shape that `lives` describes."""


class Diary(Thing):
    """A person whose bills and acts are written down, as `entries`, in the order in which they come."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in ("bills", "acts"):
            self.entries.extend(Thing(**vars(one)) for one in value)


class Interpreter:
    """A model as plain objects; does what `machine.Machine` does, a thousand times slower."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.world, self.manners = _thing(model.world), _thing(model.manners)
        self.groups = [_thing(group) for group in model.groups]

    def live(self, place: int, key: int, numbers: Iterable[int]) -> Counts:
        """The households of a group with these numbers: their `Counts`."""
        counts = Counts(self.model)
        books = [self.book(table, counts) for table in range(counts.tables)]
        lives.live_all(key, [int(number) for number in numbers], self.groups[place], self.manners, self.world, self.model.rows,
                       self.house(), books)
        for table, book in enumerate(books):
            counts.sums[table] = [[getattr(row, name) for name in lives.COUNTED] for row in book.sums]
            for noted, rows in ((counts.steps, book.steps), (counts.slopes, book.slopes)):
                noted[table] = [[getattr(row, name) for name in lives.LASTING] for row in rows]
        return counts.settle()

    def house(self) -> Thing:
        """An empty household."""
        def two(make: Callable[[], Any]) -> list[Any]:
            return [make(), make()]
        model = self.model
        return Thing(
            accounts=two(lambda: law.Account(law.NO_POCKETS, 0, 0, 0)), people=two(lambda: Diary(entries=[])),
            missed=two(lambda: law.Missed(model.months)), aids=[Thing()], given=[law.AidGiven()],
            lives=two(lambda: Thing(bill_slots=[Thing() for _ in range(lives.BILLS)],
                                    act_slots=[Thing() for _ in range(lives.ACTS)])),
            tallies=two(law.Tally), slot=0)

    def book(self, table: int, counts: Counts | None = None) -> Thing:
        """What the lives write to: sums as objects, the rest straight into the counts."""
        counts = counts or Counts(self.model)
        sums = [Thing(**dict.fromkeys(lives.COUNTED, 0)) for _ in range(self.model.months)]
        steps, slopes = ([Thing(**dict.fromkeys(lives.LASTING, 0)) for _ in range(self.model.months + 1)] for _ in "ab")
        return Thing(sums=sums, steps=steps, slopes=slopes, balances=counts.balances[table].tolist(),
                     sketch=counts.sketch[table].reshape(-1),
                     differences=counts.differences.reshape(-1), broken=counts.broken)


def _thing(value: Any) -> Any:
    """Dicts as objects, all the way down."""
    if isinstance(value, dict):
        return Thing(**{name: _thing(inner) for name, inner in value.items()})
    if isinstance(value, list | tuple):
        return [_thing(inner) for inner in value]
    return value
