"""Several results side by side."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from simulator import policy
from simulator.charts import line_names
from simulator.language import Text
from simulator.parameters import PARAMETERS
from simulator.problems import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulator.ledger import Result
    from simulator.policy import Span
    from simulator.scenario import Scenario


Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Comparison:
    """Results to look at together; `base` is the place of the one the others are measured by."""
    results: tuple[Result, ...]
    base: int = 0

    @property
    def names(self) -> list[str]:
        return line_names(self.results)

    def table(self) -> pd.DataFrame:
        """A DataFrame of key figures in yuan, one column a result."""
        import pandas as pd
        return pd.DataFrame({name: {key: fen / 100 for key, fen in result.summary().items()}
                             for name, result in zip(self.names, self.results)})

    def plot(self) -> Figure:
        """All balances in one matplotlib Figure."""
        from simulator.charts import balance_figure
        return balance_figure(self.results, self.names)


def compare(*scenarios: str | Path | dict[str, Any] | Scenario) -> Comparison:
    """Run several scenarios (paths, dicts or `Scenario`s) and put them side by side: a `Comparison`. InputError if there are none."""
    from simulator.engine import run
    if not scenarios:
        raise InputError([Problem("", Text("没有可比较的情景", "there are no scenarios to compare"))])
    return Comparison(tuple(map(run, scenarios)))


def region_words(regions: str | None) -> list[str]:
    """The words of "a,b,c", each once."""
    return list(dict.fromkeys(filter(None, map(str.strip, re.split("[,，、]", regions or "")))))


def read_files(files: Sequence[str | Path], regions: str | None = None) -> tuple[list[Scenario], int]:
    """Scenario files to compare; with `regions` ("a,b,c" or "all") each of them in every one of these, the same one once.

    Returns them with the place of the one to measure the others by: the first file in its own region if that is among
    them, else the first of all. Raises InputError with everything that is wrong with any of them.
    """
    from simulator.scenario import load
    scenarios, problems = _tried(load, files)
    words = region_words(regions)
    found, unknown = _tried(lambda word: policy.region(word).id, [one.id for one in policy.regions()] if "all" in words else words)
    if regions is not None and not words:
        unknown = [Problem("--regions", Text("没有写地区", "names no region"))]
    if problems + unknown:
        raise InputError(problems + unknown)
    if regions is None:
        return scenarios, 0
    own, ids = scenarios[0].region, list(dict.fromkeys(found))
    return [scenario.in_region(id) for scenario in scenarios for id in ids], ids.index(own) if own in ids else 0


def rule_differences(scenarios: Sequence[Scenario], on: date) -> dict[str, list[Span | None]]:
    """{param: the `Span` in the region of each scenario} of the parameters in which they differ on a day, in the law's order.

    The rules are those the scenarios go by, what they suppose included; the projection of years to come is no rule of a region.
    """
    found = {name: [policy.value_on(policy.spans(policy.region(one.region), name, what_if=one.what_if, as_of=one.rules_as_of, until=on), on)
                    for one in scenarios] for name in PARAMETERS if not name.startswith("projection.")}
    return {name: spans for name, spans in found.items()
            if len({span and repr(span.compiled) for span in spans}) > 1}


def _tried(what: Callable[[Given], Made], given: Iterable[Given]) -> tuple[list[Made], list[Problem]]:
    """(what came of each, all that is wrong)."""
    done, problems = [], []
    for one in given:
        try:
            done.append(what(one))
        except InputError as error:
            problems += error.problems
    return done, problems
