"""Long work in pieces: each one is kept once it is done, and a run that was killed goes on and ends in the same bytes.

    pieces = [Piece(f"{number:05d}", (scenario, first, last)) for ...]      # what to do, in an order of its own
    def work(scenario, first,
             last): ...                                    # → {file name: bytes}; same arguments, same bytes
    def merge(done): ...                                                    # yields (file name, bytes) from all of them
    run(folder, about, pieces, work, merge, inputs={...}, executor=processes(2), resume=True)

`work` is a function of a module, so that it can be sent to another process or machine; only this process writes.
`done` is a list of {file name: path}, one for each piece in their order, whatever the order they were finished in.
`about` names what the bytes depend on ({"kind": …, "seed": …, **provenance()}): a folder with another `about` is refused.
Without a folder, `results` does the same work and gives what comes of it, piece by piece as they are finished.

In the folder: `inputs` and the files of each piece; `journal.jsonl`, a line with hashes for each finished piece, while
it runs; `manifest.json` with the hashes of everything, instead, when all is done; `.lock` while a process is at work.
"""
import hashlib
import json
import os
import re
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from simulator.language import Text, language, say
from simulator.problems import UNSEEN, InputError, Problem, of_system, unwritable

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

MANIFEST, JOURNAL, LOCK, TEMPORARY = "manifest.json", "journal.jsonl", ".lock", ".tmp-"
IN_FLIGHT = 128         # pieces handed out at a time, so that results do not pile up
PATIENCE = 5            # seconds for a scheduler to answer
_UNREADABLE = Text("清单读不懂", "the manifest cannot be read")
MOST_NAMED = 5          # files that are not as they were
MOST_BREAKS = 3         # workers lost one after another without a piece finished: it is the piece that kills them


Work: TypeAlias = Callable[..., dict[str, bytes]]
Pool: TypeAlias = Executor | Callable[[], Executor] | None
Progress: TypeAlias = Callable[[int, int], object] | None


@dataclass(frozen=True)
class Piece:
    """A part of the work. `name` is unique; `weight` is how much of the whole it is, for the progress."""
    name: str
    arguments: tuple[Any, ...]
    weight: int = 1


# ── doing it ───────────────────────────────────────────────────────────────────────────────────────

def run(folder: str | Path, about: dict[str, Any], pieces: list[Piece], work: Work,
        merge: Callable[[list[dict[str, Path]]], Iterable[tuple[str, bytes]]], inputs: dict[str, bytes] | None = None,
        executor: Pool = None, resume: bool = False, progress: Progress = None, altered: Sequence[str] = ()) -> dict[str, Any]:
    """Do what is not yet done, and return the manifest. InputError if the folder is in use or holds something else.

    `executor` as for `results`. `progress(done, all)` is told the weights, first of what was done before.
    `altered` are the inputs known not to be those that a run to go on with was begun with.
    """
    if executor is not None:
        _leave_if_reading()
    folder, inputs = Path(folder), inputs or {}
    try:
        _check_is_ours(folder, inputs)
    except OSError as error:
        raise unwritable(folder, error) from None
    with _locked(folder):
        store = _Store(folder, about, inputs, resume, altered)
        if store.manifest and store.is_complete(pieces):
            (folder / JOURNAL).unlink(missing_ok=True)      # killed with nothing but that left to do
            if progress:
                progress(1, 1)
            return store.manifest
        store.begin(inputs)
        total = sum(piece.weight for piece in pieces)
        done = sum(piece.weight for piece in pieces if piece.name in store.pieces)
        if progress:
            progress(done, total)
        todo = [piece for piece in pieces if piece.name not in store.pieces]
        with closing(results(todo, work, executor)) as found:
            for piece, files in found:
                store.keep(piece.name, files)
                done += piece.weight
                if progress:
                    progress(done, total)
        outputs = merge([{name: folder / name for name in store.pieces[piece.name]} for piece in pieces])
        return store.finish(pieces, {name: _written(folder / name, content) for name, content in outputs})


