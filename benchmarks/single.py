"""How fast one person is: `python benchmarks/single.py`, in the environment the simulator is installed in.

Every time also stands as a multiple of a plain Python loop on the same machine, so that machines can be compared.
The best of several tries counts: whatever else the machine does only ever adds. "Cold" is a new interpreter, with
the files in the disk cache and compiled, as from the second start on.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = Path("scenarios") / "kunshan.toml"
REGION, START, MONTHS = "jiangsu/suzhou/kunshan", "2025-01", 360
BILLS = {"no bills": {}, "one bill a month": {"pharmacy": 60}, "two bills a month": {"pharmacy": 60, "tertiary": 300}}
TARGETS = {"law": 0.005, "import": 0.3, "simulator run": 1, "rules": 0.02}      # seconds


def best(functions, rounds=25):
    """{name: the shortest of several tries, seconds}. In turns, so that a slow moment of the machine hits all alike.

    The first round, which fills the caches, does not count.
    """
    times = {name: [] for name in functions}
    for _ in range(rounds + 1):
        for name, function in functions.items():
            begin = perf_counter()
            function()
            times[name].append(perf_counter() - begin)
    return {name: min(found[1:]) for name, found in times.items()}


def reference():
    """The loop that everything is measured by: a million whole numbers."""
    total = 0
    for number in range(1_000_000):
        total += number * 7 % 13
    return total


class Interpreter:
    """Starts new interpreters that keep what they compile in `folder`, so that no setting of ours slows them."""

    def __init__(self, folder):
        self.options = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "env": {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPYCACHEPREFIX": folder}}

    def run(self, *arguments):
        subprocess.run([sys.executable, *arguments], check=True, **self.options)

    def peak_memory(self, *arguments):
        """The most memory the program held at once, bytes; None where the system does not say."""
        if not hasattr(os, "wait4"):
            return None
        child = subprocess.Popen([sys.executable, *arguments], **self.options)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, arguments)
        return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def through_the_law(medical):
    """A function that carries one person through thirty years of the law, and does nothing else."""
    from simulator.law.account import Missed, Tally
    from simulator.law.month import household_month
    from simulator.scenario import Scenario
    from simulator.timeline import Timeline
    timeline = Timeline(scenario := Scenario.from_dict({"region": REGION, "start": START, "months": MONTHS, "people": [{
        "name": "A", "birth": "1990-05", "sex": "male", "insured": "employee", "wage": 9000, "medical": medical}]}))
    months = [timeline.month(month, timeline.opening_accounts()) for month in range(scenario.start, scenario.end)]

    def thirty_years():
        accounts, missed = timeline.opening_accounts(), [Missed(MONTHS)]
        for people in months:
            household_month(accounts, people, missed, (), (), timeline.rows, scenario.start, [Tally()], [])
    return thirty_years


def compile_rules():
    """Thirty years of a region's rules as rows of integers, its files already read."""
    from simulator import months, policy
    policy.RuleTable(policy.region(REGION), months.month_number(START), MONTHS)


def read_and_compile_rules():
    """The same, with the files of the region and of all it inherits from read anew."""
    from simulator import policy
    policy.region.cache_clear()
    compile_rules()


def main():
    command = ("-m", "simulator", "run", str(SCENARIO))
    with tempfile.TemporaryDirectory() as folder:
        new = Interpreter(folder)
        new.run(*command)
        # Memory before the law is imported here: a child is charged with what its parent holds when it is started.
        bare_memory, memory = (new.peak_memory(*arguments) for arguments in (("-c", "pass"), command))
        times = best({
            "loop": reference,
            "bare": lambda: new.run("-c", "pass"),
            **{f"law, 30 years, {name}": through_the_law(medical) for name, medical in BILLS.items()},
            "import simulator": lambda: new.run("-c", "import simulator"),
            "import simulator; simulator.run": lambda: new.run("-c", "import simulator; simulator.run"),
            "simulator run, cold": lambda: new.run(*command),
            "rules of a region, 30 years: read and compile": read_and_compile_rules,
            "rules of a region, 30 years: compile": compile_rules,
        })
    loop, bare = times.pop("loop"), times.pop("bare")
    print(f"Python {sys.version.split()[0]} on {sys.platform}; loop {loop * 1000:.1f} ms, bare interpreter {bare * 1000:.1f} ms\n")
    print(f"{'':46}{'ms':>8}{'× loop':>9}{'target':>9}")
    for name, seconds in times.items():
        target = next(target for start, target in TARGETS.items() if name.startswith(start))
        if name.startswith("import"):
            seconds = max(0, seconds - bare)
        print(f"{name:46}{seconds * 1000:8.2f}{seconds / loop:9.3f}{f'< {target * 1000:g}':>9}"
              f"{'' if seconds < target else '  missed'}")
    if memory:
        print(f"\npeak memory of simulator run: {memory / 2**20:.0f} MB, {memory / bare_memory:.1f} × a bare interpreter")


if __name__ == "__main__":
    main()
