"""Fuzzing of everything that reads what a stranger wrote: `make fuzz`, or from the folder `tests`

    python -m fuzz --seconds 300 [scenario upload …]

Each kind of file is fuzzed for its share of the time in a process of its own. With atheris installed, inputs that reach new
code are kept in `.fuzz/corpus` and go on from there the next time; without it, inputs are drawn blindly. A fault is shrunk
and put into `.fuzz/found` with the command and what was wrong; the exit code is 1 if there is any. Once mended, its file
goes to `tests/cases/fuzz/<kind>/`, under a name that says what it shows, and is tried by the tests from then on.
"""
import argparse
import json
import re
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from random import Random
from time import monotonic

SHARES = {"scenario": 6, "population": 3, "sweep": 3, "upload": 3, "region": 2, "change": 2, "link": 1}
ROOT = Path(__file__).parents[2]
FOUND, CORPUS, CASES = ROOT / ".fuzz" / "found", ROOT / ".fuzz" / "corpus", ROOT / "tests" / "cases" / "fuzz"
SHRINKING, HANGING = 30, 120        # seconds for a fault; after the end of a process's time
MOST_KEPT, LARGEST_KEPT, LARGEST = 200, 20_000, 200_000     # inputs of a corpus, all of which are tried first; bytes


def main():
    reader = argparse.ArgumentParser(prog="fuzz", description=__doc__.split("\n")[0])
    reader.add_argument("kinds", nargs="*", choices=[*SHARES, []], help="what is fuzzed; everything by default")
    reader.add_argument("--seconds", type=float, default=300)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--blind", action="store_true", help="without atheris")
    reader.add_argument("--shrink", help=argparse.SUPPRESS)
    reader.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = reader.parse_args()
    if given.shrink:
        return _shrink(Path(given.shrink))
    if given.child:
        return _child(given.kinds[0], given.seconds, given.seed, given.blind or find_spec("atheris") is None)
    kinds, count = given.kinds or list(SHARES), 0
    for kind in kinds:
        count += _fuzz(kind, given.seconds * SHARES[kind] / sum(SHARES[one] for one in kinds), given.seed, given.blind)
    print(f"{count} faults" + f": see {FOUND}" * bool(count))
    return int(count > 0)


def _fuzz(kind, seconds, seed, is_blind):
    """Fuzz a kind for so long, whatever a single input does to the process; how many faults there are."""
    folder, end, runs = FOUND / kind, monotonic() + seconds, 0
    folder.mkdir(parents=True, exist_ok=True)
    known = set(folder.iterdir())
    while (left := end - monotonic()) > 1 or not runs:
        command = [sys.executable, "-m", "fuzz", kind, "--child", "--seconds", str(max(1, left)), "--seed", str(seed + runs)]
        runs += 1
        last = folder / "last"
        try:
            done = subprocess.run([*command, *["--blind"] * is_blind], cwd=ROOT / "tests", capture_output=True,
                                  timeout=left + HANGING, check=False)
            code, said = done.returncode, done.stderr[-2000:].decode(errors="replace")
        except subprocess.TimeoutExpired:                   # nothing in Python stopped it
            code, said = "a kill, because it hung", ""
        if code:
            if not last.exists():                           # no input has been tried yet
                raise SystemExit(f"{kind}: {said}")
            _keep(folder, last.read_bytes(), "", f"the process died with {code}: {said}")
        last.unlink(missing_ok=True)
    tries = json.loads((folder / "tries").read_text())["tries"] if (folder / "tries").exists() else 0
    (folder / "tries").unlink(missing_ok=True)
    new = sorted(path for path in set(folder.iterdir()) - known if path.suffix == ".json")
    for path in new:
        subprocess.run([sys.executable, "-m", "fuzz", "--shrink", str(path)], cwd=ROOT / "tests", timeout=4 * SHRINKING + 120,
                       check=False)
    found = [path for path in new if path.exists()]
    print(f"{kind:12}{tries:8} inputs in {seconds:.0f} s, {len(found)} faults", flush=True)
    for path in found:
        print(f"    {path.with_suffix('.toml')}: {json.loads(path.read_text())['fault'][:200]}", flush=True)
    return len(found)


# ── in the process of a kind ───────────────────────────────────────────────────────────────────────

