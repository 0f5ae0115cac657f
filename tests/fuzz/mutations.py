"""Ways to spoil a file: its bytes, its words, its values, its order. `mutated` is the same for the same `Random`."""
import base64
import re
import zlib
from functools import cache
from pathlib import Path

from simulator.dashboard.population import EXAMPLE
from simulator.parameters import CAUSES, PARAMETERS, REASONS, RELATIONS, STATUSES
from simulator.policy import FOLDER
from simulator.scenario_text import packed, to_toml

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SWEEP = '''title = "扫描"
base = "base.toml"
[grid]
region = ["beijing", "上海"]
people.我.wage = { from = 4000, to = 6000, step = 1000 }
rules.credit.employee_rate = [0.02, 0.01]
[[cases]]
name = "照常"
[[cases]]
name = "失业"
set = { months = 6, events = [{ on = 2025-04-01, who = "我", type = "stop", cause = "job_loss" }] }
'''
CHANGES = [
    "people.0.wage=9000", "rules.credit.employee_rate=0.01", "months=3", "people.我.opening={ carried = 5 }", "title=x",
    "region=上海", "events=[{ on = 2025-02-01, who = \"我\", type = \"retire\" }]",
    "rules.credit.employee_rate=[{ from = 2025-02-01, value = 0.01 }]",
]
NUMBERS = [
    "0", "-1", "1", "2", "12", "999", "1200", "1201", "2147483648", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "1" + "0" * 30, "9" * 4299, "9" * 4301, "1e308", "1e1000000", "1e-1000000",
    "1e99999999999999999999", "-0.0", "0.005", "0.0000001", "0." + "0" * 50 + "1", "99999999999.99", "100000000000", "nan",
    "inf", "-inf", "+1", "0x7f", "0o17", "0b1", "1_000", "0.3333333",
]
DATES = [
    "0001-01-01", "1900-01-01", "1998-12-14", "2020-02-29", "2024-02-29", "2025-01-31", "2025-02-01", "2026-07-01",
    "2150-12-31", "9999-12-31", "2025-13-01", "2025-01-01T00:00:00", "2025-01-01T00:00:00Z", "07:32:00", '"2025-07"',
    '"0000-01"', '"9999-12"', '"2025-00"', '"2150-12"', '"1900-01"', '"2025-7"', '"２０２５-07"',
]
TEXTS = [
    '""', '" "', '"\\u0000"', '"\\u202Eabc"', '"\\uD800"', '"\\U0010FFFF"', '"\\uFFFF"', '"👨‍👩‍👧"', '"𠮷"', '"İ"', '"ß"',
    '"a\\nb"', '"\\t"', '"\\u001b[2J"', '"$\\\\frac{"', '"$x_$"', '"[/red]"', '"[bold"', '"=1+1"', '"@SUM"', '"-"',
    '"<script>"', '"{0}"', '"{amount}"', '"%s"', '"../../../../etc/passwd"', '"/dev/zero"', '"/etc/passwd"', '"base.toml"',
    '"."', '"~"', '"a/../b"', '"CON"', '"\'"', '"\\""', '"""x"""', '"""a""""', "'''a''''", '"' + "长" * 59 + '"',
    '"' + "x" * 300 + '"', '"' + "x" * 20_000 + '"', '"' + "a" * 5000 + '自治州"', '"我"', '"self"', '"__class__"', '"none"',
    '"never"',
]
OTHERS = [
    "true", "false", "[]", "{}", "[[]]", "[1, \"a\"]", "{ a = 1 }", "[{}]", "{ from = 1, to = 3, step = 1 }",
    "{ from = 1, to = 1000000, step = 1 }", "{ from = \"2025-01\", to = \"2149-01\", step = 1 }",
    "{ from = 0, to = 1e20, step = 1e-20 }", "[" * 30 + "]" * 30, "[" * 3000 + "]" * 3000, "{ a = " * 18 + "1" + " }" * 18,
]
STATEMENTS = [
    "months = 1200", "a" + ".a" * 150 + " = 1", "[a.b.c]", "[[people]]", "[[events]]", "[rules]", "[people]", "[[grid]]",
    "[grid]", "[[groups]]", "x = 1", "expect = [{ month = \"2025-02\", closing = 1 }]", "rules_as_of = 2024-01-01",
    "wage_growth = -0.5", "plan = \"x\"", "pension = 5000", "medical = { tertiary = 100000 }", "region = \"all\"",
    "base = \"/dev/zero\"", "base = \"../../../../etc/passwd\"", "base = \"the file.toml\"", "panel = 100000",
    "seed = 4611686018427387903", "accounts = 2000000000",
]
MORE = '''moves = { yearly = [{ yearly = 0.1 }] }
aid = { share = 0.5, relations = { spouse = 1 }, premium = { amount = 400, month = 10 } }
[what_if]
"credit.employee_rate" = [{ from = 2025-06-01, value = 0.01 }]
'''
BITS = (b"\0", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae", b'"', b"'", b'"""', b"[", b"]", b"[[", b"{", b"}", b"\n", b"\r", b"\\",
        b"=", b".", b",", b"#", b"-", b"9")