def results(pieces: Iterable[Piece], work: Work, executor: Pool = None) -> Generator[tuple[Piece, dict[str, bytes]]]:
    """(piece, what `work` made of it), in the order they are finished.

    `executor` is any `concurrent.futures.Executor`, or a function that makes one: then one that breaks, because a
    worker died, is replaced and what it had in hand is done anew. Without one the work is done here.
    """
    if executor is None:
        for piece in pieces:
            yield piece, work(*piece.arguments)
        return
    is_ours = not isinstance(executor, Executor)
    waiting, breaks, has_begun = deque(pieces), 0, False
    while waiting:
        pool = executor if isinstance(executor, Executor) else executor()
        running: dict[Future[dict[str, bytes]], Piece] = {}
        try:
            while waiting or running:
                while waiting and len(running) < IN_FLIGHT:
                    running[pool.submit(work, *waiting[0].arguments)] = waiting[0]
                    waiting.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    found = running[future], future.result()
                    del running[future]
                    breaks = 0
                    yield found
        except BrokenExecutor as error:
            started = getattr(pool, "started", None)
            has_begun = has_begun or started is None or started.is_set()
            if not has_begun:
                raise _cannot_start() from error
            breaks += 1
            if not is_ours or breaks > MOST_BREAKS:
                raise
            waiting.extendleft(reversed(running.values()))
        finally:
            for future in running:
                future.cancel()
            if is_ours:
                pool.shutdown(cancel_futures=True)


def processes(workers: int | None = None) -> Callable[[], Executor]:
    """Makes pools of processes: for work in plain Python, which threads would only take turns at."""
    import multiprocessing
    import sys
    from concurrent.futures import ProcessPoolExecutor
    if Path(getattr(sys.modules["__main__"], "__file__", None) or "").name == "<stdin>":
        raise _cannot_start()                               # every worker would look for a file of that name

    # Never a bare fork: the caller may have threads, and a child would hold the lock when its parent is gone.
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in kinds else "spawn")

    class Pool(ProcessPoolExecutor):
        """`started` is set once any worker has read the script it belongs to."""
        def __init__(self) -> None:
            _leave_if_reading()
            self.started = context.Event()
            super().__init__(workers or cores(), mp_context=context, initializer=_in_worker, initargs=(self.started,))
    return Pool


def check_workers(workers: int | None) -> None:
    """InputError unless a number of processes or threads is a whole one from 1 on, or left to us."""
    if workers is not None and (not isinstance(workers, Integral) or isinstance(workers, bool) or workers < 1):
        raise InputError([Problem("workers", Text(f"应为整数且 ≥ 1，现为 {workers!r}", f"should be a whole number ≥ 1, is {workers!r}"))])


def _leave_if_reading() -> None:
    """A worker that comes here while it reads the script of its parent goes, and the parent says what is wrong."""
    import multiprocessing
    import sys
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        sys.exit(1)


def _cannot_start() -> BrokenExecutor:
    return BrokenExecutor(say(
        '工作进程无法启动。最常见的原因：脚本中的调用没有放在 if __name__ == "__main__": 之下，或脚本由标准输入读入'
        "（请存成文件，或用 workers=1）；否则见工作进程自己的报错。",
        'the worker processes cannot start. Most often the call in the script does not stand below if __name__ == "__main__":, '
        "or the script comes from the standard input (make it a file, or say workers=1); else see what the workers said."))


def threads(workers: int | None = None) -> Callable[[], Executor]:
    """Makes pools of threads: for compiled work, which runs side by side in one process."""
    from concurrent.futures import ThreadPoolExecutor
    return partial(ThreadPoolExecutor, workers or cores())


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """An executor on the Dask cluster whose scheduler is at `address`. InputError if there is none."""
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise InputError([Problem("--scheduler", Text("需要 Dask：pip install 'yibao-simulator[cluster]'",
                                                      "needs Dask: pip install 'yibao-simulator[cluster]'"))]) from None
    if not _is_address(address):
        raise InputError([Problem("--scheduler", Text(f"不是调度器地址（应如 tcp://主机:端口）：{address}",
                                                      f"is no address of a scheduler, such as tcp://host:port: {address}"))])
    try:
        _knock(address)                                     # a client that fails complains for ten seconds more
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise InputError([Problem("--scheduler", Text(f"连不上 {address}：{error}", f"cannot reach {address}: {error}"))]) from None
    with client:
        try:
            # Not pure: Dask would otherwise take two pieces with equal arguments for one.
            yield client.get_executor(pure=False, retries=MOST_BREAKS)
        except (KilledWorker, CancelledError) as error:
            raise BrokenExecutor(str(error)) from error


