"""How fast populations are: `python benchmarks/population.py`, in the environment the simulator is installed in.

The same lives on every contestant in one run, in turns; the best of several rounds counts, as whatever else the machine
does only ever adds. A contestant that does not come to the same sums to the fen ends the program, with no number
printed. One thread each unless it says otherwise; rates are account-months for each second of CPU time.

OpenFisca-Core and cashflower want other versions of NumPy and pandas than the simulator: put them into an environment
of their own and name its Python, or they are left out:

    python -m venv frameworks && frameworks/bin/pip install openfisca-core cashflower
    python benchmarks/population.py --frameworks frameworks/bin/python
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, process_time

FOLDER = Path(__file__).resolve().parent / "contestants"
ROUNDS = 30                         # short ones: the best of many finds the quiet moments of a machine
PLAIN_PYTHON = 1000                 # the engine takes so many times the accounts of plain Python,
CASHFLOWER = 200                    # … of cashflower
MEMORY = (100_000, 1_000_000)       # accounts
ONE_PIECE = """
import json, resource, sys, time
begin = time.perf_counter(), time.process_time()
import numpy
from simulator.populations.run import population
result = population(sys.argv[1], accounts=int(sys.argv[2]), workers=1, compiled=True)
print(json.dumps([time.perf_counter() - begin[0], time.process_time() - begin[1], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


class Contest:
    """Contestants on one population file. Each is (name, accounts, run), where run() gives (wall, CPU, what it comes to)."""

    def __init__(self, file, title, remark):
        from simulator.populations.file import load
        from simulator.populations.machine import Machine
        from simulator.populations.world import Model
        self.title, self.remark, self.file = title, remark, FOLDER / file
        self.model = Model(load(self.file))
        self.key = self.model.group_key(0, self.model.population.seed)
        self.engine = Machine(self.model)
        self.contestants, self.times, self.expected = [], {}, {}

    def add(self, name, accounts, engine):
        """A contestant that does what the engine does."""
        import numpy as np
        numbers = np.arange(accounts)
        self.contestants.append((name, accounts, lambda: timed(lambda: engine.live(0, self.key, numbers))))

    def add_worker(self, name, accounts, worker):
        """A contestant in a process of its own, which answers with some of the results."""
        self.contestants.append((name, accounts, worker.run))

    def run(self, rounds):
        """Some rounds, in turns; the first, which fills caches and is checked, does not count."""
        for number in range(rounds + 1):
            for name, accounts, run in self.contestants:
                wall, cpu, found = run()
                if number == 0:
                    self.check(name, accounts, found)
                else:
                    best = self.times.get(name, (wall, cpu))
                    self.times[name] = min(wall, best[0]), min(cpu, best[1])
        return self

    def check(self, name, accounts, found):
        """The end of the program where a contestant does not come to what the engine comes to."""
        import numpy as np
        if accounts not in self.expected:
            self.expected[accounts] = self.engine.live(0, self.key, np.arange(accounts))
        expected = results(self.expected[accounts]) | {"is_broken": 0}
        for result, numbers in (found if isinstance(found, dict) else results(found)).items():
            if (np.array(numbers) != expected[result]).any():
                raise SystemExit(f"{self.file.name}: {name} does not come to the engine's {result}")

    def account_months(self, accounts):
        return int(self.expected[accounts].column("lives").sum())

    def rows(self):
        """(name, accounts, account-months a CPU second, nanoseconds of each, ratio to the engine) of each contestant."""
        rates = [(name, accounts, self.account_months(accounts) / self.times[name][1]) for name, accounts, _ in self.contestants]
        return [(name, accounts, rate, 1e9 / rate, rates[0][2] / rate) for name, accounts, rate in rates]


def results(counts):
    """What has to be the same by its name: sums by month, balances by bucket, how many months broke an identity."""
    from simulator.populations.lives import COUNTED
    return {"sketch": counts.sketch[0], "is_broken": counts.broken, **{column: counts.column(column)[0] for column in COUNTED}}


def timed(function):
    wall, cpu = perf_counter(), process_time()
    found = function()
    return perf_counter() - wall, process_time() - cpu, found


def contests(accounts, frameworks, notes):
    """The three parts of the job, each with those who can express it."""
    from contestants.c_loop import CLoop, compiler
    from contestants.formulas import Worker
    from contestants.numpy_chunks import NumPy

    from simulator.populations.interpreter import Interpreter
    whole = Contest("whole.toml", "the whole law", "gaps, arrears, late fees, back-payment, waits, retirement, deaths, visits, stays")
    plain = Contest("plain.toml", "without gaps", "premiums, credit, interest, visits and stays through the pool and the account")
    paying = Contest("paying.toml", "paying in", "base, premium, credit, interest, balance")
    for contest in (whole, plain, paying):
        contest.add("engine", accounts, contest.engine)
        if compiler():
            contest.add("C loop", accounts, CLoop(contest.model))
    whole.add("plain Python", max(1, accounts // PLAIN_PYTHON), Interpreter(whole.model))
    if not compiler():
        notes.append("C loop: left out, there is no gcc")
    for contest in (plain, paying):
        contest.add("chunked NumPy", accounts, NumPy(contest.model))
    for name, title, many, those in (("openfisca", "OpenFisca-Core", accounts, (plain, paying)),
                                     ("cashflower", "cashflower", max(1, accounts // CASHFLOWER), (paying,))):
        try:
            workers = [Worker(frameworks, name, contest.model, many) for contest in those]
        except OSError as error:
            notes.append(f"{title}: left out ({error}); see the start of {Path(__file__).name}")
            continue
        versions = ", ".join(f"{one} {version}" for one, version in workers[0].versions.items())
        notes.append(f"{title}: {versions}, in a process of its own")
        for contest, worker in zip(those, workers):
            contest.add_worker(title, many, worker)
    return whole, plain, paying


def threads(contest, accounts, rounds):
    """Best wall seconds {(accounts, threads)} of the engine on n, 2n, 4n accounts, one thread and two."""
    import numpy as np
    best = {}
    with ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            for many in (accounts, 2 * accounts, 4 * accounts):
                for workers in (1, 2):
                    parts = np.array_split(np.arange(many), workers)
                    wall, _, _ = timed(lambda parts=parts: list(pool.map(lambda part: contest.engine.live(0, contest.key, part), parts)))
                    best[many, workers] = min(wall, best.get((many, workers), wall))
    return best


def fresh(accounts, cache):
    """A new process that runs `whole.toml`: (wall seconds, CPU seconds, peak bytes)."""
    # What a child is charged with includes what its parent held when it was started: so a small one starts it.
    small = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], check=True)"
    done = subprocess.run([sys.executable, "-c", small, "-c", ONE_PIECE, str(FOLDER / "whole.toml"), str(accounts)], check=True, text=True,
                          stdout=subprocess.PIPE, env={**os.environ, "SIMULATOR_CACHE": cache})
    wall, cpu, peak = json.loads(done.stdout)
    return wall, cpu, peak * (1 if sys.platform == "darwin" else 1024)


def processor():
    """The name of the processor, where the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def about():
    """What this was measured on."""
    import numba
    import numpy
    asked = ["gcc", "-dumpfullversion"]
    gcc = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() if shutil.which("gcc") else ""
    return [f"{processor()}, {os.cpu_count()} processors, {platform.system()}",
            f"Python {platform.python_version()}, numba {numba.__version__}, NumPy {numpy.__version__}{gcc and ', gcc '}{gcc}"]


def table(heads, rows, is_markdown):
    """Print a table; the first column is text, the others are numbers."""
    cells = [heads, *rows]
    if is_markdown:
        cells.insert(1, ["---", *["---:"] * (len(heads) - 1)])
        print("\n".join("| " + " | ".join(row) + " |" for row in cells), end="\n\n")
        return
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        print("  ".join(cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths))))
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=20_000, help="of the engine, in each round")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the best counts")
    parser.add_argument("--frameworks", default=sys.executable, help="the Python that has openfisca-core and cashflower")
    parser.add_argument("--warm", action="store_true", help="do not measure the first compile, which takes a minute")
    parser.add_argument("--markdown", action="store_true", help="print tables for docs/speed.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.warm:
            folder = os.environ.get("SIMULATOR_CACHE", "")
        os.environ["SIMULATOR_CACHE"] = folder              # so that everything below starts warm
        cold = None if options.warm else fresh(300, folder)
        fresh(300, folder)
        warm = min(fresh(300, folder) for _ in range(3))
        peaks = [(many, fresh(many, folder)[2]) for many in MEMORY]
        notes = []
        measured = [contest.run(options.rounds) for contest in contests(options.accounts, options.frameworks, notes)]
        scaled = threads(measured[0], options.accounts, min(options.rounds, 5))
    for line in about() + notes:
        print(f"- {line}")
    print()
    for contest in measured:
        table([f"{contest.title} (`{contest.file.name}`)", "accounts", "million account-months/s", "ns each", "engine is × as fast"],
              [[name, f"{many:,}", f"{rate / 1e6:.3f}", f"{each:,.0f}", f"{ratio:,.2f}"]
               for name, many, rate, each, ratio in contest.rows()], options.markdown)
    one = scaled[options.accounts, 1]
    table(["accounts, engine, the whole law", "one thread, s", "× n", "two threads, s", "one ÷ two"],
          [[f"{many:,}", f"{scaled[many, 1]:.2f}", f"{scaled[many, 1] / one:.2f}", f"{scaled[many, 2]:.2f}",
            f"{scaled[many, 1] / scaled[many, 2]:.2f}"] for many, workers in scaled if workers == 1], options.markdown)
    table(["a new process", "accounts", "wall, s", "CPU, s", "peak memory, MB"],
          [[name, f"{many:,}", *(f"{seconds:.1f}" if seconds else "" for seconds in times), f"{peak / 2**20:.0f}"]
           for name, many, times, peak in [
               *([("cold: compiles", 300, cold[:2], cold[2])] if cold else []), ("warm: from disk", 300, warm[:2], warm[2]),
               *(("warm", many, (0, 0), peak) for many, peak in peaks)]], options.markdown)


if __name__ == "__main__":
    main()
