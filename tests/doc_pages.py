"""The documents: what stands on a page, and reading it as a reader would, in an empty folder, from top to bottom.

A block is what its fence says. Which file a `toml` block is, the paragraph above it says: the last `name.toml` there.

| block | what is done |
|---|---|
| `toml`, named | saved before anything runs, and checked as `simulator check` does; `wrong….toml` has to be refused |
| `toml`, named as a region file of ours | every line stands in that file |
| `toml`, not named | a piece: the file named before it has to be right with it, too |
| `sh` | every `simulator` line runs; other commands are held to `COMMANDS` |
| `text` with `$ …` | the command runs, and prints this; `…` alone on a line stands for any lines |
| `text` after `python` | what that printed |
| `text` else | a list of files and folders, all there |
| `python` | runs, in one namespace a page, in Chinese until it asks for English |
| `json` | what the `sh` block above it printed; `"…"` in it stands for more |
| others | not run, for the reason in `NOT_RUN` |
"""
import io
import json
import re
import shlex
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from simulator import checking, cli
from simulator.language import LANGUAGES, language, use_language

ROOT = Path(__file__).parent.parent
REGIONS = ROOT / "simulator" / "regions"
OURS = ("scenarios", "simulator", "docs", "data")           # folders of the project that a page may name
IN_BOTH = ("scenarios/sources/",)                           # pages that say everything in both languages

NOT_RUN = {
    "powershell": "Windows is not at hand; held to the same steps for other systems by the twin",
    "nginx": "another program's configuration", "ini": "another program's configuration",
    "systemd": "another program's configuration", "caddyfile": "another program's configuration",
    "dockerfile": "another program's configuration", "yaml": "another program's configuration",
    "diff": "a change to be made by hand; the recipe of CONTRIBUTING has tests of its own",
}


def _target_exists(words):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    return [f"there is no target {word}" for word in words[1:] if "=" not in word and word not in targets]


def _extras_exist(words):
    extras = set(re.findall(r"^(\w+) = \[$", (ROOT / "pyproject.toml").read_text("utf-8"), re.M))
    named = {extra for word in words for found in re.findall(r"\.\[([\w,]+)\]", word) for extra in found.split(",")}
    return [f"there is no extra {extra}" for extra in sorted(named - extras)]


def _script_exists(words):
    script = next((word for word in words[1:] if word.endswith((".py", ".sh"))), None)
    return [f"there is no {script}"] if script and not (ROOT / script).exists() else []


def _nothing(words):
    return []


# Commands that are not run here: what they begin with, what is looked at instead, and why.
COMMANDS = (
    ("simulator app", _nothing, "serves until it is stopped; the browser tests open it"),
    ("simulator batch sweep.toml --out results --scheduler", _nothing, "needs a cluster; test_cluster.py has one"),
    ("make", _target_exists, "installs, serves or tests for minutes"),
    ("python -m venv", _nothing, "Python's own"),
    ("python3 -m venv", _nothing, "Python's own"),
    ("python -m distributed.cli.", _nothing, "serves until it is stopped; test_cluster.py looks at its options"),
    ("python ", _script_exists, "minutes, or changes files of the project; each tool has tests of its own"),
    ("pip install", _extras_exist, "changes the environment"),
    (".venv/bin/pip install", _extras_exist, "changes the environment"),
    (".venv/bin/simulator app", _nothing, "serves until it is stopped"),
    (".venv/bin/python -m pytest", _nothing, "the tests themselves"),
)