def _is_address(address: str) -> bool:
    """Whether an address has the form of one: `host:port` behind a scheme that Dask knows, or what inproc calls its own."""
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import get_backend
    try:
        scheme, place = parse_address(address)
        get_backend(scheme)
        if scheme == "inproc":
            return bool(place)
        host, port = parse_host_port(place)
    except ValueError:
        return False
    return bool(host) and 0 < port < 2**16


def _knock(address: str) -> None:
    """Reach a scheduler and hang up. Raises what keeps us from it."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from distributed.comm.core import connect
    from distributed.security import Security

    async def knock() -> None:
        comm = await connect(address, timeout=PATIENCE, **Security().get_connection_args("client"))
        await comm.close()
    with ThreadPoolExecutor(1) as pool:                     # this thread may have a loop of its own, as in a notebook
        pool.submit(asyncio.run, knock()).result()


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_worker(started: "Event") -> None:
    """A worker leaves Ctrl+C to its parent, and does not outlive it."""
    import multiprocessing.connection
    import signal
    import threading
    started.set()
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        if parent := multiprocessing.parent_process():
            multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
    threading.Thread(target=follow, daemon=True).start()


# ── keeping it ─────────────────────────────────────────────────────────────────────────────────────

class _Store:
    """The folder of a run. `pieces` are the finished ones: {name: {file: hash}}."""

    def __init__(self, folder: Path, about: dict[str, Any], inputs: dict[str, bytes], resume: bool,
                 altered: Sequence[str] = ()) -> None:
        self.folder, self.about = folder, json.loads(json.dumps(about))
        self.inputs = {name: hash_of(content) for name, content in inputs.items()}
        self.manifest: dict[str, Any] | None = None
        self.pieces: dict[str, dict[str, str]] = {}
        found = read(folder)
        if found:
            self._check_goes_on(found, resume, altered)
        for leftover in folder.rglob(f"{TEMPORARY}*"):      # not before we know that all of this is ours
            if leftover.is_file():
                leftover.unlink()
        if found:
            self.manifest = found if "outputs" in found else None
            self.pieces = {name: files for name, files in found["pieces"].items() if self._is_intact(files)}

    def _check_goes_on(self, found: dict[str, Any], resume: bool, altered: Sequence[str]) -> None:
        """InputError unless what is there is this run, and to be gone on with."""
        if not resume:
            self._refuse("已有一次运行的结果：用 --resume 继续，或另选文件夹",
                         "holds a run already: go on with --resume, or choose another folder")
        was = found["about"]
        other = [key for key in {**self.about, **was} if self.about.get(key) != was.get(key)]
        if other or found["inputs"] != self.inputs:
            words = [_called(key, was.get(key), altered) for key in (other if self.about.get("kind") == was.get("kind") else ["kind"])]
            words = words or [Text(name, name) for name in self.inputs]
            self._refuse(f"里面是另一次运行（不同之处：{'；'.join(zh for zh, _ in words)}），不能混在一起：照原样继续，或另选文件夹",
                         f"holds a different run (other {'; '.join(en for _, en in words)}), and they must not be mixed: "
                         "go on with what it was begun with, or choose another folder")

    def _refuse(self, zh: str, en: str) -> NoReturn:
        raise InputError([Problem(str(self.folder), Text(zh, en))])

    def _is_intact(self, files: dict[str, str]) -> bool:
        return not _altered(self.folder, files)

    def is_complete(self, pieces: list[Piece]) -> bool:
        """Whether all is done and as it was written."""
        return (self.manifest is not None and all(piece.name in self.pieces for piece in pieces)
                and self._is_intact({**self.inputs, **self.manifest["outputs"]}))

    def begin(self, inputs: dict[str, bytes]) -> None:
        """Start the journal, with what is already finished."""
        for name, content in inputs.items():
            _written(self.folder / name, content)
        lines = [{"about": self.about, "inputs": self.inputs},
                 *({"piece": name, "files": files} for name, files in self.pieces.items())]
        _written(self.folder / JOURNAL, b"".join(map(_line, lines)))
        (self.folder / MANIFEST).unlink(missing_ok=True)

    def keep(self, name: str, files: dict[str, bytes]) -> None:
        """Write what came of a piece; only when all of it is on the disk, the journal says so."""
        hashes = {file: _written(self.folder / file, content) for file, content in files.items()}
        with (self.folder / JOURNAL).open("r+b") as journal:
            end = journal.seek(0, os.SEEK_END)
            try:
                journal.write(_line({"piece": name, "files": hashes}))
                journal.flush()
                os.fsync(journal.fileno())
            except OSError:                                 # half a line would hide those that come after it
                with suppress(OSError):
                    journal.truncate(end)
                raise
        self.pieces[name] = hashes

    def finish(self, pieces: list[Piece], outputs: dict[str, str]) -> dict[str, Any]:
        manifest = {"about": self.about, "inputs": self.inputs,
                    "pieces": {piece.name: self.pieces[piece.name] for piece in pieces}, "outputs": outputs}
        if any(map(is_picture, outputs)):
            manifest["drawn_with"] = drawn_with()
        manifest["sha256"] = _digest(manifest)
        _written(self.folder / MANIFEST, (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
        (self.folder / JOURNAL).unlink()
        return manifest


# What a run is known by, and how that is said on the command line.
CALLED = {
    "kind": Text("运行的种类", "kind of run"), "scenarios": Text("情景", "scenarios"), "accounts": Text("账户数", "number of accounts"),
    "seed": Text("随机种子", "seed"), "piece": Text("每块的账户数", "size of pieces"), "language": Text("语言", "language"),
    "program": Text("程序版本", "version of the program"), "code": Text("程序代码", "code"),
    "rules": Text("地区规则", "rules of regions"), "libraries": Text("所用的库", "libraries"),
}
_OPTIONS = {"language": "--lang", "seed": "--seed", "accounts": "--accounts"}


def _called(key: str, was: object, altered: Sequence[str]) -> Text:
    """What is not as it was, and how it was given then, or the files that it is about."""
    zh, en = CALLED.get(key, Text(key, key))
    if key in _OPTIONS:
        return Text(f"{zh}，原为 {_OPTIONS[key]} {was}", f"{en}, it was {_OPTIONS[key]} {was}")
    if key == "scenarios" and altered:
        some = [*altered[:MOST_NAMED], *["…"] * (len(altered) > MOST_NAMED)]
        return Text(f"{zh}，即 {'、'.join(some)}", f"{en}: {', '.join(some)}")
    return Text(zh, en)


def read(folder: str | Path) -> dict[str, Any] | None:
    """The manifest of a folder, or of a run that is not finished what its journal has; None if there is neither."""
    folder = Path(folder)
    with suppress(*_DAMAGED):
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        _look_at(manifest["pieces"], manifest["inputs"], manifest["outputs"])
        if all(isinstance(one, dict) for one in (manifest["about"], manifest.get("drawn_with", {}))):
            return manifest
    with suppress(*_DAMAGED):
        head, *lines = (folder / JOURNAL).read_bytes().splitlines()
        head = json.loads(head)
        _look_at({}, head["inputs"])
        found = {"about": {**head["about"]}, "inputs": head["inputs"], "pieces": {}}
        with suppress(*_DAMAGED):                           # the line it was killed at
            for line in lines:
                record = json.loads(line)
                _look_at({record["piece"]: record["files"]})
                found["pieces"][record["piece"]] = record["files"]
        return found
    return None


# What comes of reading a manifest or journal that is not as we write it.
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def _look_at(pieces: dict[str, dict[str, str]], *files: dict[str, str]) -> None:
    """ValueError, or another of `_DAMAGED`, if these are not {piece: {file: hash}} and {file: hash} with names that can be."""
    words = [*pieces, *(word for one in (*pieces.values(), *files) for pair in one.items() for word in pair)]
    if any(not isinstance(word, str) or UNSEEN.search(word) for word in words):
        raise ValueError("no names with hashes")


def _written(path: Path, content: bytes) -> str:
    """Write a file whole or not at all, and down to the disk; its hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(TEMPORARY + path.name)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":                                  # the name, too, has to reach the disk
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return hash_of(content)


