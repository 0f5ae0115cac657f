"""Long work in pieces: whatever kills it, what was finished stays, and the end is the same to the byte.

`KILLS=50 pytest tests/test_shards.py` kills fifty times.
"""
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from shard_work import ABOUT, INPUTS, die, die_once, fail, finish, merge, pieces, work

from simulator import shards
from simulator.problems import InputError
from simulator.shards import Piece, processes, run, verify

KILLS = int(os.environ.get("KILLS", "6"))
def bytes_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def undisturbed(tmp_path):
    finish(tmp_path / "undisturbed")
    return bytes_of(tmp_path / "undisturbed")


# ── the same bytes, whoever does it ────────────────────────────────────────────────────────────────

def test_a_run_leaves_its_files_and_a_manifest_and_nothing_else(undisturbed):
    assert len(undisturbed) == 2 * 20 + 3
    manifest = json.loads(undisturbed["manifest.json"])
    assert manifest["about"] == ABOUT and list(manifest["pieces"]) == [piece.name for piece in pieces()]
    for files in (manifest["inputs"], manifest["outputs"], *manifest["pieces"].values()):
        for name, expected in files.items():
            assert hashlib.sha256(undisturbed[name]).hexdigest() == expected
    assert undisturbed["all.txt"].split() == [b"%d" % number for number in range(20)]


def test_every_executor_comes_to_the_same(undisturbed, tmp_path):
    with ThreadPoolExecutor(3) as pool:
        finish(tmp_path / "threads", executor=pool)
    finish(tmp_path / "processes", executor=processes(2))
    finish(tmp_path / "own threads", executor=shards.threads(2))
    for name in ("threads", "processes", "own threads"):
        assert bytes_of(tmp_path / name) == undisturbed, name


def test_results_without_a_folder():
    assert {piece.name: found for piece, found in shards.results(pieces(5), work)} == {f"{n:03d}": work(n) for n in range(5)}


def test_progress_counts_weights_and_what_was_there_before(tmp_path):
    parts = [Piece(f"{number:03d}", (number,), weight=10) for number in range(8)]
    told = []
    with pytest.raises(ZeroDivisionError):
        finish(tmp_path / "a", pieces=parts, work=fail)
    finish(tmp_path / "a", pieces=parts, resume=True, progress=lambda *seen: told.append(seen))
    assert told == [(50, 80), (60, 80), (70, 80), (80, 80)]


# ── dying workers ──────────────────────────────────────────────────────────────────────────────────

def test_a_worker_that_dies_is_replaced(undisturbed, tmp_path):
    parts = [Piece(f"{number:03d}", (number, str(tmp_path / "flag"))) for number in range(20)]
    finish(tmp_path / "a", pieces=parts, work=die_once, executor=processes(2))
    assert (tmp_path / "flag").exists() and bytes_of(tmp_path / "a") == undisturbed


def test_a_piece_that_kills_every_worker_ends_the_run(tmp_path):
    with pytest.raises(BrokenExecutor):
        finish(tmp_path / "a", work=die, executor=processes(2))


def test_a_pool_of_the_callers_is_not_replaced_but_the_run_can_go_on(undisturbed, tmp_path):
    with ProcessPoolExecutor(2) as pool, pytest.raises(BrokenExecutor):
        finish(tmp_path / "a", work=die, executor=pool)
    finish(tmp_path / "a", resume=True)
    assert bytes_of(tmp_path / "a") == undisturbed


@pytest.mark.parametrize("script, is_piped, said", [
    ("finish('out', executor=processes(2))", False, ""),
    ("list(shards.results(pieces(), work, processes(2)))", False, ""),
    ("if __name__ == '__main__':\n    finish('out', executor=processes(2))", True, ""),
    ("if __name__ == '__main__':\n    finish('out', executor=processes(2))\nelse:\n    1 / 0", False, "ZeroDivisionError")])
