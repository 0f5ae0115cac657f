"""A Dask cluster of separate processes on this machine: the same bytes, also after a worker has died."""
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import command  # noqa: F401  (a fixture)
from test_shards import bytes_of, finished, wait_for

from simulator.batches import batch
from simulator.language import use_language

BASE = """region = "beijing"
start = "2025-01"
months = 240
[[people]]
name = "A"
birth = "1980-05"
sex = "male"
insured = "employee"
wage = 10000
medical = { pharmacy = 60.00, tertiary = 200.00 }
"""
SWEEP = """base = "base.toml"
[grid]
people.A.wage = { from = 5000, to = 24900, step = 100 }
"""
LOCAL = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")


@pytest.fixture
def cluster(tmp_path):
    """(address, scheduler, workers): processes each of their own."""
    card, processes = tmp_path / "scheduler.json", []

    def started(name, *arguments):
        with (tmp_path / f"{name}.log").open("wb") as log:
            processes.append(subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{name.split('-')[0]}", *arguments, *LOCAL],
                                              stdout=log, stderr=log, cwd=tmp_path))
        return processes[-1]
    try:
        started("scheduler", "--port", "0", "--scheduler-file", str(card))
        wait_for(card.exists)
        workers = [started(f"worker-{number}", "--scheduler-file", str(card), "--nthreads", "1", "--no-nanny") for number in (1, 2)]
        wait_for(lambda: all(b"Registered to" in (tmp_path / f"worker-{number}.log").read_bytes() for number in (1, 2)))
        yield json.loads(card.read_text())["address"], processes[0], workers
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("base.toml").write_text(BASE, "utf-8")
    Path("sweep.toml").write_text(SWEEP, "utf-8")
    return "sweep.toml"


def test_a_cluster_comes_to_the_same_bytes_also_when_a_worker_dies(cluster, sweep, tmp_path):
    address, _, workers = cluster
    run = subprocess.Popen([sys.executable, "-m", "simulator", "batch", sweep, "--out", "cluster", "--scheduler", address])
    wait_for(lambda: len(finished(tmp_path / "cluster")) >= 2)
    workers[0].kill()
    at_death = len(finished(tmp_path / "cluster"))
    assert run.wait(120) == 0 and at_death < 20             # it died in the middle
    done = batch(sweep, tmp_path / "local")
    assert done.runs == 200 and bytes_of(tmp_path / "cluster") == bytes_of(tmp_path / "local")


PEOPLE = """start = "2024-01"
months = 40
[[groups]]
name = "a"
region = "beijing"
people = 5000
insured = "employee"
age = [{ from = 25, to = 50, share = 1 }]
wage = { median = 8000, spread = 0.4 }
[care]
outpatient = [{ yearly = 6, median = 200, spread = 1 }]
outpatient_places = { pharmacy = 0.5, tertiary = 0.5 }
"""


def test_a_population_does_too(cluster, tmp_path):
    address, _, workers = cluster
    (tmp_path / "people.toml").write_text(PEOPLE, "utf-8")
    simulator = (sys.executable, "-m", "simulator", "population", str(tmp_path / "people.toml"), "--accounts", "600", "--out")
    run = subprocess.Popen([*simulator, str(tmp_path / "cluster"), "--scheduler", address])
    wait_for(lambda: len(finished(tmp_path / "cluster")) >= 2)
    workers[0].kill()
    at_death = len(finished(tmp_path / "cluster"))
    assert run.wait(120) == 0 and at_death < 16
    subprocess.run([*simulator, str(tmp_path / "local")], check=True)
    assert bytes_of(tmp_path / "cluster") == bytes_of(tmp_path / "local")


def test_a_scheduler_that_dies_stops_the_run_and_it_goes_on_without(cluster, sweep, tmp_path):
    address, scheduler, _ = cluster
    run = subprocess.Popen([sys.executable, "-m", "simulator", "batch", sweep, "--out", "cluster", "--scheduler", address, "--lang", "en"],
                           stderr=subprocess.PIPE)
    wait_for(lambda: len(finished(tmp_path / "cluster")) >= 2)
    scheduler.kill()
    said = run.communicate(timeout=120)[1].decode()
    assert run.returncode == 1 and "go on with --resume" in said, said
    use_language("en")
    done = batch(sweep, tmp_path / "cluster", resume=True)
    assert done.runs == 200


def test_no_scheduler_is_said(sweep, command):  # noqa: F811
    code, _, err = command("batch", sweep, "--out", "out", "--scheduler", "tcp://127.0.0.1:9", "--lang", "en")
    assert code == 2 and "cannot reach tcp://127.0.0.1:9" in err
    assert command("batch", sweep, "--out", "out", "--scheduler", "nonsense://")[0] == 2
    assert not Path("out").exists()


@pytest.mark.parametrize("address, said", [
    ("foo", "is no address of a scheduler"), ("tcp://:8786", "is no address"), ("tcp://127.0.0.1:x", "is no address"),
    ("tcp://127.0.0.1:65536", "is no address"), ("http://127.0.0.1:8786", "is no address"), ("inproc://", "is no address"),
    ("inproc://nowhere", "cannot reach"), ("tls://127.0.0.1:9", "cannot reach")])     # without certificates
def test_what_is_no_address_is_said_at_once_and_nothing_after_it(sweep, address, said):
    run = subprocess.run([sys.executable, "-m", "simulator", "batch", sweep, "--out", "out", "--scheduler", address, "--lang", "en"],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 2 and len(run.stderr.splitlines()) == 2 and f"--scheduler – {said}" in run.stderr, run.stderr
    assert address in run.stderr and not Path("out").exists()


def test_the_guide_names_options_there_are():
    guide = (Path(__file__).parent.parent / "docs" / "cluster.md").read_text("utf-8")
    for line in "".join(re.findall(r"```sh\n(.*?)```", guide, re.S)).splitlines():
        if module := re.search(r"distributed\.cli\.\w+", line):
            known = subprocess.run([sys.executable, "-m", module[0], "--help"], capture_output=True, text=True, check=True).stdout
            options = re.findall(r"--[a-z-]+", line)
            assert options and not [option for option in options if option not in known]