def _line(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False) + "\n").encode()


def hash_of(content: bytes) -> str:
    """The SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def _digest(manifest: dict[str, Any]) -> str:
    return hash_of(json.dumps({key: value for key, value in manifest.items() if key != "sha256"}, sort_keys=True).encode())


def _check_is_ours(folder: Path, inputs: dict[str, bytes]) -> None:
    """InputError where a folder holds what is not of a run. Before anything in it is touched, even for a lock."""
    is_run = read(folder) is not None
    if not is_run and (folder / MANIFEST).exists():
        raise InputError([Problem(str(folder), _UNREADABLE)])
    names = None if is_run else {name: hash_of(content) for name, content in inputs.items()}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name == LOCK:
            is_ours = path.is_file() and not path.is_symlink() and bool(_HOLDER.fullmatch(path.read_text("utf-8", "replace")))
        else:                                               # of a run that was killed before it had begun its journal
            is_ours = names is None or _is_of(path, folder, names)
        if not is_ours:
            raise InputError([Problem(str(folder), Text(f"文件夹里有别的内容（{path.name} 等），请另选一个",
                                                        f"holds something else ({path.name} …): choose another folder"))])


_HOLDER = re.compile(r"(\d+ @ .*)?")


def _is_of(path: Path, folder: Path, inputs: dict[str, str]) -> bool:
    """Whether a file is an input of the run, or one that was being written; of a folder, whether all in it is."""
    if path.is_dir() and not path.is_symlink():
        return any(name.startswith(f"{path.relative_to(folder).as_posix()}/") for name in inputs) and all(
            _is_of(inner, folder, inputs) for inner in path.iterdir())
    name = path.with_name(path.name.removeprefix(TEMPORARY)).relative_to(folder).as_posix()
    if path.name.startswith(TEMPORARY):
        return name in inputs or name in (JOURNAL, MANIFEST)
    return name in inputs and path.is_file() and hash_of(path.read_bytes()) == inputs[name]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this process. The system lets go of a lock when its process dies, however it dies."""
    path = folder / LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            if not _try_lock(handle):
                os.close(handle)
                who = _holder(path)
                raise InputError([Problem(str(folder), Text(f"另一个进程正在写这个文件夹（{who}）",
                                                            f"another process is writing to this folder ({who})"))])
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), path.stat()):
                    break
            os.close(handle)                                # its owner has just finished and removed it: once more
    except OSError as error:
        raise unwritable(folder, error) from None
    _held.add(handle)
    try:
        with suppress(OSError):                             # on a full disk nobody can be told who holds it
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()} @ {socket.gethostname()}".encode())
        yield
    finally:
        _held.discard(handle)
        if os.name == "posix":
            path.unlink(missing_ok=True)
            os.close(handle)
        else:                                               # Windows does not remove what is open
            os.close(handle)
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _holder(lock: Path) -> str:
    """Who holds a lock, as far as that can be read: `process @ machine`."""
    return lock.read_text("utf-8", "replace") if os.name == "posix" else ""


