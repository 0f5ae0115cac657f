"""Fixtures for tests in a real browser: `page` is an empty page of a Chromium beside a running dashboard.

    @pytest.mark.browser
    def test_title(page):
        page.goto("/")

A request to any other machine is blocked, and fails the test at its end.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from simulator.language import use_language

ROOT = Path(__file__).parents[1]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = [
    "--no-sandbox",  # as root, which containers usually are, Chromium does not start with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OUTSIDE = re.compile(r"https?://(?!127\.0\.0\.1[:/])")
START_SECONDS = 60  # a cold start takes 3; a busy machine may be slow
PATIENCE_MS = 30_000  # the first page of a cold server takes 7 s

# Properties: the same examples every time, or, with --hypothesis-profile=long, many and others each time.
settings.register_profile("tests", derandomize=True, deadline=None, database=None, max_examples=100, print_blob=False,
                          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
settings.register_profile("long", settings.get_profile("tests"), derandomize=False, max_examples=2000)
settings.load_profile("tests")

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests in one xdist process: a second server would only compete for the same cores."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def dashboard_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the dashboard prints."""
    return tmp_path_factory.mktemp("dashboard") / "streamlit.log"


@pytest.fixture(scope="session")
def dashboard(dashboard_log: Path) -> Iterator[str]:
    """The address of a running dashboard."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    # A file, not a pipe: a pipe that nobody reads blocks the server, and a closed one makes it deaf to SIGTERM.
    with dashboard_log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _healthy(port):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the dashboard did not start:\n{dashboard_log.read_text(errors='replace')}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module")  # not session: Playwright keeps an event loop running that other tests would meet
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        reason = f"no browser: none of {', '.join(BROWSERS)} is installed (see tools/browser.sh)"
        # Where nobody reads the list of skipped tests, a missing browser must not look like a pass.
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def foreign_requests() -> list[str]:
    """The addresses outside this machine that the page asked for."""
    return []


@pytest.fixture
def page(browser: Browser, dashboard: str, foreign_requests: list[str]) -> Iterator[Page]:
    def refuse(route: Route) -> None:
        foreign_requests.append(route.request.url)
        route.abort()

    context = browser.new_context(
        base_url=dashboard,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(PATIENCE_MS)
    context.route(OUTSIDE, refuse)
    yield context.new_page()
    context.close()
    assert not foreign_requests, f"the page asked other machines for {foreign_requests}"


@pytest.fixture(autouse=True)
def chinese():
    """Every test starts in Chinese, whatever the one before it spoke."""
    use_language("zh")