# What takes seconds and says the same in both languages but for words that other tests read: run on the English page only.
ONCE = ("simulator batch ", "simulator verify ", "simulator population scenarios/", "simulator check scenarios simulator/regions")


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, its text, the line of its fence, and the paragraph above it."""
    kind: str
    text: str
    line: int
    above: str

    @property
    def file(self):
        """The TOML file that the paragraph above names, or ""."""
        return next(iter(re.findall(r"`([\w./-]+\.toml)`", self.above)[::-1]), "")


class Page:
    """A page of the documents."""

    def __init__(self, path):
        self.path, self.text = path, path.read_text("utf-8")
        self.name = path.relative_to(ROOT).as_posix()
        self.lang = "zh" if path.name.endswith(".zh-CN.md") else "en"

    @property
    def twin(self):
        """The path of the same page in the other language."""
        name = self.path.name
        return self.path.with_name(name.replace(".zh-CN.md", ".md") if self.lang == "zh" else f"{self.path.stem}.zh-CN.md")

    @cached_property
    def blocks(self):
        found, lines, start, above = [], self.text.splitlines(), None, []
        for number, line in enumerate(lines, 1):
            if line.startswith("```"):
                if start is None:
                    start, kind = number, line[3:].strip()
                else:
                    text = "\n".join(lines[start:number - 1]) + "\n"
                    found.append(Block(kind, text, start, " ".join(above)))
                    start, above = None, []
            elif start is None and line.strip():
                above = [*above, line] if lines[number - 2].strip() and number > 1 else [line]
        assert start is None, f"{self.name}:{start}: a block without an end"
        return tuple(found)

    @cached_property
    def prose(self):
        """The text without its blocks, which become empty lines."""
        return re.sub(r"^```.*?^```$", lambda match: "\n" * match[0].count("\n"), self.text, flags=re.M | re.S)

    @property
    def headings(self):
        return re.findall(r"^(#+) (.+)", self.prose, re.M)

    @property
    def links(self):
        """Where its links lead: (address, line)."""
        return [(address, number) for number, line in enumerate(self.prose.splitlines(), 1)
                for address in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line))]

    @property
    def code_words(self):
        """What stands in `code` in its text: (words, line)."""
        return [(words, number) for number, line in enumerate(self.prose.splitlines(), 1) for words in re.findall(r"`([^`]+)`", line)]


def pages():
    """Every page of the project, but those of the regions, which are made from their files."""
    paths, folders = [], [ROOT]
    while folders:
        for path in folders.pop().iterdir():
            if path.is_dir() and not path.name.startswith((".", "build", "dist")) and path != ROOT / "docs" / "regions":
                folders.append(path)
            elif path.suffix == ".md" and path.is_file():
                paths.append(path)
    return [Page(path) for path in sorted(paths)]


class Reader:
    """Reads a page in a folder of its own and notes what is not as it says."""

    def __init__(self, page, folder):
        self.page, self.folder, self.wrong = page, Path(folder), []
        self.names, self.language = {"__name__": "__main__"}, LANGUAGES[0]      # of the Python blocks, in a new process
        self.printed, self.file, self.before = "", "", None

    def read(self):
        """Everything that is wrong, each with its line. Works in the folder: be there."""
        for name in OURS:
            (self.folder / name).symlink_to(ROOT / name)
        use_language(self.page.lang)
        for block in self.page.blocks:
            if block.kind == "toml" and block.file and not self.region(block):
                if (self.folder / block.file).exists():
                    self.note(block, f"{block.file} is on this page already")
                (self.folder / block.file).write_text(block.text, "utf-8")
        for block in self.page.blocks:
            if block.kind in NOT_RUN:
                continue
            reading = getattr(self, f"read_{block.kind}", None)
            if reading is None:
                self.note(block, f"what is a block of {block.kind or 'no kind'}? Say it in NOT_RUN")
                continue
            reading(block)
            self.before = block
        return self.wrong

    def note(self, block, text):
        self.wrong.append(f"{self.page.name}:{block.line}: {text}")

    @staticmethod
    def region(block):
        """The region file of ours that a block quotes, or None."""
        path = REGIONS / block.file.removeprefix("simulator/regions/")
        return path if block.file and path.exists() else None

    # ── kinds of blocks ──

    def read_toml(self, block):
        if quoted := self.region(block):
            stated = quoted.read_text("utf-8").splitlines()
            for line in block.text.splitlines():
                if line not in stated:
                    self.note(block, f"{block.file} has no line {line}")
            return
        file = self.file = block.file or self.file
        if not file:
            self.note(block, "which file is it? Name it in the paragraph above")
            return
        path = self.folder / file
        if not block.file:                                  # a piece of the file before it
            path = self.folder / f"{Path(file).stem}+{block.line}.toml"
            whole = (self.folder / file).read_text("utf-8")
            path.write_text(f"{whole}\n{block.text}" if block.text.lstrip("# ").startswith("[") else f"{block.text}\n{whole}", "utf-8")
        report = checking.check_file(path)
        if report.ok == Path(file).name.startswith("wrong"):
            self.note(block, f"{file}: " + ("nothing is wrong with it" if report.ok else "; ".join(map(str, report.problems))
                                            or f"not as expected: {report.unexpected}"))

    def read_sh(self, block):
        for line in re.sub(r"\\\n", " ", block.text).splitlines():
            words = shlex.split(line, comments=True)
            if self.page.lang == "zh" and line.startswith(ONCE):
                continue                                    # test_twins_say_the_same sees to it that the twin has it, too
            if words and words[0] == "simulator" and not self.excepted(line):
                code, self.printed = self.run(words[1:])
                if code:
                    self.note(block, f"exit code {code}: {line}\n{self.printed}")
            elif words:
                self.look_at(block, line, words)

    def look_at(self, block, line, words):
        look = self.excepted(line)
        for problem in look(words) if look else ["not a command of ours; say in COMMANDS why it is not run"]:
            self.note(block, f"{line}: {problem}")

    @staticmethod
    def excepted(line):
        return next((look for start, look, _ in COMMANDS if line.startswith(start)), None)

    def read_text(self, block):
        if block.text.startswith("$ "):
            for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
                line, _, shown = part.partition("\n")
                words = shlex.split(line, comments=True)
                if words[0] != "simulator":
                    self.note(block, f"not a command of ours: {line}")
                    continue
                _, self.printed = self.run(words[1:])
                self.compare(block, shown, self.printed)
        elif self.before and self.before.kind == "python":
            self.compare(block, block.text, self.printed)
        else:
            found = [path for line in block.text.splitlines() for path in
                     re.findall(r"(?:^|[,、] ?)([\w./-]+/[\w./]*)", line.split("  ")[0])]
            for path in found or ["a file or folder in it"]:
                if not (ROOT / path).exists():
                    self.note(block, f"there is no {path}")

    def compare(self, block, shown, printed):
        if difference := unlike(shown, printed):
            self.note(block, f"{difference}\nNow it is:\n{printed}")

    def read_python(self, block):
        use_language(self.language)
        try:
            code = compile(block.text, f"{self.page.name}:{block.line}", "exec")
            _, self.printed = captured(lambda: exec(code, self.names))  # noqa: S102  # what the page says is what is run
        except Exception as error:  # noqa: BLE001  # whatever it is, the page is to name it
            self.note(block, f"{type(error).__name__}: {error}")
        self.language = language()
        use_language(self.page.lang)

    def read_json(self, block):
        try:
            shown, printed = json.loads(block.text), json.loads(self.printed)
        except ValueError as error:
            self.note(block, f"{error} in {self.printed[:200]!r}")
            return
        for problem in unlike_json(shown, printed):
            self.note(block, problem)

    def run(self, words):
        """Run a command line of ours here: (exit code, what it printed)."""
        return captured(lambda: cli.main([*words, "--lang", self.page.lang]))


def captured(call):
    """(exit code, what was printed, problems too)."""
    out, code = io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(out):
        try:
            call()
        except SystemExit as done:
            code = done.code or 0
    return code, out.getvalue()


def unlike(shown, printed):
    """How a shown output differs from what is printed, or ""; a line `…` stands for any lines, empty ones do not count."""
    wanted, lines = ([line.rstrip() for line in text.splitlines() if line.strip()] for text in (shown, printed))
    place, skip = 0, False
    for line in wanted:
        if line.strip() == "…":
            skip = True
            continue
        if skip and line in lines[place:]:
            place = lines.index(line, place)
        if place >= len(lines) or lines[place] != line:
            return f"it does not print: {line}"
        place, skip = place + 1, False
    return "" if skip or place == len(lines) else f"it goes on: {lines[place]}"


def unlike_json(shown, printed, path="$"):
    """Where shown data differ from those printed; `"…"` in a list or as a key stands for more."""
    if isinstance(shown, dict) and isinstance(printed, dict):
        keys = [key for key in shown if key != "…"]
        if "…" not in shown and keys != list(printed):
            return [f"{path} has {list(printed)}"]
        return [found for key in keys for found in
                (unlike_json(shown[key], printed[key], f"{path}.{key}") if key in printed else [f"{path} has no {key}"])]
    if isinstance(shown, list) and isinstance(printed, list):
        wanted = [one for one in shown if one != "…"]
        if len(wanted) > len(printed) or ("…" not in shown and len(wanted) != len(printed)):
            return [f"{path} has {len(printed)} items"]
        return [found for place, (one, other) in enumerate(zip(wanted, printed)) for found in unlike_json(one, other, f"{path}[{place}]")]
    return [] if shown == printed or shown == "…" else [f"{path} is {printed!r}, not {shown!r}"]


# ── twins ──

def is_chinese(text):
    return isinstance(text, str) and bool(re.search("[\u2e80-\uffef]", text))


def same(one, other):
    """Whether two words are the same but for the language they are in."""
    return one == other or (one, other) == ('"en"', '"zh"') or is_chinese(one) or is_chinese(other)


def words_of(block):
    """What a block says to the machine, as a list of words: without comments and layout, and without what is printed."""
    if block.kind in ("toml", "json"):
        return list(_flat(tomllib.loads(block.text) if block.kind == "toml" else json.loads(block.text)))
    if block.kind == "python":
        import tokenize
        tokens = tokenize.generate_tokens(io.StringIO(block.text).readline)
        return [token.string for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL) and token.string.strip()]
    if block.kind == "text":
        return shlex.split(block.text.splitlines()[0]) if block.text.startswith("$ ") else []
    return [word for line in block.text.splitlines() for word in shlex.split(line, comments=True)]


def _flat(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _flat(inner)
    elif isinstance(value, list):
        yield len(value)
        for inner in value:
            yield from _flat(inner)
    else:
        yield value


def unlike_twins(page, twin):
    """How the code of two pages differs: a list of texts."""
    kinds = [[block.kind for block in one.blocks] for one in (page, twin)]
    if kinds[0] != kinds[1]:
        return [f"blocks {kinds[0]} and {kinds[1]}"]
    found = []
    for one, other in zip(page.blocks, twin.blocks):
        words, others = words_of(one), words_of(other)
        different = [(word, second) for word, second in zip(words, others) if not same(word, second)]
        if len(words) != len(others) or different:
            found.append(f"{page.name}:{one.line} and {twin.name}:{other.line}: {different or (words, others)}")
    return found
