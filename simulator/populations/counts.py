"""What is counted of some accounts: it takes the same room for ten and for a billion, and adds up."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

import numpy as np

from simulator.law.account import Pockets
from simulator.populations.lives import COUNTED, LASTING, NO_BALANCE, SLOTS
from simulator.populations.sketch import BUCKETS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.populations.world import Model

LINE = 8                                                    # numbers in a line of the processor's cache


def aligned(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """int64 zeros of a shape, from the start of a line of the cache on."""
    many = math.prod(shape)
    cells = np.zeros(many + LINE, dtype=np.int64)
    first = -(cells.ctypes.data // cells.itemsize) % LINE
    return cells[first:first + many].reshape(shape)


class Counts:
    """Sums and distributions of some accounts, by the law and, where there is one, by the what-if.

    `sums` int64[tables, months, COUNTED]; `sketch` int64[tables, sketch months, BUCKETS] of the closing balances;
    `differences` int64[sketch months, 2 × BUCKETS] of what-if less law, negative ones before the middle;
    `broken` int64[1] the months in which an identity of the ledger did not hold. `steps` and `slopes`
    int64[tables, months + 1, LASTING] are what the lives note of what lasts, until `settle` makes sums of it; `balances`
    int64[tables, sketch months × SLOTS] those that they have not counted yet.
    """
    PARTS = ("sums", "sketch", "differences", "broken")

    def __init__(self, model: Model) -> None:
        self.tables, sketches = len(model.tables), len(model.sketch_months)
        self.sums = aligned((self.tables, model.months, len(COUNTED)))
        self.steps, self.slopes = (aligned((self.tables, model.months + 1, len(LASTING))) for _ in "ab")
        self.balances = np.full((self.tables, sketches * SLOTS), NO_BALANCE)
        self.sketch = np.zeros((self.tables, sketches, BUCKETS), dtype=np.int64)
        self.differences = np.zeros((sketches if self.tables > 1 else 0, 2 * BUCKETS), dtype=np.int64)
        self.broken = np.zeros(1, dtype=np.int64)

    def book(self, table: int) -> dict[str, NDArray[np.int64]]:
        """Where the lives write: a `lives.Book` by its cells."""
        return {"sums": self.sums[table].ravel(), "steps": self.steps[table].ravel(), "slopes": self.slopes[table].ravel(),
                "balances": self.balances[table], "sketch": self.sketch[table].ravel(), "differences": self.differences.ravel(),
                "broken": self.broken}

    def settle(self) -> Self:
        """What lasted into the sums of the months: a slope is added up twice, a step once. A balance is the sum of its pockets,
        and a month opens with what the last closed with."""
        lasted = np.cumsum(self.steps + np.cumsum(self.slopes, axis=1), axis=1)[:, :-1]
        lasted[:, :, LASTING.index("closing")] = sum(lasted[:, :, LASTING.index(name)] for name in Pockets._fields)
        self.sums[:, :, :len(LASTING)] += lasted
        self.sums[:, 1:, COUNTED.index("opening")] += lasted[:, :-1, LASTING.index("closing")]
        self.steps[:] = self.slopes[:] = 0
        return self

    def column(self, name: str) -> NDArray[np.int64]:
        """One of the flows or states by table and month: int64[tables, months]."""
        return self.sums[:, :, COUNTED.index(name)]

    def data(self) -> bytes:
        """As bytes, the same on every machine: of each part the places that are not zero, and what stands there."""
        pieces = []
        for name in self.PARTS:
            part = getattr(self, name).ravel()
            places = np.flatnonzero(part)
            pieces += [np.array([len(places)]), places, part[places]]
        return np.concatenate(pieces).astype("<i8").tobytes()

    @classmethod
    def of(cls, model: Model, data: bytes) -> Self:
        """The counts that `data` was made of."""
        counts, cells = cls(model), np.frombuffer(data, dtype="<i8")
        for name in cls.PARTS:
            many, cells = int(cells[0]), cells[1:]
            getattr(counts, name).reshape(-1)[cells[:many]] = cells[many:2 * many]
            cells = cells[2 * many:]
        return counts
