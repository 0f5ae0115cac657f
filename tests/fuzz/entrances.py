"""Every way in for a file, a link or a change from outside, and what must hold whatever it says.

The program ends with exit code 0, 1 or 2 and no traceback; within 2 s of processor time, or what the months asked for
take; with no more than 500 MB. With 2 nothing was written, and the error says which file. Else what was written is
complete: it can be read back, and nothing temporary is left beside it. `Fault` says which of these does not hold.
"""
import csv
import io
import json
import os
import re
import resource
import signal
import sys
import zlib
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator import cli, engine, scenario_text, shards
from simulator.populations.file import Population
from simulator.problems import InputError
from simulator.scenario import Scenario, load, read
from simulator.sweep import read_sweep
from simulator.toml_files import parse_toml, read_toml

SECONDS, MONTHS_A_SECOND = 2, 2000      # a slow machine does so many months of people a second
MOST_MB, HARD_MB = 500, 4000
BASE = Path(__file__).parents[2] / "scenarios" / "beijing_employee.toml"
NAME = "the file.toml"


class Fault(AssertionError):
    """Something that must hold does not."""


class TooSlow(BaseException):
    """Raised in the middle of whatever goes on; no `except Exception` of the program holds it up."""


# What a file is put through, by what it may be; of the words in capitals, MONTH is the first that the file names.
COMMANDS = {
    "scenario": [
        "check FILE", "check FILE --json --lang en", "run FILE --lang en", "run FILE --json", "run FILE --out o.csv",
        "run FILE --out o.json", "run FILE --out o.xlsx", "run FILE --out o.parquet", "run FILE --out o.beancount",
        "explain FILE MONTH", "explain FILE MONTH --json", "compare FILE FILE", "compare FILE --regions beijing,上海 --out o.csv",
        "run FILE --plot o.svg", "compare FILE --regions beijing,武汉 --plot o.png", "batch FILE --out results --workers 1"],
    "region": ["check FILE", "check FILE --json --lang en"],
    "sweep": ["check FILE", "check FILE --lang en", "batch FILE --out results --workers 1"],
    "population": ["check FILE", "check FILE --json", "population FILE --out results --accounts 3 --workers 1",
                   "population FILE --out results --accounts 3 --workers 1 --json"],
    "change": ["run BASE --set FILE --out o.csv", "explain BASE MONTH --set FILE"],
    "upload": ["upload", "upload population", "page", "page population"],
    "link": ["link"],
}
SELDOM = ("--plot", "batch", "population FILE --out", "page")   # these take a second, the others some milliseconds