def _child(kind, seconds, seed, is_blind):  # noqa: RET503  # atheris ends the process
    if not is_blind:
        import atheris
        with atheris.instrument_imports(include=["simulator"], exclude=["simulator.law", "simulator.populations.lives"]):
            import simulator.dashboard.account
            import simulator.report  # noqa: F401
    from fuzz import entrances, mutations
    _confined(entrances.HARD_MB)
    folder, state = FOUND / kind, {"tries": 0}
    if (folder / "tries").exists():
        state = json.loads((folder / "tries").read_text())
    seeds = [*mutations.seeds(kind), *(path.read_bytes() for path in sorted((CASES / kind).glob("*")) if (CASES / kind).is_dir())]
    for command in entrances.COMMANDS[kind]:                # what is loaded with the first run is no input's fault
        entrances.tried(command, seeds[0])

    def one(raw):
        (folder / "last").write_bytes(raw)
        command = entrances.chosen(kind, raw)
        try:
            entrances.tried(command, raw)
        except entrances.Fault as fault:
            _keep(folder, raw, command, str(fault))
        state["tries"] += 1
        if state["tries"] % 20 == 0:
            (folder / "tries").write_text(json.dumps(state))

    if is_blind:
        draw, end = Random(seed), monotonic() + seconds
        while monotonic() < end:
            one(mutations.mutated(kind, draw.choice(seeds), draw))
        (folder / "tries").write_text(json.dumps(state))
        (folder / "last").unlink()
        return 0

    def mutator(raw, size, number):
        draw = Random(number)
        if draw.random() < 0.1:
            raw = draw.choice(seeds)
        return mutations.mutated(kind, raw, draw)[:size]
    corpus = CORPUS / kind
    corpus.mkdir(parents=True, exist_ok=True)
    newest = sorted(corpus.iterdir(), key=lambda path: -path.stat().st_mtime)
    for number, path in enumerate(newest):
        if number >= MOST_KEPT or path.stat().st_size > LARGEST_KEPT:
            path.unlink()
    for raw in seeds:
        (corpus / sha256(raw).hexdigest()[:16]).write_bytes(raw)
    atheris.Setup([kind, f"-max_total_time={int(seconds)}", f"-max_len={LARGEST}", "-timeout=120", "-rss_limit_mb=3500", f"-seed={seed}",
                   f"-artifact_prefix={folder}/libfuzzer-", str(corpus)], one, custom_mutator=mutator)
    atheris.Fuzz()


def _confined(mb):
    """A process that may take so much and no more: the machine is to live on."""
    import resource
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (mb << 20, mb << 20))


def _keep(folder, raw, command, fault):
    """Write down a fault, if it is none of those there already."""
    path = folder / f"{sha256(_sign(fault).encode()).hexdigest()[:10]}.json"
    if not path.exists():
        path.with_suffix(".toml").write_bytes(raw)
        path.write_text(json.dumps({"command": command, "fault": fault}, ensure_ascii=False))


def _sign(fault):
    """What two faults are the same by: the exception and its place, or what did not hold."""
    what, _, place = fault.partition(" in ")
    sign = f"{what} in {':'.join(place.split(':')[:2])}" if place else ":".join(fault.split(":")[1:2]) or fault
    return re.sub(r"\d+", "", sign)[:100]


def _shrink(path):
    """Make the file of a fault as small as it goes; drop one that is none without what atheris costs."""
    from fuzz import entrances
    _confined(entrances.HARD_MB)
    about, file = json.loads(path.read_text()), path.with_suffix(".toml")
    if not about["command"]:
        return

    def is_same(raw):
        try:
            entrances.tried(about["command"], raw)
        except entrances.Fault as fault:
            return _sign(str(fault)) == _sign(about["fault"])
        return False
    raw, end = file.read_bytes(), monotonic() + SHRINKING
    if not is_same(raw):
        path.unlink()
        file.unlink()
        return
    for split in (lambda raw: raw.splitlines(keepends=True), lambda raw: [raw[place:place + 1] for place in range(len(raw))]):
        parts = split(raw)
        size = len(parts) // 2
        while size and monotonic() < end:
            place = 0
            while place < len(parts) and monotonic() < end:
                fewer = parts[:place] + parts[place + size:]
                if is_same(b"".join(fewer)):
                    parts = fewer
                else:
                    place += size
            size //= 2
        raw = b"".join(parts)
    file.write_bytes(raw)


if __name__ == "__main__":
    sys.exit(main())
