"""Many scenarios at once: folders and sweeps, run in pieces that survive being killed, into one folder of tables.

    simulator.batch("scenarios/", out="results/")          # or several files and folders

`Plan` is what there is to run; all of it stands in the run's `inputs.json`, so that a folder of results can be proved
without the files it was made from. `work` runs one piece, in any process; `merge` makes the tables of the whole.
A month of a scenario is plain Python, which threads would only take turns at: the pieces run in processes.
"""
from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from contextvars import copy_context
from decimal import Decimal
from functools import cached_property
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from simulator import labels, money, months, shards
from simulator.columns import COLUMNS, COUNT_COLUMNS, INFLOWS, MONEY_COLUMNS, OUTFLOWS
from simulator.language import Text, language, say, use_language
from simulator.parameters import STATUSES
from simulator.problems import UNSEEN, InputError, Problem, visible
from simulator.toml_files import files_in

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from simulator.ledger import Result
    from simulator.shards import Piece, Pool, Progress, Work
    from simulator.sweep import Sweep

Part: TypeAlias = tuple[dict[str, Any], int, int, int]      # a source, the number of its first run, its first, its last
INPUTS = "inputs.json"
PIECES = 64             # about so many for a progress worth watching; their size must follow from the number of runs alone
WORTH_A_PROCESS = 100   # fewer runs than this are done before another process has started
LEAST_IN_PIECE = 10     # runs
MOST_IN_PIECE = 250     # a few megabytes, and no more than seconds are lost with a piece
SUMMED = ("opening", *INFLOWS, *OUTFLOWS, "medical", "reimbursed", "aid_received", "cash_paid", "premium_paid",
          "employer_premium", "closing", "current", "carried", "withdrawable")
_LOOKS_LIKE_A_SWEEP = re.compile(r"^\s*(base\s*=|\[\s*grid\b|\[\[\s*cases\s*\]\])", re.M)
_LOOKS_LIKE_A_POPULATION = re.compile(r"^\s*\[\[\s*groups\s*\]\]", re.M)


class Batch:
    """A finished batch: `folder` holds the tables, `runs` were asked for, `problems` name those that failed."""

    def __init__(self, folder: str | Path, plan: Plan) -> None:
        self.folder, self.plan, self.runs = Path(folder), plan, plan.asked

    def __repr__(self) -> str:
        return f"<Batch: {self.folder}, {say(f'{self.runs:,} 次运行', f'{self.runs:,} runs')}>"

    @cached_property
    def found(self) -> Found:
        return Found(self.plan, [self.folder / piece.arguments[0] for piece in self.plan.pieces()])

    @property
    def problems(self) -> list[dict[str, Any]]:
        return self.found.problems

    @property
    def summary(self) -> pd.DataFrame:
        """One row a run and person, money in yuan, exact: a DataFrame."""
        import pandas as pd
        return pd.read_parquet(self.folder / "summary.parquet")


