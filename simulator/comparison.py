"""Several results side by side."""
from dataclasses import dataclass

from simulator.charts import line_name


@dataclass(frozen=True)
class Comparison:
    """Results to look at together; the first is the one the others are measured by."""
    results: tuple

    @property
    def names(self):
        return [line_name(result, self.results) for result in self.results]

    def table(self):
        """A DataFrame of key figures in yuan, one column a result."""
        import pandas as pd
        return pd.DataFrame({name: {key: fen / 100 for key, fen in result.summary().items()}
                             for name, result in zip(self.names, self.results)})

    def plot(self):
        """All balances in one matplotlib Figure."""
        from simulator.charts import balance_figure
        return balance_figure(self.results, self.names)


def compare(*scenarios):
    """Run several scenarios (paths, dicts or `Scenario`s) and put them side by side: a `Comparison`."""
    from simulator.engine import run
    return Comparison(tuple(run(scenario) for scenario in scenarios))
