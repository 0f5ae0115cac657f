"""Proof of a folder of results: everything is as it was written, and comes out the same when it is done again."""
import random
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from simulator import shards
from simulator.language import Text
from simulator.problems import Problem

# The module that has `rebuilt(folder)`: its pieces and its work.
KINDS = {"batch": "simulator.batches", "population": "simulator.populations.run"}

_WHAT = {"batch": Text("次运行", "runs"), "population": Text("个账户", "accounts")}


@dataclass(frozen=True)
class Proof:
    """`problems` is what was altered; `recomputed` names the pieces done again, and `note` says so, or why none was."""
    files: int
    problems: tuple[Problem, ...]
    recomputed: tuple[str, ...]
    note: Text

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(folder: str | Path, sample: int = 3) -> Proof:
    """The `Proof` of a finished run. InputError if the folder holds none."""
    folder = Path(folder)
    problems, found = shards.verify(folder), shards.read(folder)
    files = sum(1 for path in folder.rglob("*") if path.is_file())
    about = found["about"] if found else {}
    if problems:
        return Proof(files, tuple(problems), (), Text("有改动，未复算", "not computed again: something was altered"))
    if about.get("kind") not in KINDS:
        return Proof(files, (), (), Text("不认识这种运行，未复算", "not computed again: an unknown kind of run"))
    now = shards.provenance()
    if changed := [key for key in now if now[key] != about.get(key)]:
        listed = ", ".join(changed)
        return Proof(files, (), (), Text(f"由另一版本写成（{listed} 不同），未复算", f"not computed again: written with another {listed}"))
    pieces, work = import_module(KINDS[about["kind"]]).rebuilt(folder)
    chosen = sorted(random.sample(pieces, min(sample, len(pieces))), key=lambda piece: piece.name)   # another one each time
    problems = [Problem("", Text("复算结果不同", "comes out otherwise when computed again"), str(folder / name))
                for piece in chosen for name in shards.differing(folder, piece, work)]
    count = sum(piece.weight for piece in chosen)
    return Proof(files, tuple(problems), tuple(piece.name for piece in chosen),
                 Text(f"复算了 {len(chosen)} 块（{count:,} {_WHAT[about['kind']].zh}）",
                      f"computed {len(chosen)} pieces again ({count:,} {_WHAT[about['kind']].en})"))
