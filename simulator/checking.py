"""Checks scenario and region files, one or a folder of them, without stopping at the first that is wrong."""
from dataclasses import dataclass
from pathlib import Path

from simulator import policy
from simulator.language import Text, say
from simulator.problems import InputError, Problem
from simulator.toml_files import read_toml


@dataclass(frozen=True)
class Report:
    """What was found in a file: `problems` make it unusable, `unexpected` are figures that are not as expected."""
    file: str
    kind: str
    about: str = ""
    problems: tuple = ()
    unexpected: tuple = ()

    @property
    def ok(self):
        return not self.problems and not self.unexpected


def check_paths(paths):
    """A `Report` for every file; a folder stands for all `.toml` files in it."""
    files = []
    for path in map(Path, paths):
        found = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not found:
            raise InputError([Problem(str(path), Text("文件夹中没有 .toml 文件", "there is no .toml file in the folder"))])
        files += found
    return [check_file(path) for path in files]


def check_file(path):
    """The `Report` of one file, scenario or region."""
    kind = "scenario"
    try:
        data, _ = read_toml(path)
        if data.keys() & {"name_zh", "name_en", "code", "level", "covers", "sources"}:
            kind = "region"
            return _region(path)
        return _scenario(path)
    except InputError as error:
        return Report(str(path), kind, problems=tuple(error.problems))


def _scenario(path):
    from simulator.engine import run
    result = run(path)
    count = sum(len(set(one) - {"month", "who"}) for one in result.scenario.expect)
    return Report(str(path), "scenario", say(f"{result.scenario.title}（{count} 项期望）",
                                             f"{result.scenario.title} ({count} expectations)"),
                  unexpected=tuple(result.expectations()))


def _region(path):
    path = Path(path).resolve()
    inside = path.is_relative_to(policy.FOLDER)
    found = policy.read_region(path, path.relative_to(policy.FOLDER).with_suffix("").as_posix() if inside else None)
    stated = sum(found.grades().values())
    return Report(str(path), "region", say(f"{found.name.zh}：{stated} 个数值", f"{found.name.en}: {stated} values"))