def batch(paths: str | Path | Iterable[str | Path], out: str | Path, executor: Pool = None,
          workers: int | None = None, resume: bool = False, progress: Progress = None) -> Batch:
    """Run scenario files, sweep files and folders of them into the folder `out`: a `Batch`.

    `executor` is any `concurrent.futures.Executor`, or makes one; else `workers` processes, by default one for each core
    where that pays (a script that calls this needs its `if __name__ == "__main__":`). InputError if there is nothing
    to run or `out` is not ours to write to.
    """
    shards.check_workers(workers)
    _look_for_writers()
    plan = Plan.of([paths] if isinstance(paths, str | Path) else paths)
    out = Path(out)
    altered: list[str] = []
    if resume and (begun := Plan.begun(out)):
        altered = plan.differing(begun)
        plan = plan if altered else Plan(begun.data, plan.language)     # the paths as they were typed first
    pieces = plan.pieces()
    workers = min(workers or shards.cores(), len(pieces) if workers else len(plan) // WORTH_A_PROCESS)
    if executor is None and workers > 1:
        executor = shards.processes(workers)
    shards.run(out, about(plan), pieces, work, lambda done: merge(plan, done), {INPUTS: plan.inputs}, executor, resume, progress,
               altered)
    return Batch(out, plan)


def _look_for_writers() -> None:
    """Better now than after an hour: the tables need what only the extra `files` installs."""
    missing = [name for name in ("pyarrow", "xlsxwriter") if find_spec(name) is None]
    if missing:
        raise InputError([Problem(", ".join(missing), Text("批量运行需要：pip install 'yibao-simulator[files]'",
                                                           "a batch needs: pip install 'yibao-simulator[files]'"))])


def about(plan: Plan) -> dict[str, Any]:
    """What the bytes of a batch depend on."""
    return {"kind": "batch", "scenarios": shards.hash_of(plan.inputs), "seed": None, "language": plan.language,
            **shards.provenance()}


# ── what there is to run ───────────────────────────────────────────────────────────────────────────

class Plan:
    """What there is to run, as plain data: {sources, unread, problems}; and the language of what comes out.

    A source is a scenario {file, text} or a sweep {file, text, base_file, base_text, runs}. Runs are numbered from 1,
    source after source. `unread` are the files that could not even be counted, `problems` what is wrong with them.
    """

    def __init__(self, data: dict[str, Any], language: str) -> None:
        self.data, self.language = data, language
        self.sources: list[dict[str, Any]] = data["sources"]
        self.firsts: list[int] = [0, *accumulate(source.get("runs", 1) for source in self.sources)]

    def __len__(self) -> int:
        return self.firsts[-1]

    @property
    def asked(self) -> int:
        """How many runs were asked for: a file that could not even be counted is one that failed."""
        return len(self) + len(self.data["unread"])

    @classmethod
    def begun(cls, folder: Path) -> Self | None:
        """The plan that a folder's batch was begun with; None if there is none, or not as it was written."""
        found = shards.read(folder)
        with suppress(OSError):
            raw = (folder / INPUTS).read_bytes()
            if found and found["about"].get("kind") == "batch" and found["inputs"].get(INPUTS) == shards.hash_of(raw):
                return cls(json.loads(raw), found["about"]["language"])
        return None

    def differing(self, other: Plan) -> list[str]:
        """The names of the files that are not alike in both plans, by whatever path they were called."""
        says_alike = self.language == other.language
        ours, theirs = ({_without_folder(one, says_alike): Path(one["file"]).name
                         for key in ("sources", "problems") for one in plan.data[key]} for plan in (self, other))
        if list(ours) == list(theirs):
            return []
        both = ours | theirs
        differ = [name for one, name in both.items() if (one in ours) != (one in theirs)]
        return list(dict.fromkeys(differ or both.values()))     # nothing but another order: all of them

    @classmethod
    def of(cls, paths: Iterable[str | Path]) -> Self:
        """The plan of files and folders. InputError if nothing in them can be run."""
        sources, unread, problems = [], [], []
        for path in files_in(paths):
            try:
                sources.append(_source(path))
            except InputError as error:
                unread.append(visible(path.as_posix()))
                problems += error.problems
        if not sources:
            raise InputError(problems or [Problem("", Text("没有可运行的情景", "there are no scenarios to run"))])
        return cls({"sources": sources, "unread": unread, "problems": [_problem_data(0, one) for one in problems]}, language())

    @cached_property
    def inputs(self) -> bytes:
        return (json.dumps(self.data, ensure_ascii=False, indent=1) + "\n").encode()

    def pieces(self) -> list[Piece]:
        """The `Piece`s of the plan; which files of results each one writes."""
        size = max(LEAST_IN_PIECE, min(MOST_IN_PIECE, -(-len(self) // PIECES)))
        pieces = []
        for number, first in enumerate(range(0, len(self), size)):
            last = min(first + size, len(self))
            name = f"{number:05d}"
            pieces.append(shards.Piece(name, (f"runs/part-{name}.json", f"ledger/part-{name}.parquet", self.language,
                                              shards.fingerprint(), self.parts(first, last)), last - first))
        return pieces

    def parts(self, first: int, last: int) -> list[Part]:
        """[(source, number of its first run, its first, its last)] of a range of runs."""
        found = []
        for place in range(bisect_right(self.firsts, first) - 1, len(self.sources)):
            start, end = self.firsts[place], self.firsts[place + 1]
            if start >= last:
                break
            found.append((self.sources[place], max(start, first) + 1, max(first - start, 0), min(last, end) - start))
        return found

    def sweeps(self) -> list[Sweep]:
        return [_sweep(source) for source in self.sources if "runs" in source]

    def names(self, run: int) -> dict[str, Any]:
        """What a run of a sweep was given: {what was varied: value}; empty for a plain scenario."""
        place = bisect_right(self.firsts, run - 1) - 1
        source = self.sources[place]
        return _sweep(source).names(run - 1 - self.firsts[place]) if "runs" in source else {}


def _source(path: Path) -> dict[str, Any]:
    from simulator.scenario import for_another_command
    from simulator.sweep import is_sweep, read
    from simulator.toml_files import parse_toml, read_bytes
    file = path.as_posix()
    if UNSEEN.search(file):                                 # it is written into tables, pages and the manifest
        raise InputError([Problem("", Text("文件名含有控制字符等不可见字符，或不是 UTF-8",
                                           "the name of the file is not UTF-8, or holds characters that cannot be seen"), visible(file))])
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Problem("", Text("文件不是 UTF-8 编码", "the file is not UTF-8"), file)]) from None
    if _LOOKS_LIKE_A_POPULATION.search(text):
        raise InputError([Problem("", for_another_command("groups"), file)])
    # A scenario is read where it is run, so that ten thousand of them are read side by side.
    if not _LOOKS_LIKE_A_SWEEP.search(text) or not is_sweep(parse_toml(text.encode(), file)[0]):
        return {"file": file, "text": text}
    sweep = read(file, text)
    return {"file": file, "text": text, "base_file": sweep.base_file, "base_text": sweep.base_text, "runs": len(sweep)}


def _without_folder(one: dict[str, Any], with_message: bool) -> str:
    """A source of a plan, or a problem, with the bare names of files."""
    bare: dict[str, str] = {key: Path(one[key]).name for key in ("file", "base_file") if key in one}
    if "message" in one:                                    # it may name a base
        bare["message"] = one["message"].replace(f"{Path(one['file']).parent.as_posix()}/", "") if with_message else ""
    return json.dumps({**one, **bare})


def _sweep(source: dict[str, Any]) -> Sweep:
    from simulator.sweep import made
    return made(source["file"], source["text"], source["base_file"], source["base_text"])


# ── running a piece ────────────────────────────────────────────────────────────────────────────────

def work(runs_file: str, ledger_file: str, lang: str, fingerprint: str, parts: list[Part]) -> dict[str, bytes]:
    """Run the scenarios of one piece: {file: bytes} of what they come to, and of their ledgers."""
    shards.check_fingerprint(fingerprint)
    return copy_context().run(_work, runs_file, ledger_file, lang, parts)      # the language of the caller stays


def _work(runs_file: str, ledger_file: str, lang: str, parts: list[Part]) -> dict[str, bytes]:
    use_language(lang)
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    ledger = _Ledger()
    for source, number, first, last in parts:
        for place in range(first, last):
            run = number + place - first
            try:
                result = _result(source, place)
                rows += _rows(run, source, place, result)
                ledger.add(run, result)
                problems += [_problem_data(run, one) for one in _unexpected(source, result)]
            except InputError as error:
                problems += [_problem_data(run, one) for one in error.problems]
            except Exception as error:  # noqa: BLE001      # a fault of ours; the others are not to suffer for it
                said = f"{type(error).__name__}: {error}"
                problems.append(_problem_data(run, Problem("", Text(f"程序出错：{said}", f"a fault of this program: {said}"),
                                                           source["file"])))
    text = json.dumps({"rows": rows, "problems": problems}, ensure_ascii=False, separators=(",", ":"))
    return {runs_file: text.encode(), ledger_file: ledger.parquet()}


def _result(source: dict[str, Any], place: int) -> Result:
    from simulator.engine import run
    from simulator.scenario import Scenario
    from simulator.toml_files import parse_toml
    if "runs" in source:
        return run(_sweep(source).scenario(place))
    data, text = parse_toml(source["text"].encode(), source["file"])
    return run(Scenario.from_dict(data, source["file"], text))


def _rows(run: int, source: dict[str, Any], place: int, result: Result) -> Iterator[dict[str, Any]]:
    """What a run came to, a row for each person; money in fen."""
    scenario = result.scenario
    title = scenario.title or Path(source["file"]).stem
    if "runs" in source:
        names = _sweep(source).names(place)
        short = [key.split(".")[-1] for key in names]       # of two that are alike, the whole
        title = " ".join([title, *(f"{key if short.count(last) > 1 else last}={_shown(value)}"
                                   for last, (key, value) in zip(short, names.items()))])
    head = {"run": run, "name": title, "file": source["file"]}
    projected = result.projected_from and result.projected_from.isoformat()
    for person, flows in result.flows.items():
        summary = result.summary(person)
        yield {**head, "person": person, "region": result.timeline.areas[flows[0].area],
               "start": months.month_text(scenario.start), "months": scenario.months,
               **{name: summary[name] for name in SUMMED},
               "eligible_months": sum(row.eligible for row in flows),
               "refused": sum(one.who == person and not one.granted for one in result.decisions),
               "lowest_grade": result.lowest_grade, "projected_from": projected}


def _unexpected(source: dict[str, Any], result: Result) -> Iterator[Problem]:
    from simulator.toml_files import line_numbers, line_of
    lines = None
    for month, who, column, expected, found in result.expectations():
        lines = line_numbers(source["text"]) if lines is None else lines
        place = next(place for place, one in enumerate(result.scenario.expect) if column in one
                     and str(one["month"])[:7] == month and one.get("who", result.holder) == who
                     and (money.fen(one[column]) if column in MONEY_COLUMNS else one[column]) == expected)
        if column in MONEY_COLUMNS:
            expected, found = money.plain(expected), money.plain(found)
        yield Problem(f"expect {month} {who} {column}", Text(f"期望 {expected}，实得 {found}", f"expected {expected}, found {found}"),
                      source["file"], line_of(lines, ("expect", place, column)))


def _problem_data(run: int, problem: Problem) -> dict[str, Any]:
    said = str(Problem("", problem.message, allowed=problem.allowed, nearest=problem.nearest))
    return {"run": run, "file": problem.file, "line": problem.line, "key": problem.key, "message": said}


class _Ledger:
    """Ledgers one below the other, as columns: the contract's, after the number of the run."""

    def __init__(self) -> None:
        self.cells: list[NDArray[np.int64]] = []            # of `Flows`
        self.counts: list[tuple[int, int, tuple[str, ...], list[str], int]] = []    # run, start, people, areas, months

    def add(self, run: int, result: Result) -> None:
        import numpy as np
        self.counts.append((run, result.scenario.start, result.people, result.timeline.areas, result.scenario.months))
        rows = [row for of_month in zip(*result.flows.values()) for row in of_month]
        self.cells.append(np.array(rows, dtype=np.int64))   # at once: a million tuples would be looked through for garbage

    def parquet(self) -> bytes:
        import io

        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        from simulator.law.account import Flows
        cells = np.concatenate([np.zeros((0, len(Flows._fields)), dtype=np.int64), *self.cells])
        runs, month, person, region = [], [], [], []
        people: dict[str, int] = {}
        regions: dict[str, int] = {}
        for (run, start, names, areas, length), own in zip(self.counts, self.cells):
            count = len(names) * length
            places = np.array([people.setdefault(name, len(people)) for name in names])
            of_area = np.array([regions.setdefault(area, len(regions)) for area in areas])
            runs.append(np.full(count, run))
            month.append(np.repeat(np.arange(start, start + length), len(names)))
            person.append(np.tile(places, length))
            region.append(of_area[own[:, Flows._fields.index("area")]])
        first = min((one[0] for one in month), default=0)
        texts = [months.month_text(one) for one in range(first, max((one[-1] for one in month), default=first - 1) + 1)]
        arrays = {"run": pa.array(_joined(runs), pa.int32()), "month": _words(_joined(month) - first, texts),
                  "person": _words(_joined(person), people), "region": _words(_joined(region), regions),
                  "status": _words(cells[:, Flows._fields.index("status")], STATUSES)}
        for place, name in enumerate(Flows._fields):
            if name in MONEY_COLUMNS:
                arrays[name] = decimals(cells[:, place])
            elif name in COUNT_COLUMNS:
                arrays[name] = pa.array(cells[:, place], pa.int32())
        sink = io.BytesIO()
        pq.write_table(pa.table({name: arrays[name] for name in ("run", *COLUMNS)}), sink, compression="zstd")
        return sink.getvalue()


def _joined(arrays: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    import numpy as np
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)


def _words(places: NDArray[np.int64], words: Iterable[str]) -> Any:
    import numpy as np
    import pyarrow as pa
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(list(words), pa.string())).cast(pa.string())


def decimals(fen: list[int] | NDArray[np.int64]) -> Any:
    """Whole fen (int64) as decimal128(18, 2): the same sixteen bytes, read with two places."""
    import numpy as np
    import pyarrow as pa
    halves = np.empty((len(fen), 2), dtype="<i8")
    halves[:, 0] = fen
    halves[:, 1] = halves[:, 0] >> 63                       # the sign; a list may be empty, and would be no whole numbers
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [None, pa.py_buffer(halves.tobytes())])


