"""What the fuzzers found stays mended; what a hostile file may ask for is refused in time; and the fuzzers would find more.

`make fuzz` looks for more of it, for as long as one likes; see `fuzz/__main__.py`.
"""
import os
import random
import sys
import time
from pathlib import Path

import pytest
from fuzz import entrances, mutations

from simulator import engine, export, shards
from simulator.language import Text
from simulator.problems import MOST_PROBLEMS, InputError, Problem

CASES = sorted(path for path in (Path(__file__).parent / "cases" / "fuzz").rglob("*") if path.is_file())
PERSON = '[[people]]\nname = "{}"\nbirth = "1988-03"\nsex = "female"\ninsured = "employee"\n'
BASE = 'region = "beijing"\nstart = "2025-01"\nmonths = 12\n' + PERSON.format("a")
BILL = '[[events]]\non = 2025-02-01\nwho = "a"\ntype = "medical"\nplace = "primary"\namount = 1\n'
GOOD = entrances.BASE.read_bytes()
LINK = '[[aid]]\nfrom = "a"\nto = "b"\nrelation = "spouse"\nsince = "2025-01"\n'


@pytest.mark.filterwarnings("ignore:Glyph")                 # a character that no font has is drawn as a box
@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_was_found_is_mended(path):
    raw = path.read_bytes()
    for command in entrances.COMMANDS[path.parent.name]:
        entrances.tried(command, raw)


