"""A simulator of the Chinese employee medical-insurance personal account (职工医保个人账户).

    import simulator
    result = simulator.run("scenarios/kunshan.toml")      # or a Scenario, or a dict
    result.ledger                                         # DataFrame by month, yuan
    simulator.rules("beijing").on("2026-07-01")["contribution.base_floor"].source

Everything heavy is imported on first use, so that `import simulator` stays light.
"""
from importlib import import_module
from typing import TYPE_CHECKING

from simulator import language as language

if TYPE_CHECKING:       # what `__getattr__` brings when it is asked, for those who read types without running anything
    from simulator.batches import batch as batch
    from simulator.comparison import compare as compare
    from simulator.engine import run as run
    from simulator.ledger import Result as Result
    from simulator.policy import regions as regions
    from simulator.policy import rules as rules
    from simulator.populations.run import population as population
    from simulator.problems import InputError as InputError
    from simulator.scenario import Scenario as Scenario
    from simulator.scenario import load as load

__version__ = "0.1.0"

_EXPORTS = {
    "run": "simulator.engine",
    "compare": "simulator.comparison",
    "batch": "simulator.batches",
    "population": "simulator.populations.run",
    "rules": "simulator.policy",
    "regions": "simulator.policy",
    "Scenario": "simulator.scenario",
    "load": "simulator.scenario",
    "Result": "simulator.ledger",
    "InputError": "simulator.problems",
}
__all__ = [*_EXPORTS, "language", "__version__"]  # noqa: PLE0604  # the names are texts, whatever ruff can see


if not TYPE_CHECKING:   # else a misspelt name would have a type, too
    def __getattr__(name: str) -> object:
        if name in _EXPORTS:
            return getattr(import_module(_EXPORTS[name]), name)
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