def fen_of(column: Any) -> NDArray[np.int64]:
    """The other way round: a decimal128(18, 2) column as whole fen."""
    import numpy as np
    return np.concatenate([np.zeros(0, dtype=np.int64), *(
        np.frombuffer(chunk.buffers()[1], "<i8")[2 * chunk.offset:2 * (chunk.offset + len(chunk)):2] for chunk in column.chunks)])


# ── the whole ──────────────────────────────────────────────────────────────────────────────────────

class Found:
    """What the pieces of a plan came to: `rows` a run and person, and `problems`, each once with how many runs have it."""

    def __init__(self, plan: Plan, files: list[Path]) -> None:
        self.plan, self.rows, found = plan, [], list(plan.data["problems"])
        for file in files:
            data = json.loads(file.read_bytes())
            self.rows += data["rows"]
            found += data["problems"]
        self.failed = plan.asked - len({row["run"] for row in self.rows})
        alike: dict[tuple[Any, ...], list[int]] = {}
        for one in found:
            alike.setdefault(tuple(one[key] for key in ("file", "line", "key", "message")), []).append(one["run"])
        self.problems = [{"file": file, "line": line, "key": key, "message": message, "runs": len(runs), "first_run": runs[0]}
                         for (file, line, key, message), runs in alike.items()]

    @cached_property
    def holders(self) -> list[dict[str, Any]]:
        """The rows of those the summaries are about: the first person of each run."""
        return list({row["run"]: row for row in reversed(self.rows)}.values())[::-1]

    @cached_property
    def varied(self) -> list[str]:
        """What sweeps vary: the names of its columns."""
        return list(dict.fromkeys(axis.key or "case" for sweep in self.plan.sweeps() for axis in sweep.axes))

    @cached_property
    def given(self) -> dict[int, dict[str, Any]]:
        """What each run was given: {run: {what was varied: value}}."""
        return {run: self.plan.names(run) for run in dict.fromkeys(row["run"] for row in self.rows)} if self.varied else {}

    def value(self, row: dict[str, Any], name: str) -> Any:
        """What a run was given for `name`; None if its sweep does not vary it."""
        return self.given.get(row["run"], {}).get(name)


