"""How fast many runs are: `python benchmarks/batch.py`, in the environment the simulator is installed in.

Ten thousand runs of ten years, as an analyst would ask for them, then the same command again with `--resume`, then
`verify`. Every time also stands as a multiple of what the runs alone take in one process, one after the other. On a
machine that has other work to do look at the processor time: it is what the pieces and the tables need, whoever waits.
"""
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from single import reference

BASE = """region = "jiangsu/suzhou/kunshan"
start = "2025-01"
months = 120
[[people]]
name = "A"
birth = "1988-03"
sex = "female"
insured = "employee"
wage = 8000.00
opening = { current = 300.00, carried = 5200.00 }
medical = { pharmacy = 60.00, tertiary = 100.00 }
"""
SWEEP = """base = "base.toml"
[grid]
region = ["beijing", "shanghai", "kunshan", "wuhan", "shenzhen"]
people.0.wage = { from = 3000, to = 22900, step = 100 }
people.0.medical.pharmacy = [0, 60, 120, 200, 400]
rules.credit.employee_rate = [0.02, 0.01]
"""
RUNS, SAMPLE = 10_000, 100
TARGETS = {"batch": 120, "batch --resume": 10}          # seconds, on two cores


def seconds(function, clock=perf_counter):
    begin = clock()
    function()
    return clock() - begin


def processor_time(folder):
    """Seconds of a processor for all pieces, from some of them, and for the tables and figures of the whole."""
    from simulator.batches import Plan, merge, work
    plan = Plan.of([folder / "sweep.toml"])
    pieces = plan.pieces()
    some = pieces[::len(pieces) // 6]
    of_pieces = seconds(lambda: [work(*piece.arguments) for piece in some], process_time)
    done = [{name: folder / "out" / name for name in piece.arguments[:2]} for piece in pieces]
    return of_pieces * RUNS / sum(piece.weight for piece in some), seconds(lambda: merge(plan, done), process_time)


def main():
    from simulator.engine import run
    from simulator.sweep import read_sweep
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "base.toml").write_text(BASE, "utf-8")
        (Path(folder) / "sweep.toml").write_text(SWEEP, "utf-8")
        sweep = read_sweep(Path(folder) / "sweep.toml")
        assert len(sweep) == RUNS
        run(sweep.scenario(0))
        every = RUNS // SAMPLE

        def some():
            for number in range(0, RUNS, every):
                run(sweep.scenario(number))

        def command(*words):
            subprocess.run([sys.executable, "-m", "simulator", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        loop = min(seconds(reference) for _ in range(5))
        alone = min(seconds(some) for _ in range(3)) / SAMPLE
        times = {"batch": seconds(lambda: command("batch", "sweep.toml", "--out", "out")),
                 "batch --resume": seconds(lambda: command("batch", "sweep.toml", "--out", "out", "--resume")),
                 "verify": seconds(lambda: command("verify", "out"))}
        of_pieces, of_tables = processor_time(Path(folder))
        size = sum(path.stat().st_size for path in (Path(folder) / "out").rglob("*") if path.is_file())
    print(f"Python {sys.version.split()[0]} on {sys.platform}; loop {loop * 1000:.1f} ms; "
          f"one run of ten years {alone * 1000:.2f} ms, {alone / loop:.3f} × loop\n")
    print(f"{'':20}{'s':>8}{'× runs alone':>14}{'target':>9}")
    for name, taken in times.items():
        target = TARGETS.get(name)
        print(f"{name:20}{taken:8.1f}{taken / (alone * RUNS):14.3f}{f'< {target}' if target else '':>9}"
              f"{'  missed' if target and taken > target else ''}")
    print(f"\nprocessor time: pieces {of_pieces:.0f} s, tables and figures {of_tables:.0f} s: "
          f"{of_pieces / 2 + of_tables:.0f} s on two cores that do nothing else")
    print(f"{size / 2**20:.0f} MB written, {size / RUNS:.0f} bytes a run")


if __name__ == "__main__":
    main()