def test_workers_that_cannot_start_name_the_guard_and_hide_no_other_cause(tmp_path, script, is_piped, said):
    script = f"from shard_work import *\nfrom simulator import language, shards\nlanguage.use_language('en')\n{script}\n"
    (tmp_path / "script.py").write_text(script, "utf-8")
    paths = os.pathsep.join(map(str, (Path(__file__).parent, Path(__file__).parent.parent)))
    run = subprocess.run([sys.executable, *([] if is_piped else ["script.py"])], input=script if is_piped else "", cwd=tmp_path,
                         env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1 and 'does not stand below if __name__ == "__main__":' in run.stderr.splitlines()[-1], run.stderr
    assert said in run.stderr and (said or "forkserver" not in run.stderr), run.stderr      # no worker's traceback but where it tells


def test_a_pool_may_be_named_above_the_guard(undisturbed, tmp_path):
    script = "from shard_work import *\npool = processes(2)\nif __name__ == '__main__':\n    finish('out', executor=pool)\n"
    (tmp_path / "script.py").write_text(script, "utf-8")
    paths = os.pathsep.join(map(str, (Path(__file__).parent, Path(__file__).parent.parent)))
    subprocess.run([sys.executable, "script.py"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, check=True, timeout=60)
    assert bytes_of(tmp_path / "out") == undisturbed


def test_a_fault_in_a_piece_is_raised_and_what_was_finished_stays(undisturbed, tmp_path):
    with pytest.raises(ZeroDivisionError):
        finish(tmp_path / "a", work=fail)
    assert list(shards.read(tmp_path / "a")["pieces"]) == [f"{number:03d}" for number in range(5)]
    assert not (tmp_path / "a" / ".lock").exists()
    finish(tmp_path / "a", resume=True)
    assert bytes_of(tmp_path / "a") == undisturbed


# ── going on ───────────────────────────────────────────────────────────────────────────────────────

def done_again(tmp_path, folder):
    """The pieces that a resumed run does anew."""
    note = tmp_path / "done again"
    note.unlink(missing_ok=True)
    finish(folder, pieces=pieces(20, 0.0, str(note)), resume=True)
    return sorted(map(int, note.read_text().split())) if note.exists() else []


def test_a_finished_run_is_not_done_again(undisturbed, tmp_path):
    assert done_again(tmp_path, tmp_path / "undisturbed") == []
    assert bytes_of(tmp_path / "undisturbed") == undisturbed


@pytest.mark.parametrize("name, again", [("part/004.bin", [4]), ("note/019.txt", [19]), ("all.txt", []), ("inputs.json", [])])
@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_what_was_damaged_is_noticed_and_made_anew(undisturbed, tmp_path, name, again, damage):
    folder = tmp_path / "undisturbed"
    path = folder / name
    path.unlink() if damage == "gone" else path.write_bytes(undisturbed[name][:-1] + (b"x" if damage == "other" else b""))
    problem, = verify(folder)
    said = "读不到：没有这个文件或文件夹" if damage == "gone" else "内容被改动过"
    assert problem.file == str(path) and str(problem.message) == said
    assert done_again(tmp_path, folder) == again
    assert bytes_of(folder) == undisturbed and verify(folder) == []


def test_half_a_line_in_the_journal_costs_one_piece(undisturbed, tmp_path):
    with pytest.raises(ZeroDivisionError):
        finish(tmp_path / "a", work=fail)
    journal = tmp_path / "a" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    (tmp_path / "a" / "part" / ".tmp-005.bin").write_bytes(b"half")
    assert "not finished" in verify(tmp_path / "a")[0].message.en
    assert done_again(tmp_path, tmp_path / "a") == list(range(4, 20))
    assert bytes_of(tmp_path / "a") == undisturbed


def test_verify_does_not_send_anybody_to_go_on_with_what_is_being_written(tmp_path):
    told = []
    finish(tmp_path / "a", progress=lambda done, total: told.append(str(verify(tmp_path / "a")[0])))
    assert all(f"另一个进程正在写这个文件夹（{os.getpid()} @ " in one and "resume" not in one for one in told) and len(told) == 21
    assert verify(tmp_path / "a") == []


def test_verify_sees_what_does_not_belong_and_a_changed_manifest(undisturbed, tmp_path):
    folder = tmp_path / "undisturbed"
    (folder / "part" / "020.bin").write_bytes(b"")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"seed": 7', '"seed": 8'), "utf-8")
    assert [(problem.file, problem.message.en) for problem in verify(folder)] == [
        (str(manifest), "the manifest was altered"), (str(folder / "part" / "020.bin"), "not a file of this run")]
    manifest.write_text("{", "utf-8")
    assert "cannot be read" in verify(folder)[0].message.en
    with pytest.raises(InputError):
        verify(tmp_path)
    (folder / "manifest.json").write_bytes(undisturbed["manifest.json"])
    assert shards.differing(folder, pieces()[3], work) == []
    assert shards.differing(folder, Piece("003", (4,)), work) == ["note/003.txt", "note/004.txt", "part/003.bin", "part/004.bin"]


DAMAGES = {"no files": lambda found: found["pieces"].update({"003": 5}), "a NUL": lambda found: found["outputs"].update({"a\0b": "0"}),
           "half a letter": lambda found: found["outputs"].update({"\ud800": "0"}), "a number": lambda found: found.update(drawn_with=5),
           "half a name": lambda found: found["pieces"].update({"\ud800": {}}), "a list": lambda found: found.update(about=[])}


@pytest.mark.parametrize("damage", [*DAMAGES, "[" * 100_000, None])
def test_a_damaged_manifest_is_said_to_be_so(undisturbed, tmp_path, damage):
    folder = tmp_path / "undisturbed"
    manifest = folder / "manifest.json"
    if damage is None:
        manifest.unlink()
        manifest.mkdir()
    elif damage in DAMAGES:
        found = json.loads(manifest.read_bytes())
        DAMAGES[damage](found)
        manifest.write_text(json.dumps({**found, "sha256": shards._digest(found)}), "utf-8")
    else:
        manifest.write_text(damage, "utf-8")
    assert [(problem.file, problem.message.en) for problem in verify(folder)] == [(str(manifest), "the manifest cannot be read")]
    refused("the manifest cannot be read", folder, resume=True)


def test_a_damaged_journal_ends_where_it_is_damaged(undisturbed, tmp_path):
    with pytest.raises(ZeroDivisionError):
        finish(tmp_path / "a", work=fail)
    journal = tmp_path / "a" / "journal.jsonl"
    head, *lines = journal.read_text("utf-8").splitlines()
    for wrong in ('{"piece": "003", "files": 5}', '{"piece": "\\ud800", "files": {}}', "[" * 100_000):
        journal.write_text("\n".join([head, *lines[:3], wrong, *lines[3:]]) + "\n", "utf-8")
        assert list(shards.read(tmp_path / "a")["pieces"]) == ["000", "001", "002"]
    assert done_again(tmp_path, tmp_path / "a") == list(range(3, 20))
    assert bytes_of(tmp_path / "a") == undisturbed


# ── not mixing ─────────────────────────────────────────────────────────────────────────────────────

def refused(match, folder, about=ABOUT, **options):
    before = bytes_of(folder)
    with pytest.raises(InputError) as error:
        run(folder, about, pieces(), work, merge, options.pop("inputs", INPUTS), **options)
    assert match in error.value.problems[0].message.en and bytes_of(folder) == before


def test_a_folder_that_holds_anything_else_is_refused(undisturbed, tmp_path):
    folder = tmp_path / "undisturbed"
    refused("--resume", folder)
    refused("other seed", folder, {**ABOUT, "seed": 8}, resume=True)
    refused("other rules", folder, {**ABOUT, "rules": "x"}, resume=True)
    refused("other inputs.json", folder, inputs={"inputs.json": b"[]"}, resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.jpg").touch()
    refused("photo.jpg", tmp_path / "mine", resume=True)
    with pytest.raises(InputError, match="不能写入"):
        run(tmp_path / "mine" / "photo.jpg", ABOUT, pieces(), work, merge)


def test_a_second_run_into_the_same_folder_is_refused(undisturbed, tmp_path):
    folder = tmp_path / "a"
    first = started(folder)
    wait_for((folder / "journal.jsonl").exists)
    with pytest.raises(InputError) as error:
        finish(folder, resume=True)
    assert str(first.pid) in error.value.problems[0].message.en
    first.kill()
    first.wait()
    wait_for(lambda: resumes(folder))                       # the lock goes with its process, and with a worker just being forked
    assert bytes_of(folder) == undisturbed


def resumes(folder):
    """Whether a run is no longer refused: then it is finished."""
    with contextlib.suppress(InputError):
        finish(folder, resume=True)
        return True
    return False


# ── killed at any moment ───────────────────────────────────────────────────────────────────────────

def started(folder, *more):
    return subprocess.Popen([sys.executable, Path(__file__).parent / "shard_work.py", folder, *map(str, more or (0.02,))])


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def workers_of(pid):
    """The processes that descend from one, by /proc."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found += [int(path.parent.name), *workers_of(int(path.parent.name))]
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find the workers")
def test_killed_at_random_moments_nothing_finished_is_lost(undisturbed, tmp_path):
    folder, kills, kept, luck, met_halfway = tmp_path / "a", 0, set(), random.Random(7), 0
    while kills < KILLS:
        process = started(folder)
        if kills % 3:                                       # in the middle of the work
            goal = min(19, len(kept) + luck.randint(1, 6))
            wait_for(lambda goal=goal, process=process: process.poll() is not None or len(finished(folder)) >= goal)
            time.sleep(luck.uniform(0, 0.03))
        else:                                               # at any time, the start and the end too
            time.sleep(luck.uniform(0, 0.8))
        children = workers_of(process.pid)
        if kills % 3 == 2 and len(children) > 2:
            with contextlib.suppress(ProcessLookupError):   # its work is over
                os.kill(children[-1], signal.SIGKILL)       # the run goes on with another worker
            time.sleep(luck.uniform(0, 0.2))
        assert process.poll() in (None, 0)                  # else it would be started for ever
        kills += process.poll() is None
        process.kill()
        process.wait()
        assert kept <= finished(folder)
        met_halfway += 0 < len(finished(folder)) < 20
        kept = finished(folder)
        if len(kept) == 20:                                 # once more from the start
            assert started(folder).wait() == 0 and bytes_of(folder) == undisturbed
            shutil.rmtree(folder)
            kept = set()
        wait_for(lambda children=children: not any(Path(f"/proc/{one}").exists() for one in children))   # nobody is left behind
    assert started(folder).wait() == 0
    assert bytes_of(folder) == undisturbed and met_halfway > KILLS / 4


def finished(folder):
    return set((shards.read(folder) or {"pieces": ()})["pieces"])


# ── a full disk ────────────────────────────────────────────────────────────────────────────────────

@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted as root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_stops_the_run_and_more_room_lets_it_go_on(undisturbed, small_disk, tmp_path):
    folder = small_disk / "a"
    for room in (100, 140, 180):
        subprocess.run(["mount", "-o", f"remount,size={room}k", small_disk], check=True)
        with pytest.raises(OSError, match="No space"):
            finish(folder, resume=True)
        assert not list(folder.rglob(".tmp-*"))
    kept = len(shards.read(folder)["pieces"])
    assert 0 < kept < 20
    subprocess.run(["mount", "-o", "remount,size=2m", small_disk], check=True)
    assert done_again(tmp_path, folder) == list(range(kept, 20))
    assert bytes_of(folder) == undisturbed


# ── a folder that is somebody else's ───────────────────────────────────────────────────────────────

@pytest.mark.parametrize("name", [".tmp-notes", "sub/.tmp-report.docx", "file.txt", ".lock"])
def test_nothing_in_a_strange_folder_is_touched(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("important")
    (tmp_path / "z.txt").write_text("important")
    with pytest.raises(InputError, match="别的内容"):
        shards.run(tmp_path, {"kind": "test"}, [], None, lambda found: [])
    assert (tmp_path / name).read_text() == "important" and (tmp_path / "z.txt").read_text() == "important"


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_a_lock_that_points_elsewhere_is_not_written_through(tmp_path):
    (tmp_path / "target").write_text("important")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".lock").symlink_to(tmp_path / "target")
    with pytest.raises(InputError, match="别的内容"):
        shards.run(tmp_path / "out", {"kind": "test"}, [], None, lambda found: [])
    assert (tmp_path / "target").read_text() == "important"


def test_a_run_killed_before_its_journal_is_begun_again(tmp_path):
    """The inputs are there, one of them half, and the lock of a process that is no more."""
    inputs = {"inputs/a.toml": b"a", "b.toml": b"b"}
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "a.toml").write_bytes(b"a")
    (tmp_path / ".tmp-b.toml").write_bytes(b"")
    (tmp_path / ".lock").write_text("1 @ nowhere")
    shards.run(tmp_path, {"kind": "test"}, [], None, lambda found: [], inputs)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.toml", "inputs", "manifest.json"]