HEAD = ("run", "name", "file")
PLACE = ("person", "region", "start", "months")
TAIL = ("eligible_months", "refused", "lowest_grade", "projected_from")
HEADS = {
    **labels.COLUMNS,
    "run": Text("序号", "Run"), "name": Text("情景", "Scenario"), "file": Text("文件", "File"), "case": Text("方案", "Case"),
    "start": Text("起始月", "Start"), "months": Text("月数", "Months"), "opening": Text("期初余额", "Opening balance"),
    "closing": Text("期末余额", "Closing balance"), "eligible_months": Text("享受待遇月数", "Months eligible"),
    "refused": Text("被拒申请", "Refused"), "lowest_grade": Text("最低可信等级", "Lowest grade"),
    "projected_from": Text("规则自此为推算", "Rules projected from"), "line": Text("行", "Line"), "key": Text("项", "Key"),
    "message": Text("问题", "Problem"), "runs": Text("涉及次数", "Runs"), "first_run": Text("首个序号", "First run"),
}
PROBLEM = ("file", "line", "key", "message", "runs", "first_run")


def merge(plan: Plan, done: list[dict[str, Path]]) -> list[tuple[str, bytes]]:
    """(file, bytes) of the tables, figures and the report of the whole, from the files of all pieces."""
    return copy_context().run(lambda: list(_merge(plan, done)))