VALUE = re.compile(rb"""(?<==)[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,\]}#]+)|(?<=[\[,{])[ ]*("(?:[^"\\\n]|\\.)*"|-?\d[\w.:+-]*)""")
KEY = re.compile(rb"""(?m)(?:^|(?<=[{,]))[ \t]*([\w."-]+)[ \t]*=""")
CHUNK = re.compile(rb"(?m)^(?=\[)")


@cache
def seeds(kind):
    """Files that are in order, to begin with."""
    if kind == "change":
        return tuple(one.encode() for one in CHANGES)
    if kind == "sweep":
        return (SWEEP.encode(), SWEEP.replace("[[cases]]", "#").encode())
    if kind == "population":
        example = to_toml(EXAMPLE)
        return example.encode(), (example + MORE).encode()
    if kind == "region":
        return tuple((FOLDER / f"{id}.toml").read_bytes() for id in ("beijing", "jiangsu/suzhou", "hubei/wuhan", "hubei", "sichuan/dazhou"))
    files = sorted(path for path in SCENARIOS.rglob("*.toml") if path.parent.name != "population")
    found = tuple(path.read_bytes() for path in files)
    return tuple(packed(one.decode()).encode() for one in found[:20]) if kind == "link" else found


@cache
def words(kind):
    """Names and words that the readers know, and so are worth a try in a wrong place."""
    known = {word for raw in seeds(kind) for word in KEY.findall(raw)}
    return tuple(sorted(known | {word.encode() for word in (
        *PARAMETERS, *REASONS, *RELATIONS, *STATUSES, *CAUSES, "beijing", "hubei/wuhan", "national", "all", "until", "uses", "career",
        "top_up", "prepaid", "insured", "on", "who", "to", "since")}))


def mutated(kind, raw, draw):
    """Other bytes, one to four changes away."""
    if kind == "link":
        return _link(raw, draw)
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3, 4))):
        raw = draw.choice(MUTATIONS)(kind, raw, draw)
    return raw


def _value(kind, raw, draw):
    """Another value in place of one."""
    spots = [found.span(1 if found[1] is not None else 2) for found in VALUE.finditer(raw)]
    if not spots:
        return raw
    start, end = draw.choice(spots)
    new = draw.choice((NUMBERS, DATES, TEXTS, OTHERS, None, None))
    if new is None:                                         # a word the reader knows, or a value from elsewhere in the file
        other = draw.choice(spots)
        new = draw.choice((raw[slice(*other)], b'"' + draw.choice(words(kind)) + b'"'))
    else:
        new = draw.choice(new).encode()
    return raw[:start] + b" " + new + raw[end:]


