"""How fast the dashboard answers: `python benchmarks/dashboard.py`, with a Chromium on the machine. Takes some three minutes.

Times in the browser also stand as a multiple of those of a Streamlit page that holds one input and one number, opened and
changed in turns with ours: that is what browser, Streamlit and the other users of the machine cost, whatever we do.
"""
import json
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
LEAST = '''import streamlit as st
wage = st.number_input("月工资（元）", value=9000.0)
st.metric("期末余额", f"{wage:,.2f}")
'''
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
WAGE = "月工资（元）"
VISITS, CHANGES = 5, 15
USERS, SECONDS, THINKING = 20, 60, (2, 4)       # people at once, for how long, and seconds between their changes
TARGETS = {"a change, new trajectory": 0.3, "first paint": 2, "median answer": 1}

# From the key press until both the first figure and the line of the chart are new on the screen.
CHANGED = """label => new Promise(done => {
    const input = [...document.querySelectorAll('input')].find(one => one.getAttribute('aria-label') === label)
    const figure = () => document.querySelector('[data-testid=stMetricValue]')?.innerText
    const chart = () => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg path')].map(one => one.getAttribute('d')).join()
    const before = [figure(), chart()]
    let begin = null
    input.addEventListener('keydown', event => { if (event.key === 'Enter') begin = performance.now() }, {once: true, capture: true})
    const look = () => {
        if (begin !== null && figure() !== before[0] && (!before[1] || chart() !== before[1])) done(performance.now() - begin)
        else requestAnimationFrame(look)
    }
    look()
})"""


@contextmanager
def served(page, *options):
    """A server of a page: (its address, its process)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(page), f"--server.port={port}", "--server.address=127.0.0.1",
               "--server.headless=true", "--browser.gatherUsageStats=false", *options]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address, server
    finally:
        server.terminate()
        server.wait()


def in_browser(ours, least):
    """{what: ([seconds of ours], [seconds of the least page])}, in turns."""
    from playwright.sync_api import sync_playwright
    executable = next(filter(None, map(shutil.which, BROWSERS)))
    times = {name: ([], []) for name in ("first paint", "key figures", "trajectory", "a change, new trajectory")}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        contexts = [chromium.new_context(base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 900})
                    for address in (ours, least)]
        for visit in range(VISITS + 1):                     # the first one warms server and browser, and does not count
            for which, context in enumerate(contexts):
                page = context.new_page()
                found = first_visit(page, "[data-testid=stVegaLiteChart] svg path" if which == 0 else None)
                for name, seconds in found.items():
                    if visit:
                        times[name][which].append(seconds)
                page.close()
        pages = [context.new_page() for context in contexts]
        for page in pages:
            first_visit(page)
        for change in range(CHANGES + 3):
            for which, page in enumerate(pages):
                seconds = changed(page, 9000 + 37.11 * (change + 1))
                if change >= 3:
                    times["a change, new trajectory"][which].append(seconds)
        chromium.close()
    return times


def first_visit(page, last=None):
    begin = time.perf_counter()
    page.goto("/", wait_until="commit")
    page.wait_for_selector("[data-testid=stMetricValue]")
    found = {"key figures": time.perf_counter() - begin}
    if last:
        page.wait_for_selector(last)
        found["trajectory"] = time.perf_counter() - begin
    found["first paint"] = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    page.wait_for_timeout(1000)
    return found


def changed(page, wage):
    """Seconds from the key press to the new trajectory."""
    page.evaluate(f"label => {{ window.answered = ({CHANGED})(label) }}", WAGE)
    field = page.get_by_label(WAGE, exact=True)
    field.fill(f"{wage:.2f}")
    field.press("Enter")
    seconds = page.evaluate("() => window.answered") / 1000
    page.wait_for_timeout(400)
    return seconds


# ── many at once ───────────────────────────────────────────────────────────────────────────────────

def many(address, server):
    """(seconds of each answer, what went wrong, bytes a session): people who each change their wage for a minute."""
    ask(address, {})                                        # warm
    before = memory(server)
    answers, wrong, people = [], [], []
    for number in range(USERS):
        people.append(threading.Thread(target=person, args=(address, number, answers, wrong)))
        people[-1].start()
    for one in people:
        one.join()
    return answers, wrong, (memory(server) - before) / USERS


def person(address, number, answers, wrong):
    """Changes the wage again and again, and holds every answer against the library's."""
    import simulator
    scenario = simulator.load(ROOT / "scenarios" / "kunshan.toml").data
    dice = random.Random(number)
    try:
        session = ask(address, {})["session_id"]
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(dice.uniform(*THINKING))
            wage = dice.randrange(500_000, 2_500_000) / 100
            begin = time.perf_counter()
            page = ask(address, {"session_id": session, "widget_state": {"people.0.wage": wage}})
            answers.append(time.perf_counter() - begin)
            people = [{**scenario["people"][0], "wage": wage}]
            closing = simulator.run({**scenario, "people": people, "expect": []}).summary()["closing"] / 100
            if page["status"] != "ready" or f"¥{closing:,.2f}" not in json.dumps(page, ensure_ascii=False):
                wrong.append(f"person {number}: not ¥{closing:,.2f}")
    except Exception as error:  # noqa: BLE001  # whatever happens to a visitor counts
        wrong.append(f"person {number}: {error!r}")


def ask(address, what):
    request = urllib.request.Request(f"{address}/_stcore/agent/interact", json.dumps(what).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def memory(server):
    """What a process holds, bytes."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text())[1]) * 1024


def main():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "least.py").write_text(LEAST, "utf-8")
        with served(ROOT / "app.py") as (ours, _), served(Path(folder) / "least.py") as (least, _):
            times = in_browser(ours, least)
    print(f"{'in the browser, median':34}{'ms':>7}{'slowest':>9}{'× least page':>14}{'target':>9}")
    for name, (mine, its) in times.items():
        row = f"{name:34}{median(mine) * 1000:7.0f}{max(mine) * 1000:9.0f}"
        row += f"{median(mine) / median(its):14.1f}" if its else " " * 14
        print(row + target(name, median(mine)))
    with served(ROOT / "app.py", "--server.enableAgentApi=true") as (address, server):
        answers, wrong, each = many(address, server)
    answers.sort()
    print(f"\n{USERS} people for {SECONDS} s: {len(answers)} answers, {len(wrong)} errors, memory a session {each / 2**20:.1f} MB")
    print(f"{'median answer':34}{median(answers) * 1000:7.0f}{answers[-1] * 1000:9.0f}{'':14}{target('median answer', median(answers))}")
    print(f"{'of 20 answers all but one within':34}{answers[int(len(answers) * 0.95)] * 1000:7.0f}")
    for one in wrong[:10]:
        print(one)


def target(name, seconds):
    if name not in TARGETS:
        return ""
    return f"{f'< {TARGETS[name] * 1000:g}':>9}{'' if seconds < TARGETS[name] else '  missed'}"


if __name__ == "__main__":
    main()