def _merge(plan: Plan, done: list[dict[str, Path]], drawn: dict[str, bytes] | None = None) -> Iterator[tuple[str, bytes]]:
    """With figures `drawn` before, the page is made of these, and none are made."""
    from simulator import report
    use_language(plan.language)
    found = Found(plan, [path for files in done for name, path in files.items() if name.startswith("runs/")])
    yield "summary.csv", _summary_csv(found)
    yield "summary.parquet", _summary_parquet(found)
    yield "summary.xlsx", _summary_xlsx(found)
    yield "problems.csv", _problems_csv(found)
    if drawn is None:
        drawn = dict(report.figures(found, [path for files in done for name, path in files.items() if name.startswith("ledger/")]))
        for name, figure in drawn.items():
            yield f"charts/{name}.png", figure
    yield "report.html", report.html(found, about(plan), drawn)


def _shown(value: Any) -> str:
    from simulator.export import value_text
    return value_text(value)


def _records(found: Found, cell: Callable[[str, Any], Any]) -> Iterator[dict[str, Any]]:
    """Rows of the summary table, what was varied after the name; `cell` turns a column's value into what is written."""
    for row in found.rows:
        yield {**{name: cell(name, row[name]) for name in HEAD},
               **{f"set.{name}": None if (value := found.value(row, name)) is None else cell(f"set.{name}", value)
                  for name in found.varied},
               **{name: cell(name, row[name]) for name in (*PLACE, *SUMMED, *TAIL)}}