# What each is refused for is the limit it breaks; all of them once took minutes, gigabytes, or both.
HOSTILE = {
    "a key of very many parts": ("a." * 400_000 + "a = 1", "嵌套过深"),
    "a heading of very many parts": ("[" + "a." * 400_000 + "a]", "嵌套过深"),
    "quoted parts": ("'a' . \"b\"." * 90_000 + "a = 1", "嵌套过深"),
    "more than a megabyte": ("#" * (1 << 20) + "\n" + BASE, "文件超过 1 MB"),
    "unknown keys": (BASE + "".join(f"k{number} = 1\n" for number in range(80_000)), f"只列出前 {MOST_PROBLEMS} 处"),
    "unknown rules": (BASE + "[rules]\n" + "".join(f"k{number} = [{{ from = 2025-01-01, value = 1 }}]\n" for number in range(199)),
                      "rules.k198"),
    "dates of a rule": (BASE + '[rules]\n"credit.employee_rate" = [' + "{ from = 2025-01-01, value = 0.1 }," * 20_000 + "]",
                        "rules – 合计至多 200 项"),
    "people": (BASE + "".join(PERSON.format(f"b{number}") for number in range(10_000)), "people – 至多 20 项"),
    "bills": (BASE + BILL * 12_000, "events – 至多 2000 项"),
    "authorisations": (BASE + PERSON.format("b") + LINK * 12_000, "aid – 至多 100 项"),
    "expectations": (BASE + '[[expect]]\nmonth = "2025-02"\nclosing = 1\n' * 20_000, "expect – 至多 2000 项"),
    "places that are nowhere": (BASE + "".join(f'[[events]]\non = 2025-02-01\nwho = "a"\ntype = "move"\nregion = "r{number % 40}"\n'
                                              for number in range(2000)), "没有这个地区"),
    "moves": (BASE + "".join(f'[[events]]\non = 2025-02-01\nwho = "a"\ntype = "move"\nregion = "r{number}"\n' for number in range(1000)),
              "至多涉及 40 个地区"),
    "a name for a region": (BASE.replace("beijing", "a" * 500_000 + "自治州"), "没有这个地区"),
    "a path for a region": (BASE.replace("beijing", "a" * 5000), "没有这个地区"),
    "a name": (BASE.replace('"a"', '"' + "长" * 200_000 + '"'), "people[0].name – 至多 60 个字"),
    "a title": (f'title = "{"x" * 500_000}"\n' + BASE, "title – 至多 200 个字"),
    "a name that clears the screen": (BASE.replace('"a"', '"\\u001b[2J"'), "含有控制字符"),
    "a name that turns what follows": (BASE.replace('"a"', '"\\u202Eabc"'), "含有控制字符"),
    "months": (BASE.replace("12", "1_000_000_000"), "months – 应 ≤ 1200"),
    "months beyond a machine's numbers": (BASE.replace("12", "9" * 40), "整数超过 64 位"),
    "digits": (BASE + f'wage = {"9" * 900_000}', "不是正确的 TOML"),
    "digits after the point": (BASE + f'wage = 1.{"0" * 900_000}1', "应为精确到分的金额"),
    "an exponent": (BASE + "wage = 1e99999999999999999999", "数字超出范围"),
    "nesting": (BASE + "x = " + "[" * 500_000, "嵌套过深"),
    "words for a use": (BASE + PERSON.format("b") + LINK + "uses = [" + '"medicl",' * 60_000 + "]", f"只列出前 {MOST_PROBLEMS} 处"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_upload_is_refused_in_time_with_the_limit(name):
    text, said = HOSTILE[name]
    spent = time.process_time()
    with entrances._limited(20):                            # it is measured below; a machine may be slow, or traced
        code, _, err = entrances._uploaded(text.encode())
    assert code == 2 and said in err and len(err) < 200_000
    assert time.process_time() - spent < (5 if sys.gettrace() is None else 20)


HOSTILE_SWEEPS = {
    "axes of a million": ("[grid]\n" + "".join(f"x{axis} = {{ from = 1, to = 900000, step = 1 }}\n" for axis in range(50)), "more runs"),
    "an axis of more than all": ("[grid]\nx = { from = 0, to = 1e20, step = 1e-5 }\n", "more runs"),
    "a base that never ends": ('base = "/dev/zero"\n[grid]\nx = [1]\n', "no such file"),
    "a base that is this sweep": ('base = "the file.toml"\n[grid]\nx = [1]\n', ""),
    "a base as long as no file name": (f'base = "{"x" * 5000}"\n[grid]\nx = [1]\n', "no such file"),
    "a base that is a folder": ('base = ".."\n[grid]\nx = [1]\n', "no such file"),
    "a base that is no TOML": ('base = "/etc/passwd"\n[grid]\nx = [1]\n', "/etc/passwd"),
}


@pytest.mark.parametrize("name", HOSTILE_SWEEPS)
def test_a_hostile_sweep_is_refused(name, capsys):
    text, said = HOSTILE_SWEEPS[name]
    text = text if text.startswith("base") else 'base = "base.toml"\n' + text
    assert entrances.tried("check FILE --lang en", text.encode()) == 2
    with entrances.TemporaryDirectory() as folder, entrances._inside(folder):
        Path(entrances.NAME).write_text(text, "utf-8")
        Path("base.toml").write_bytes(entrances.BASE.read_bytes())
        _, out, _ = entrances._done("check FILE --lang en", text.encode())
    assert said in out


@pytest.mark.skipif(os.name != "posix", reason="only there a name of a file may be any bytes")
def test_files_of_odd_names(tmp_path, monkeypatch):
    """A batch goes on without them, a check says which they are, and no terminal obeys them."""
    monkeypatch.chdir(tmp_path)
    for name in (b"half\xff.toml", b"two\nlines.toml", b"clear\x1b[2J.toml", b"good.toml"):
        Path(os.fsdecode(name)).write_bytes(GOOD)
    Path("folder.toml").mkdir()
    code, out, _ = entrances._done("check .", GOOD)
    assert code == 2 and "\x1b" not in out and "✓ half" in out
    code, out, _ = entrances._done("batch . --out results --workers 1 --lang en", GOOD)
    assert code == 1 and "5 runs, 4 failed" in out and out.count("characters that cannot be seen") == 3 and "\x1b" not in out
    assert shards.verify("results") == []


# ── the fuzzers themselves ─────────────────────────────────────────────────────────────────────────

@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("kind", entrances.COMMANDS)
def test_spoilt_files_are_no_matter(kind):
    """A few of the inputs that `make fuzz` draws, the same every time."""
    draw = random.Random(kind)
    for _ in range(25):
        raw = mutations.mutated(kind, draw.choice(mutations.seeds(kind)), draw)
        often = [one for one in entrances.COMMANDS[kind] if not any(word in one for word in entrances.SELDOM)]
        entrances.tried(draw.choice(often), raw)


def _slow(*_):
    while True:
        pass


def _greedy(*_):
    raise MemoryError(len(b"x" * 600_000_000))


@pytest.mark.parametrize("broken, command, said", [
    (lambda *_: 1 / 0, "run FILE --json", "ZeroDivisionError"),
    (_slow, "run FILE --json", "more than"),
    (_greedy, "run FILE --json", "MB|MemoryError"),
    (lambda *_: entrances.sys.exit(7), "run FILE --json", "exit code 7"),
    (lambda *_: entrances.sys.exit(2), "run FILE --json", "no word of which file|JSONDecodeError|Expecting value"),
])
def test_a_fault_of_the_program_is_found(monkeypatch, broken, command, said):
    monkeypatch.setattr(engine, "run", broken)
    with pytest.raises((entrances.Fault, ValueError), match=said):
        entrances.tried(command, GOOD)


def test_a_partial_output_is_found(monkeypatch):
    def written(result, path):
        Path(path).write_text("month,person\n2025-01\n", "utf-8-sig")
    monkeypatch.setattr(export, "ledger_to", written)
    with pytest.raises(entrances.Fault, match="another length"):
        entrances.tried("run FILE --out o.csv", GOOD)

    def left(result, path):
        Path(".o.csv.tmp").write_text("x")
        raise InputError([Problem("", Text("坏", "bad"), entrances.NAME)])
    monkeypatch.setattr(export, "ledger_to", left)
    with pytest.raises(entrances.Fault, match="refused, and wrote"):
        entrances.tried("run FILE --out o.csv", GOOD)
