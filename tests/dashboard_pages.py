"""What the tests of the dashboard share: its pages without a browser, and what the library makes of the same input."""
from pathlib import Path

from streamlit.testing.v1 import AppTest

import simulator
from simulator.dashboard import account, main, state
from simulator.language import use_language
from simulator.money import shown
from simulator.scenario import Scenario, load

ROOT = Path(__file__).parents[1]
PAGES = tuple(main.PAGES)
SCRIPT = "from simulator.dashboard.main import show\nshow({page!r})"


def opened(page="account", **query) -> AppTest:
    """A page in a new session."""
    app = AppTest.from_string(SCRIPT.format(page=page), default_timeout=60)
    app.query_params.update(query)
    app.run()
    use_language(query.get("lang", "zh") if query.get("lang") in ("zh", "en") else "zh")    # as the page speaks
    return app


def sound(app):
    """The page, which has no error on it."""
    assert not app.exception and not app.error, [error.value for error in app.error] + [text.value for text in app.text]
    return app


def values(app):
    return [metric.value for metric in sound(app).metric]


def default() -> Scenario:
    return load(state.GALLERY / f"{state.DEFAULT}.toml")


def computed(region=None, **holder):
    """What the library makes of the default scenario, with other values for the account holder."""
    data = default().data
    first, *others = data["people"]
    return simulator.run({**data, "region": region or default().region, "people": [{**first, **holder}, *others], "expect": []})


def figures(result):
    return [f"¥{shown(result.summary()[key])}" for key in account.figures([result.summary()])]