def chosen(kind, raw):
    """One of the commands of a kind; the same for the same bytes."""
    often = [one for one in COMMANDS[kind] if not any(word in one for word in SELDOM)]
    number = zlib.crc32(raw)
    among = COMMANDS[kind] if number % 16 == 0 or not often else often
    return among[number // 16 % len(among)]


def tried(command, raw):
    """Put the bytes of a file through a command in a folder of its own: the exit code, or a `Fault`."""
    with TemporaryDirectory() as folder, _inside(folder):
        Path(NAME).write_bytes(raw)
        Path("base.toml").write_bytes(BASE.read_bytes())
        before = _files()
        memory = _Memory()
        try:
            with _limited(SECONDS):
                code, out, err = _done(command, raw)
        except TooSlow:
            asked = _months_asked(command, raw)
            if not asked:
                raise Fault(f"{command}: more than {SECONDS} s") from None
            for name in _files() - before:
                Path(name).unlink()
            try:
                with _limited(SECONDS + asked / MONTHS_A_SECOND):
                    code, out, err = _done(command, raw)
            except TooSlow:
                raise Fault(f"{command}: more than {SECONDS} s and what {asked} months take") from None
        if (mb := memory.grown_mb()) > MOST_MB:
            raise Fault(f"{command}: {mb} MB")
        _hold(command, code, out, err, _files() - before)
        return code


# ── what must hold ─────────────────────────────────────────────────────────────────────────────────

def _hold(command, code, out, err, written):
    if code not in (0, 1, 2):
        raise Fault(f"{command}: exit code {code}")
    for text in (out, err):
        if "Traceback" in text or "Error(" in text:
            raise Fault(f"{command}: a traceback: {text[-400:]}")
        if "\x1b" in text:
            raise Fault(f"{command}: an escape of the file's reaches the terminal")
    if "--json" in command:
        json.loads(out)
    if code == 2:
        if written:
            raise Fault(f"{command}: refused, and wrote {sorted(written)}")
        is_of_month = "MONTH" in command and re.search(r"^\d{4}-\d\d – ", err, re.M)
        if "FILE" in command and "--set" not in command and not is_of_month and NAME not in out + err and "base.toml" not in out + err:
            raise Fault(f"{command}: no word of which file: {err[:400]}")
        if "--set" in command and not is_of_month and "--set" not in err and "base.toml:" not in err:
            raise Fault(f"{command}: no word of what is wrong: {err[:400]}")
        if len(out) + len(err) > 1_000_000:
            raise Fault(f"{command}: {len(out) + len(err)} characters of errors")
        return
    if left := [name for name in written if "/." in f"/{name}"]:
        raise Fault(f"{command}: left {left}")
    for word in re.findall(r"--(?:out|plot) (\S+)", command):
        if word == "results":
            if problems := shards.verify(word):
                raise Fault(f"{command}: {problems[0]}")
            written = {name for name in written if not name.startswith("results/")}
        else:
            _readable(Path(word))
            written -= {word}
    if written:
        raise Fault(f"{command}: wrote {sorted(written)}")


def _readable(path):
    """A ledger or a figure that was written can be read again."""
    raw = path.read_bytes()
    if path.suffix == ".csv":
        heads, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        if not rows or any(len(row) != len(heads) for row in rows):
            raise Fault(f"{path}: rows of another length than the head")
    elif path.suffix == ".json":
        json.loads(raw)["ledger"][0]
    elif path.suffix == ".parquet":
        import pyarrow.parquet as pq
        pq.read_table(io.BytesIO(raw))
    elif path.suffix == ".xlsx":
        import openpyxl
        openpyxl.load_workbook(io.BytesIO(raw))
    elif path.suffix == ".beancount":
        raw.decode()
    elif path.suffix == ".svg":
        from xml.etree import ElementTree
        ElementTree.fromstring(raw)
    elif raw[:4] != b"\x89PNG" or b"IEND" not in raw[-12:]:
        raise Fault(f"{path}: no picture")


# ── the ways in ────────────────────────────────────────────────────────────────────────────────────

def _done(command, raw):
    """(exit code, out, err) of a command."""
    words = command.split()
    if words[0] == "page":
        return _paged(raw, words[-1])
    if words[0] in ("upload", "link"):
        return (_uploaded_population if "population" in words else _uploaded if words[0] == "upload" else _linked)(raw)
    given = os.fsdecode(raw).replace("\0", "") if "BASE" in words else NAME     # no command line can hold a NUL
    month = found[0].decode() if (found := re.search(rb"\d{4}-\d\d", raw)) else "2025-03"
    words = [{"FILE": given, "BASE": "base.toml", "MONTH": month}.get(word, word) for word in words]
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            cli.main(words)
    except SystemExit as done:
        return done.code or 0, out.getvalue(), err.getvalue()
    except Exception as error:
        raise Fault(f"{command}: {_place(error)}") from error
    raise Fault(f"{command}: came back without an exit code")


def _place(error):
    """An exception and where in the program it was raised: what two faults are the same by."""
    trace, place = error.__traceback__, ""
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if "simulator" in file.parts:
            place = f"{file.name}:{trace.tb_frame.f_code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__} in {place}: {str(error)[:200]}"


def _refused(do, *given):
    """What came of it, and the answer of the page: (made, exit code, text)."""
    try:
        return do(*given), 0, ""
    except InputError as error:
        return None, 2, f"{NAME}: {error}"
    except Exception as error:
        raise Fault(f"{do.__name__}: {_place(error)}") from error


def _uploaded(raw):
    """What the dashboard does with a scenario file: read it, keep it as a draft, compute and explain it, write it and read that."""
    scenario, code, said = _refused(read, raw, NAME)
    if scenario is None:
        return code, "", said

    def shown(scenario):
        result = engine.run(Scenario.from_dict({key: value for key, value in scenario.data.items() if key != "expect"}))
        result.explain(scenario.start)
        list(result.records())
        again = read(scenario_text.unpacked(scenario_text.packed(scenario_text.to_toml(scenario))), "link")
        if again != scenario:
            raise Fault("upload: what is written does not read back")
        return result
    _, code, said = _refused(shown, scenario)
    return code, "", said


def _uploaded_population(raw):
    def opened(raw):
        data, text = parse_toml(raw, NAME)
        return Population.from_dict(data, NAME, text)
    _, code, said = _refused(opened, raw)
    return code, "", said


def _paged(raw, page):
    """The page itself, with the file in its uploader: what is wrong stands on it, and never a failure of the page."""
    from streamlit.testing.v1 import AppTest
    main = sys.modules["__main__"]
    try:
        shown = f"from simulator.dashboard.main import show\nshow({page.replace('page', 'account')!r})"
        app = AppTest.from_string(shown, default_timeout=100).run()
        app.file_uploader(key="population_file" if page == "population" else "upload").upload(NAME, raw, "application/toml").run()
    finally:
        sys.modules["__main__"] = main                      # Streamlit puts its script there
    if app.exception:
        raise Fault(f"page: {app.exception[0].value} in the page:{page}")
    said = "\n".join(one.value for one in (*app.error, *app.text))
    if "页面出错了" in said or "This page failed" in said:
        raise Fault(f"page: failed in the page:{page}: {said[:300]}")
    return (2, "", said) if NAME in said else (0, "", said)


def _linked(raw):
    word = raw.decode("utf-8", "replace")
    _, code, said = _refused(lambda: read(scenario_text.unpacked(word), "link"))
    return code, "", said


def _months_asked(command, raw):
    """How many months of people a file that is in order asks for; 0 for one that is not."""
    try:
        with _limited(SECONDS):
            if command.startswith("population"):
                data, text = read_toml(NAME)
                people = Population.from_dict(data, NAME, text)
                return people.months * (2 if people.what_if else 1) * (3 + people.panel) + 20 * len(people.groups)
            if command.startswith(("batch", "check")) and b"base" in raw:
                sweep = read_sweep(NAME)
                scenario = load(sweep.base_file)
                return min(len(sweep), 5000) * scenario.months * len(scenario.people)
            scenario = load("base.toml", [os.fsdecode(raw)]) if "BASE" in command else read(raw)
            return scenario.months * len(scenario.people) * (10 if any(word in command for word in SELDOM) else 3)
    except (TooSlow, Exception):  # noqa: BLE001            # one that is not
        return 0


# ── limits ─────────────────────────────────────────────────────────────────────────────────────────

@contextmanager
def _limited(seconds):
    """`TooSlow` after so many seconds of processor time, or ten times as many on the clock if it only waits."""
    def stop(*_):
        raise TooSlow
    old = signal.signal(signal.SIGPROF, stop), signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 20 + 10 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGPROF, old[0])
        signal.signal(signal.SIGALRM, old[1])


class _Memory:
    """How much memory is taken from here on. Where the peak cannot be set back, over the whole of the process."""

    def __init__(self):
        if Path("/proc/self/clear_refs").exists():
            Path("/proc/self/clear_refs").write_text("5")
        self.before = self.peak_mb()

    def grown_mb(self):
        return self.peak_mb() - self.before

    @staticmethod
    def peak_mb():
        try:
            return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) // 1024
        except OSError:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1 << 20)


@contextmanager
def _inside(folder):
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _files():
    return {path.as_posix() for path in Path().rglob("*") if path.is_file()}
