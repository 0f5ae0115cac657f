"""Checks scenario, sweep, population and region files, one or a folder of them, without stopping at the first that is wrong.

What is wrong is said by the program's own readers, which know lines and nearest names. A file that they accept is then
held to the shipped JSON Schema as well, where `jsonschema` is installed: other programs will go by that.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator import policy, shapes
from simulator.language import Text, in_language, say
from simulator.problems import InputError, Problem, dotted
from simulator.sweep import is_sweep, read_sweep
from simulator.toml_files import files_in, line_numbers, line_of, read_toml

if TYPE_CHECKING:
    from simulator.ledger import Unexpected

MOST_VALUES = 400       # of one axis of a sweep


@dataclass(frozen=True)
class Report:
    """What was found in a file: `problems` make it unusable, `unexpected` are figures that are not as expected."""
    file: str
    kind: str
    about: str = ""
    problems: tuple[Problem, ...] = ()
    unexpected: tuple[Unexpected, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems and not self.unexpected


def check_paths(paths: Iterable[str | Path]) -> list[Report]:
    """A `Report` for every file; a folder stands for all `.toml` files in it."""
    return [check_file(path) for path in files_in(paths)]


def check_file(path: str | Path) -> Report:
    """The `Report` of one file: scenario, sweep, population or region."""
    kind = "scenario"
    try:
        data, text = read_toml(path)
        if "groups" in data:                                # before regions: both have sources
            kind = "population"
            return _population(path)
        if data.keys() & {"name_zh", "name_en", "code", "level", "covers", "sources"}:
            kind = "region"
        elif is_sweep(data):
            kind = "sweep"
        report = {"region": _region, "sweep": _sweep, "scenario": _scenario}[kind](path)
        if objections := shapes.objections(kind, data):
            lines = line_numbers(text)
            raise InputError([Problem(dotted(place), Text(f"不合 schemas/{kind}.json：{said}", f"against schemas/{kind}.json: {said}"),
                                      str(path), line_of(lines, place)) for place, said in objections])
        return report
    except InputError as error:
        return Report(str(path), kind, problems=tuple(error.problems))


def _scenario(path: str | Path) -> Report:
    from simulator.engine import run
    result = run(path)
    title, count = in_language(result.scenario.title), sum(len(set(one) - {"month", "who"}) for one in result.scenario.expect)
    return Report(str(path), "scenario", say(f"{title}（{count} 项期望）", f"{title} ({count} expectations)"),
                  unexpected=tuple(result.expectations()))


def _sweep(path: str | Path) -> Report:
    """Every value it varies, once, if they are not very many: the combinations are for the batch."""
    sweep = read_sweep(path)
    problems: dict[Problem, None] = {}
    for number in sweep.each_value(MOST_VALUES):
        try:
            sweep.scenario(number)
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise InputError(problems)
    title = in_language(sweep.title)
    return Report(str(path), "sweep", say(f"{title}（{len(sweep):,} 次运行）", f"{title} ({len(sweep):,} runs)"))


def _population(path: str | Path) -> Report:
    from simulator.populations.file import load
    found = load(path)
    title = in_language(found.title)
    return Report(str(path), "population", say(f"{title}（{len(found.groups)} 组）", f"{title} ({len(found.groups)} groups)"))


def _region(path: str | Path) -> Report:
    path = Path(path).resolve()
    inside = path.is_relative_to(policy.FOLDER)
    id = path.relative_to(policy.FOLDER).with_suffix("").as_posix() if inside else None
    found = policy.read_region(path, id, thorough=True)
    stated = sum(found.grades().values())
    return Report(str(path), "region", say(f"{found.name.zh}：{stated} 个数值", f"{found.name.en}: {stated} values"))
