"""Runs a population: accounts in pieces, on threads, processes or a cluster, and adds up what is counted of them.

    result = population("scenarios/population/national.toml", accounts=1_000_000, seed=1)

Whatever the pieces, the threads and their order, the outcome is the same to the last bit: every draw belongs to a
household, and all that is kept are whole numbers that are added.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator import shards
from simulator.language import Text
from simulator.populations.file import MOST_ACCOUNTS, SEEDS, Population, in_range, load
from simulator.populations.result import Result
from simulator.populations.world import Model
from simulator.problems import InputError, Problem

if TYPE_CHECKING:
    from simulator.shards import Pool, Progress

PIECE = 1_000_000           # most accounts in a piece: some seconds of work, and sums that 64 bits hold whatever the amounts
LEAST_PIECES = 16           # so that the work of a small run is shared as well, and a long one can be seen to move
SMALL = 25_000              # months of accounts that plain Python carries through before a compiler would have begun
ACCOUNTS = 100_000          # where the file does not say how many


def population(given: str | Path | dict[str, Any] | Population, accounts: int | None = None, seed: int | None = None,
               out: str | Path | None = None, executor: Pool = None, workers: int | None = None, resume: bool = False,
               progress: Progress = None, piece: int | None = None, compiled: bool | None = None) -> Result:
    """Run a population: a path, a dict of the file's shape, or a `Population`. Returns its `Result`.

    `accounts` households are lived, shared out over the groups by their people. With a folder `out`, finished pieces
    and the results are kept there (`resume` goes on where a run was stopped). `executor` is any of
    `concurrent.futures`; by default threads, as many as there are processors or as `workers` says. `piece` is how many
    accounts are done at a time. Small runs are done in plain Python unless `compiled` says otherwise.
    Raises InputError with everything that is wrong with the population, or for a number that is out of range.
    """
    shards.check_workers(workers)
    if resume and out is None:
        raise InputError([Problem("resume", Text("须同时给出 out：没有结果文件夹，无从继续",
                                                 "needs `out`: without a folder there is nothing to go on with"))])
    people, inputs = _read(given)
    accounts = in_range("accounts", people.accounts or min(ACCOUNTS, people.people) if accounts is None else accounts, 1, MOST_ACCOUNTS)
    if accounts < len(people.groups):
        raise InputError([Problem("accounts", Text(f"至少应有 {len(people.groups):,} 个账户：每个群体至少一个，才能代表全部的人",
                                                   f"at least {len(people.groups):,} accounts are needed: one for each group, or "
                                                   "not all people are represented"))])
    seed = in_range("seed", people.seed if seed is None else seed, 0, SEEDS - 1)
    size = in_range("piece", max(1, min(PIECE, -(-accounts // LEAST_PIECES))) if piece is None else piece, 1, PIECE)
    job = _Job(people, seed, is_large(people, accounts) if compiled is None else compiled)
    pieces = _pieces(job, accounts, size)                   # the engine is made with them, once, before the threads begin
    result = Result(job.model, seed, job.model.accounts_of(accounts))
    executor = executor or (shards.threads(workers) if job.is_compiled else None)
    if out is None:
        total, done = sum(one.weight for one in pieces), 0
        for one, files in shards.results(pieces, _live, executor):
            result.add_files(one.arguments[1], files.values())
            done += one.weight
            if progress:
                progress(done, total)
        return result

    def merge(found: Iterable[dict[str, Path]]) -> Iterator[tuple[str, bytes]]:
        for one, files in zip(pieces, found, strict=True):
            result.add_files(one.arguments[1], (Path(path).read_bytes() for path in files.values()))
        yield from result.files()
    about = {"kind": "population", "accounts": accounts, "seed": seed, "piece": size, **shards.provenance()}
    manifest = shards.run(out, about, pieces, _live, merge, inputs, executor, resume, progress)
    if not result.done:                                     # all of it had been done before: what was kept is added up
        for one in pieces:
            result.add_files(one.arguments[1], ((Path(out) / name).read_bytes() for name in manifest["pieces"][one.name]))
    return result


def is_large(people: Population, accounts: int) -> bool:
    """Whether so many accounts are worth a compiler."""
    return accounts * people.months * (2 if people.what_if else 1) > SMALL


def _read(given: str | Path | dict[str, Any] | Population) -> tuple[Population, dict[str, bytes]]:
    """(Population, {name: bytes} of the file that says the same)."""
    if isinstance(given, str | Path):
        return load(given), {"population.toml": Path(given).read_bytes()}
    if isinstance(given, dict):
        given = Population.from_dict(given)
    if not isinstance(given, Population):
        raise TypeError(f"a population is a path, a dict or a Population, not {type(given).__name__}")
    return given, {"population.json": json.dumps(given.data, ensure_ascii=False, indent=1, default=str).encode()}


class _Job:
    """What a worker has to know. It travels as the checked population; what is made of that stays in each process."""
    _last: tuple[str, Any] | None = None    # (digest, engine): the tables of a nation are large, so one is kept

    def __init__(self, people: Population, seed: int, is_compiled: bool, version: str | None = None) -> None:
        self.people, self.seed, self.is_compiled = people, seed, is_compiled
        self.version = version or shards.fingerprint()      # of whoever hands the work out

    def __reduce__(self) -> tuple[Any, ...]:
        return _Job, (self.people, self.seed, self.is_compiled, self.version)

    @cached_property
    def engine(self) -> Any:
        digest, last = f"{self.is_compiled} {self.version} {self.people.model_dump_json()}", _Job._last
        if last is None or last[0] != digest:
            last = _Job._last = digest, _engine(Model(self.people), self.is_compiled)
        return last[1]

    @property
    def model(self) -> Model:
        model: Model = self.engine.model
        return model


def _engine(model: Model, is_compiled: bool) -> Any:
    if not is_compiled:
        from simulator.populations.interpreter import Interpreter
        return Interpreter(model)
    try:
        from simulator.populations.machine import Machine
    except ImportError:
        raise InputError([Problem("", Text("这么多账户需要 numba：pip install 'yibao-simulator[population]'",
                                           "so many accounts need numba: pip install 'yibao-simulator[population]'"))]) from None
    return Machine(model)  # type: ignore[no-untyped-call]  # see pyproject.toml


def _pieces(job: _Job, accounts: int, size: int) -> list[shards.Piece]:
    """The accounts of all groups in pieces, all groups growing alike, so that a part of the run is a sample of it all."""
    found = []
    for group, many in enumerate(job.model.accounts_of(accounts)):
        found += [(first / many, group, first, min(size, many - first)) for first in range(0, many, size)]
    numbers = count()
    return [shards.Piece(f"pieces/{next(numbers):06d}", (job, group, first, many), many) for _, group, first, many in sorted(found)]


def _live(job: _Job, group: int, first: int, many: int) -> dict[str, bytes]:
    """A piece of the work: some accounts of a group. Returns {file name: bytes}."""
    shards.check_fingerprint(job.version)
    key = job.model.group_key(group, job.seed)
    counts = job.engine.live(group, key, np.arange(first, first + many))
    if counts.broken[0]:
        raise AssertionError(f"{job.model.names[group]}, accounts {first} to {first + many - 1}: an identity does not hold")
    return {f"pieces/{group:04d}-{first:010d}.counts": counts.data()}


def forget() -> None:
    """Drop the engine of the last run, and with it what it knows of the population. What was compiled stays."""
    from simulator.populations import story
    _Job._last = None
    story.forget()


def rebuilt(folder: str | Path) -> tuple[list[shards.Piece], shards.Work]:
    """The pieces of a run, and the work, to do some of them again: (pieces, work)."""
    folder, about = Path(folder), (shards.read(folder) or {})["about"]
    people = (load(folder / "population.toml") if (folder / "population.toml").is_file() else
              Population.from_dict(json.loads((folder / "population.json").read_bytes())))
    job = _Job(people, about["seed"], is_large(people, about["accounts"]))
    return _pieces(job, about["accounts"], about["piece"]), _live


def remade(folder: Path, pieces: list[shards.Piece], found: dict[str, Any], redrawn: bool) -> Iterator[tuple[str, bytes]]:
    """(file, bytes) of what follows from the pieces in a folder with the manifest `found`; without `redrawn`, no pictures."""
    job, *_ = pieces[0].arguments
    result = Result(job.model, found["about"]["seed"], job.model.accounts_of(found["about"]["accounts"]))
    for piece in pieces:
        result.add_files(piece.arguments[1], ((folder / name).read_bytes() for name in found["pieces"][piece.name]))
    for name, make in result.makers().items():
        if redrawn or not shards.is_picture(name):
            yield name, make()