def _writer(folder: Path) -> str | None:
    """Who is writing to a folder; None if nobody is."""
    with suppress(OSError):
        handle = os.open(folder / LOCK, os.O_RDWR)
        is_free = _try_lock(handle)
        os.close(handle)
        return None if is_free else _holder(folder / LOCK)
    return None


_held: set[int] = set()


def _let_go() -> None:
    """A forked worker does not keep its parent's folder."""
    for handle in _held:
        os.close(handle)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _try_lock(handle: int) -> bool:
    try:
        if os.name == "posix":
            import fcntl
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # of Windows only
    except (BlockingIOError, PermissionError):
        return False
    return True


# ── proving it ─────────────────────────────────────────────────────────────────────────────────────

@cache
def provenance() -> dict[str, Any]:
    """What every number rests on beside its input: the version and hashes of the code, the rules and the writers."""
    from importlib.metadata import PackageNotFoundError, version

    from simulator import __version__
    here = Path(__file__).parent
    hashes = {}
    for key, pattern in (("code", "*.py"), ("rules", "regions/**/*.toml")):
        found = hashlib.sha256()
        for path in sorted(here.rglob(pattern)):
            name = path.relative_to(here).as_posix()
            if not name.startswith("dashboard/"):
                found.update(f"{name}\0".encode() + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
        hashes[key] = found.hexdigest()
    libraries = {}
    for name in ("numpy", "pyarrow", "xlsxwriter", "matplotlib"):
        with suppress(PackageNotFoundError):
            libraries[name] = version(name)
    return {"program": __version__, **hashes, "libraries": libraries}


def is_picture(name: str) -> bool:
    """Whether a file's bytes follow from the fonts of a machine too."""
    return name.endswith((".png", ".svg"))


def drawn_with() -> dict[str, str]:
    """What a picture rests on beside its numbers and the provenance. No part of `about`: a run may go on with other fonts."""
    import platform

    import PIL
    from matplotlib import font_manager, ft2font

    from simulator.charts import chinese_font
    font = chinese_font()
    return {"language": language(), "machine": f"{platform.system()} {platform.machine()}", "pillow": PIL.__version__,
            "freetype": ft2font.__freetype_version__, "font": font, "font_sha256": hash_of(Path(font_manager.findfont(font)).read_bytes())}


def fingerprint() -> str:
    """The provenance in one hash, to be sent along with the work."""
    return hash_of(json.dumps(provenance(), sort_keys=True).encode())


def check_fingerprint(expected: str) -> None:
    """A worker that would come to other bytes refuses the work. Raises InputError."""
    if fingerprint() != expected:
        raise InputError([Problem("", Text(f"工作进程（{socket.gethostname()}）的程序、规则或库与此处版本不同",
                                           f"the worker on {socket.gethostname()} has another version of program, rules or libraries"))])


def verify(folder: str | Path) -> list[Problem]:
    """What is not as it was written: a list of `Problem`s, empty where all is. InputError if there is no run."""
    folder, found = Path(folder), read(folder)
    if found is None and (folder / MANIFEST).exists():
        return [Problem("", _UNREADABLE, str(folder / MANIFEST))]
    if found is None:
        raise InputError([Problem(str(folder), Text("文件夹里没有运行结果", "there is no run in this folder"))])
    if "outputs" not in found and (who := _writer(folder)) is not None:
        return [Problem("", Text(f"另一个进程正在写这个文件夹（{who}）：等它完成",
                                 f"another process is writing to this folder ({who}): wait until it has finished"), str(folder))]
    if "outputs" not in found:
        return [Problem("", Text("运行尚未完成：用 --resume 继续", "the run is not finished: go on with --resume"), str(folder / JOURNAL))]
    files = {**found["inputs"], **{name: hash for one in found["pieces"].values() for name, hash in one.items()},
             **found["outputs"]}
    problems = [Problem("", message, str(folder / name)) for name, message in _altered(folder, files).items()]
    if found.get("sha256") != _digest(found):
        problems.append(Problem("", Text("清单被改动过", "the manifest was altered"), str(folder / MANIFEST)))
    known = {folder / name for name in (*files, MANIFEST, LOCK)}
    problems += [Problem("", Text("不是这次运行写的文件", "not a file of this run"), str(path))
                 for path in sorted(folder.rglob("*")) if path.is_file() and path not in known]
    return problems


def differing(folder: Path, piece: Piece, work: Work) -> list[str]:
    """The files of a piece that come out otherwise when it is done again, by name."""
    made = work(*piece.arguments)
    written = (read(folder) or {"pieces": {}})["pieces"].get(piece.name, {})
    return sorted(name for name in {**made, **written} if name not in made or hash_of(made[name]) != written.get(name))


def _altered(folder: Path, files: dict[str, str]) -> dict[str, Text]:
    """{file: what became of it} of those whose hash is not as written down."""
    found = {}
    for name, expected in files.items():
        try:
            with (folder / name).open("rb") as file:
                is_same = hashlib.file_digest(file, "sha256").hexdigest() == expected
        except OSError as error:
            found[name] = of_system(error, "读不到：", "cannot read: ")
            continue
        if not is_same:
            found[name] = Text("内容被改动过", "was altered")
    return found