def _key(kind, raw, draw):
    """Another key in place of one: known elsewhere, misspelt, or dotted."""
    spots = [found.span(1) for found in KEY.finditer(raw)]
    if not spots:
        return raw
    start, end = draw.choice(spots)
    old = raw[start:end]
    new = draw.choice((draw.choice(words(kind)), old[:-1] or b"x", old + b".x", b'"' + old.replace(b'"', b"") + b'"',
                       b'""', b'"\\u0000"', b"from"))
    return raw[:start] + new + raw[end:]


def _statement(kind, raw, draw):
    """A line more, from the list, from here or from another file."""
    lines = raw.splitlines(keepends=True)
    other = draw.choice(seeds(kind)).splitlines(keepends=True)
    new = draw.choice((draw.choice(STATEMENTS).encode() + b"\n", draw.choice(lines or other), draw.choice(other or lines or [b"\n"])))
    place = draw.randint(0, len(lines))
    return b"".join([*lines[:place], new, *lines[place:]])


def _less(kind, raw, draw):
    """A line, or a section, less."""
    parts = CHUNK.split(raw) if draw.random() < 0.3 else raw.splitlines(keepends=True)
    if len(parts) > 1:
        del parts[draw.randrange(len(parts))]
    return b"".join(parts)


def _swapped(kind, raw, draw):
    parts = CHUNK.split(raw) if draw.random() < 0.5 else raw.splitlines(keepends=True)
    draw.shuffle(parts)
    return b"".join(parts)


def _repeated(kind, raw, draw):
    """A line or a section many times."""
    parts = CHUNK.split(raw) if draw.random() < 0.7 else raw.splitlines(keepends=True)
    if parts:
        place = draw.randrange(len(parts))
        most = draw.choice((2, 3, 21, 150, 2500, 20_000))
        parts[place] *= max(1, min(most, 1_100_000 // (len(parts[place]) or 1)))
    return b"".join(parts)


def _bytes(kind, raw, draw):
    """Bytes changed, put in, taken out, cut off."""
    raw = bytearray(raw)
    for _ in range(draw.choice((1, 1, 4, 20))):
        place = draw.randint(0, len(raw))
        what = draw.randrange(5)
        if what == 0 and place < len(raw):
            raw[place] = draw.choice((0, 10, 13, 34, 39, 44, 45, 46, 48, 57, 61, 91, 93, 123, 125, 127, 255, draw.randrange(256)))
        elif what == 1:
            raw[place:place] = draw.choice((*BITS, draw.randbytes(3)))
        elif what == 2:
            del raw[place:place + draw.choice((1, 2, 10, 100))]
        elif what == 3 and draw.random() < 0.2:
            del raw[place:]
        else:
            other = draw.randint(0, len(raw))
            raw[place:place] = raw[other:other + draw.choice((1, 5, 50))]
    return bytes(raw)


def _coded(kind, raw, draw):
    """The same in another coding, or with other ends of lines."""
    text = raw.decode("utf-8", "replace")
    return draw.choice((lambda: b"\xef\xbb\xbf" + raw, lambda: text.encode("utf-16"), lambda: text.encode("gb18030", "replace"),
                        lambda: raw.replace(b"\n", b"\r\n"), lambda: raw.replace(b"\n", b"\r"), lambda: raw.replace(b"\n", b"\r\r\n"),
                        lambda: b"\xef\xbb\xbf" * 2 + raw, lambda: raw + b" " * 100_000, lambda: b""))()


def _link(raw, draw):
    """What a link holds, spoilt before or after it was packed."""
    if draw.random() < 0.5:
        return _bytes("link", raw, draw)
    inner = mutated("scenario", draw.choice(seeds("scenario")), draw)
    if draw.random() < 0.1:
        inner = inner * (20_000_000 // (len(inner) or 1))
    return base64.urlsafe_b64encode(zlib.compress(inner)).rstrip(b"=")


MUTATIONS = (_value, _value, _value, _value, _key, _key, _statement, _statement, _less, _swapped, _repeated, _bytes, _coded)