def _columns(found: Found) -> tuple[str, ...]:
    return (*HEAD, *(f"set.{name}" for name in found.varied), *PLACE, *SUMMED, *TAIL)


def _summary_csv(found: Found) -> bytes:
    from simulator.export import csv_bytes, harmless

    def cell(name: str, value: Any) -> Any:
        return money.plain(value) if name in SUMMED else harmless(_shown(value) if name.startswith("set.") else value)
    return csv_bytes(_columns(found), _records(found, cell))


def _problems_csv(found: Found) -> bytes:
    from simulator.export import csv_bytes, harmless
    return csv_bytes(PROBLEM, ({name: harmless(value) for name, value in one.items()} for one in found.problems))


def _summary_parquet(found: Found) -> bytes:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq
    arrays = {}
    for name in _columns(found):
        if name in SUMMED:
            arrays[name] = decimals([row[name] for row in found.rows])
        elif name.startswith("set."):
            arrays[name] = _typed([found.value(row, name[4:]) for row in found.rows])
        else:
            kind = pa.int32() if name in ("run", "months", "eligible_months", "refused") else pa.string()
            arrays[name] = pa.array([row[name] for row in found.rows], kind)
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def _typed(values: list[Any]) -> Any:
    """What was varied, as numbers where all of it are numbers, else as text."""
    import pyarrow as pa
    if all(value is None or (type(value) is int and abs(value) < 2**63) for value in values):
        return pa.array(values, pa.int64())
    if _are_numbers(values):
        try:
            return pa.array([None if value is None else Decimal(value) for value in values], pa.decimal128(38, 6))
        except (pa.ArrowInvalid, ValueError):               # not exact in six places: as it was written
            pass
    return pa.array([None if value is None else _shown(value) for value in values], pa.string())


