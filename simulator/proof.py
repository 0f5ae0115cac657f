"""Proof of a folder of results: everything is as it was written, and comes out the same when it is done again.

A sample of the pieces is computed again; the tables and pictures, which are what people read, are all built again
from the pieces that are there. That takes the memory that writing them took.
"""
import io
import random
import zipfile
import zlib
from contextvars import copy_context
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from simulator import shards
from simulator.language import LANGUAGES, Text, use_language
from simulator.problems import InputError, Problem

# The module that has `rebuilt(folder)`, its pieces and its work, and `remade(folder, …)`, what follows from the pieces.
KINDS = {"batch": "simulator.batches", "population": "simulator.populations.run"}

_WHAT = {"batch": Text("次运行", "runs"), "population": Text("个账户", "accounts")}
_ALTERED = Text("有改动，未复算", "not computed again: something was altered")


@dataclass(frozen=True)
class Proof:
    """`problems` is what was altered; `recomputed` names the pieces done again, `rebuilt` the files built again from all
    pieces, and `note` says so, or why none was."""
    files: int
    problems: tuple[Problem, ...]
    recomputed: tuple[str, ...]
    note: Text
    rebuilt: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(folder: str | Path, sample: int = 3) -> Proof:
    """The `Proof` of a finished run. InputError if the folder holds none."""
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError([Problem(str(folder), Text("是文件，不是结果文件夹", "is a file, and no folder of results"))])
    problems, found = shards.verify(folder), shards.read(folder)
    files = sum(1 for path in folder.rglob("*") if path.is_file())
    about = found["about"] if found else {}
    if found and "outputs" not in found:
        return Proof(files, tuple(problems), (), Text("未复算：运行尚未完成", "not computed again: the run is not finished"))
    if problems:
        return Proof(files, tuple(problems), (), _ALTERED)
    if found is None or about.get("kind") not in tuple(KINDS):
        return Proof(files, (), (), Text("不认识这种运行，未复算", "not computed again: an unknown kind of run"))
    now = shards.provenance()
    if changed := [key for key in now if now[key] != about.get(key)]:
        zh, en = ("、".join(shards.CALLED[key].zh for key in changed), ", ".join(shards.CALLED[key].en for key in changed))
        return Proof(files, (), (), Text(f"由另一版本写成（不同之处：{zh}），未复算：请用写成它的版本核对",
                                         f"not computed again: written by another version (other {en}); verify it with that one"))
    try:
        pieces, work = import_module(KINDS[about["kind"]]).rebuilt(folder)
        if list(found["pieces"]) != [piece.name for piece in pieces]:
            other = Problem("", Text("所列的块与输入不符", "lists other pieces than the inputs make"), str(folder / shards.MANIFEST))
            return Proof(files, (other,), (), _ALTERED)
        chosen = sorted(random.sample(pieces, min(sample, len(pieces))), key=lambda piece: piece.name)   # another one each time
        problems = [Problem("", Text("复算结果不同", "comes out otherwise when computed again"), str(folder / name))
                    for piece in chosen for name in shards.differing(folder, piece, work)]
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001              # no manifest or input that we wrote can do this
        said = f"{type(error).__name__}: {error}"
        return Proof(files, (Problem("", Text(f"清单或输入被改动过：{said}", f"the manifest or an input was altered: {said}"),
                                     str(folder / shards.MANIFEST)),), (), _ALTERED)
    count = sum(piece.weight for piece in chosen)
    note = Text(f"复算了 {len(chosen)} 块（{count:,} {_WHAT[about['kind']].zh}）",
                f"computed {len(chosen)} pieces again ({count:,} {_WHAT[about['kind']].en})")
    # In a context of its own: pictures are drawn in the language they were drawn in.
    wrong, rebuilt, left = copy_context().run(_outputs, folder, pieces, found)
    note = Text(f"{note.zh}，由全部各块重新生成并比对了 {len(rebuilt)} 个结果文件",
                f"{note.en}, and built {len(rebuilt)} files of results again from all pieces to compare them")
    if left:
        note = Text(f"{note.zh}；{left} 幅图未比对：绘图时的字体或机器与此处不同",
                    f"{note.en}; {left} pictures not compared: drawn with other fonts, or on another kind of machine")
    return Proof(files, (*problems, *wrong), tuple(piece.name for piece in chosen), note, rebuilt)


def _outputs(folder: Path, pieces: list[shards.Piece], found: dict[str, Any]) -> tuple[list[Problem], tuple[str, ...], int]:
    """(what does not follow from the pieces, the files compared, how many pictures were not)."""
    drawn_with = found.get("drawn_with", {})
    if drawn_with.get("language") in LANGUAGES:
        use_language(drawn_with["language"])
    pictures = {name for name in found["outputs"] if shards.is_picture(name)}
    redrawn = not drawn_with or drawn_with == shards.drawn_with()
    remade = import_module(KINDS[found["about"]["kind"]]).remade
    problems, rebuilt = [], []
    try:
        for name, content in remade(folder, pieces, found, redrawn):
            rebuilt.append(name)
            if not _is_same(content, folder / name, found["outputs"].get(name)):
                problems.append(Problem("", Text("由各块重新生成的与此不同", "comes out otherwise when built again from the pieces"),
                                        str(folder / name)))
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001              # no file that we wrote can do this, so one of them is not ours
        said = f"{type(error).__name__}: {error}"
        return [*problems, Problem("", Text(f"无法由各块重新生成：{said}", f"cannot be built again from the pieces: {said}"),
                                   str(folder))], tuple(rebuilt), 0
    left = set() if redrawn else pictures
    problems += [Problem("", Text("不是由各块得出的", "does not follow from the pieces"), str(folder / name))
                 for name in found["outputs"] if name not in left and name not in rebuilt]
    return problems, tuple(rebuilt), len(left)


def _is_same(content: bytes, path: Path, expected: str | None) -> bool:
    """Whether a file is what was made. Of a workbook what is packed into it counts: another zlib packs it otherwise."""
    if expected is None or not path.is_file():
        return False
    if shards.hash_of(content) == expected or path.suffix != ".xlsx":
        return shards.hash_of(content) == expected
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as ours, zipfile.ZipFile(path) as theirs:
            both = list(zip(ours.infolist(), theirs.infolist()))
            return len(ours.infolist()) == len(theirs.infolist()) and all(
                (one.filename, one.file_size) == (other.filename, other.file_size) for one, other in both) and all(
                ours.read(one) == theirs.read(other) for one, other in both)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return False