def _are_numbers(values: Iterable[Any]) -> bool:
    """Whether all of a column are numbers, but for what is empty."""
    return {type(value) for value in values} <= {int, Decimal, type(None)}


def _summary_xlsx(found: Found) -> bytes:
    from simulator.policy import region
    from simulator.spreadsheet import MOST_ROWS, Sheet, workbook
    columns = _columns(found)
    shown: dict[str, Callable[[Any], str]] = {"region": lambda id: str(region(id)), "lowest_grade": lambda grade: str(labels.GRADES[grade])}
    shown |= {f"set.{name}": _shown for name in found.varied
              if not _are_numbers(found.value(row, name) for row in found.rows)}
    rows = [list(record.values()) for record in _records(found, lambda name, value: shown[name](value) if name in shown else value)]
    heads = tuple(_head(name, columns) for name in columns)
    kinds = tuple("money" if name in SUMMED else "" for name in columns)
    sheets = [Sheet(say("概要", "Summary"), heads, kinds, rows)]
    if found.problems:
        sheets.append(Sheet(say("问题", "Problems"), tuple(str(HEADS[name]) for name in PROBLEM), ("",) * len(PROBLEM),
                            [list(one.values()) for one in found.problems]))
    notes: list[list[Any]] = [[say("运行次数", "Runs"), found.plan.asked], [say("其中失败", "Of them failed"), found.failed],
             *([key, str(value)] for key, value in about(found.plan).items() if isinstance(value, str))]
    if len(rows) > MOST_ROWS:
        notes.append([say("只列出前若干行，全部见 summary.csv", "Only the first rows; all are in summary.csv"), MOST_ROWS])
    sheets.append(Sheet(say("说明", "About"), (say("项目", "Item"), say("内容", "Content")), ("", ""), notes))
    return workbook(sheets)


def _head(name: str, columns: tuple[str, ...]) -> str:
    """What a column is called; what was varied, where the outcome has a column of that name too, as what was set."""
    bare = name.removeprefix("set.")
    head = str(HEADS.get(bare, bare))
    return say(f"{head}（设定）", f"{head} (as set)") if bare != name and bare in columns else head


# ── proving it ─────────────────────────────────────────────────────────────────────────────────────

def _plan_in(folder: Path) -> Plan:
    language = (shards.read(folder) or {})["about"]["language"]
    return Plan(json.loads((folder / INPUTS).read_bytes()), language)


def rebuilt(folder: str | Path) -> tuple[list[Piece], Work]:
    """(pieces, work) of the run in a folder, from its own inputs."""
    return _plan_in(Path(folder)).pieces(), work


def remade(folder: Path, pieces: list[Piece], found: dict[str, Any], redrawn: bool) -> Iterator[tuple[str, bytes]]:
    """(file, bytes) of what follows from the pieces in a folder with the manifest `found`; without `redrawn`, no figures."""
    done = [{name: folder / name for name in found["pieces"][piece.name]} for piece in pieces]
    drawn = None if redrawn else {Path(name).stem: (folder / name).read_bytes() for name in found["outputs"] if shards.is_picture(name)}
    yield from _merge(_plan_in(folder), done, drawn)
