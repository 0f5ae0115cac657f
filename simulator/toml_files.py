"""Reading TOML files: exact numbers, and line numbers for what is wrong.

`tomllib` gives values without places, and no maintained parser gives both. A file whose lines are asked for has
already been parsed by `tomllib`, so its syntax is right and a small scanner is enough.
"""
from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.language import Text, say
from simulator.problems import InputError, Problem, of_library, of_system

if TYPE_CHECKING:
    from simulator.problems import Keys

MOST_MB = 1             # of a file (2²⁰ bytes each); the largest of ours has 66 kB
DEEPEST = 20            # levels of tables and lists: more than any file of ours has, less than a reader breaks at
TOO_DEEP = Text("表与列表嵌套过深", "tables and lists are nested too deeply")
TOO_LARGE = Text(f"文件超过 {MOST_MB} MB", f"the file is larger than {MOST_MB} MB")
# A key of so many parts: `tomllib` takes hours for one of a hundred thousand.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""", re.ASCII)


# What `tomllib` says of a file, in Chinese.
_SYNTAX = {
    "Invalid value": "值写得不对：文字加英文引号，日期写作 2021-01-01，小数写作 0.5",
    "Invalid statement": "应为“名称 = 值”或“[段名]”，中文名称须加英文引号",
    "Invalid initial character for a key part": "名称由字母、数字、_ 与 - 组成，其他文字须加英文引号；花括号写在一行内，末项之后没有逗号",
    "Expected newline or end of document after a statement": "一项之后须换行，这里多出了内容",
    "Expected '=' after a key in a key/value pair": "名称之后应为 =；数字里没有千分位逗号",
    r"Expected '(\]+)' at the end of an? (?:table|array) declaration": "段名之后应为 {}",
    r"Expected .'.|(?:Found invalid|Illegal) character '\\n'": "文字缺少结尾的引号",
    "Expected (.*)": "此处应为 {}",
    "(?:Found invalid|Illegal) character (.*)": "不能有字符 {}",
    r"Cannot declare \((.*?),?\) twice": "{} 这一段写了两次",
    r"Cannot (?:mutate immutable|redefine) namespace \((.*?),?\)": "{} 已经写过，不能再添",
    "Cannot overwrite a value": "同一项写了两次",
    "Duplicate inline table key (.*)": "{} 写了两次",
    "Unclosed array": "列表两项之间缺少英文逗号，或缺少结尾的 ]",
    "Unclosed inline table": "花括号内两项之间须用英文逗号隔开，写在一行内，以 }} 结尾；比例写作 0.085，日期写作 2023-07-01",
    "Unterminated string": "文字缺少结尾的引号",
    r"Unescaped '\\' in a string": r"双引号内的 \ 须写作 \\，或改用单引号",
    "(?:Invalid hex value|Escaped character is not a Unicode scalar value)": r"\ 后面的编码不对：双引号内的 \ 须写作 \\，或改用单引号",
    "Invalid date or datetime": "没有这个日期或时间",
    "Exceeds the limit": "数字过长",
}
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a file of a person's. InputError if it cannot be read or is too large."""
    try:
        with Path(path).open("rb") as file:
            raw = file.read((MOST_MB << 20) + 1)
    except (OSError, ValueError) as error:                  # a ValueError: a name that no file can have
        raise InputError([Problem("", of_system(error, "读不到文件：", "cannot read: "), str(path))]) from None
    if len(raw) > MOST_MB << 20:
        raise InputError([Problem("", TOO_LARGE, str(path))])
    return raw


def read_toml(path: str | Path) -> tuple[dict[str, Any], str]:
    """(data, text) of a TOML file, its numbers exact. InputError if it cannot be read or is not TOML."""
    return parse_toml(read_bytes(path), str(path))


def number(text: str) -> Decimal:
    """A number with a point or an exponent, exactly. ValueError if its exponent is beyond what can be computed with."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(say(f"数字超出范围：{text[:40]}", f"a number out of range: {text[:40]}")) from None


def parse_toml(raw: bytes, file: str) -> tuple[dict[str, Any], str]:
    """(data, text) of the bytes of a TOML file; `file` is what it is called in what is wrong with it."""
    line = 0
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        if len(raw) > MOST_MB << 20:
            message = TOO_LARGE
        elif long_key := _LONG_KEY.search(text):
            message, line = TOO_DEEP, text.count("\n", 0, long_key.start()) + 1
        else:
            data = tomllib.loads(text, parse_float=number)
            too_much = _too_much(data)
            if too_much is None:
                return data, text
            message = too_much
    except UnicodeDecodeError:
        message = Text("文件不是 UTF-8 编码", "the file is not UTF-8")
    except RecursionError:
        message = TOO_DEEP
    except ValueError as error:                             # bad TOML, or a number too long to be read
        zh, line = _PLACE.sub("", str(error)), 0
        known, words = of_library(zh, _SYNTAX)
        if known:
            zh = known.format(*words).replace("', '", ".")      # a name of several parts
        if place := _PLACE.search(str(error)):
            zh += f"（第 {place[2]} 列）" if place[2] else "（到文件末尾）"
            line = int(place[1] or 0)
        message = Text(f"不是正确的 TOML：{zh}", f"not valid TOML: {error}")
    raise InputError([Problem("", message, file, line)])


def _too_much(data: dict[str, Any]) -> Text | None:
    """What in the data nobody needs and a reader may break at, or None. Found level by level, without a recursion."""
    level = [data]
    for _ in range(DEEPEST):
        if any(isinstance(one, int) and one.bit_length() > 63 for one in level):
            return Text("整数超过 64 位", "a whole number of more than 64 bits")
        level = [inner for one in level if isinstance(one, dict | list) for inner in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return None
    return TOO_DEEP


def files_in(paths: Iterable[str | Path]) -> list[Path]:
    """All files, and the `.toml` files of folders, each once, in order. InputError for a folder without any."""
    files = []
    for path in map(Path, paths):
        found = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not found:
            raise InputError([Problem(str(path), Text("文件夹中没有 .toml 文件", "there is no .toml file in the folder"))])
        files += found
    return list(dict.fromkeys(files))


_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r"""
    \"{3} (?: [^"\\]++ | \\. | "(?!""(?!")) )*+ \"{3}       # three quotes end it, and one or two before them are its own
  | '{3} (?: [^']++ | '(?!''(?!')) )*+ '{3}
  | " (?: [^"\\]++ | \\. )*+ "
  | ' [^']*+ '""", re.DOTALL | re.VERBOSE)
_ANYTHING_ELSE = re.compile(r"[^,\]}\n#]+")
_BLANKS, _BLANK_LINES = re.compile(r"[ \t]*+"), re.compile(r"(?:[ \t\n]++|\#[^\n]*+)*+", re.VERBOSE)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[Keys, int] = {}
        self.counted, self.line_there = 0, 1

    def line(self) -> int:
        """The line we are on, counted on from where it was asked last."""
        self.line_there += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line_there

    def skip(self, what: re.Pattern[str] = _BLANK_LINES) -> str:
        found = what.match(self.text, self.at)
        if found is None:
            raise ValueError("not the text of a valid TOML file")
        self.at = found.end()
        return found[0]

    def string(self) -> str:
        found = self.skip(_STRING)
        fence = 3 if found[:3] in ('"""', "'''") else 1
        return found[fence:-fence]

    def key(self) -> tuple[str, ...]:
        parts = []
        while True:
            self.skip(_BLANKS)
            if self.text[self.at] in "\"'":
                parts.append(self.string())
            else:
                parts.append(self.skip(_BARE))
            self.skip(_BLANKS)
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def note(self, path: Keys, line: int) -> None:
        for depth in range(1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)

    def pair(self, above: Keys) -> None:
        line = self.line()
        path = above + self.key()
        self.note(path, line)
        self.at += 1                                        # the equals sign
        self.skip(_BLANKS)
        self.value(path)

    def value(self, path: Keys) -> None:
        char = self.text[self.at]
        if char in "\"'":
            self.string()
        elif char in "[{":
            self.at += 1
            closing, index = "]" if char == "[" else "}", 0
            while True:
                self.skip()
                if self.text[self.at] == ",":
                    self.at += 1
                elif self.text[self.at] == closing:
                    self.at += 1
                    return
                elif char == "{":
                    self.pair(path)
                else:
                    self.note((*path, index), self.line())
                    self.value((*path, index))
                    index += 1
        else:
            self.skip(_ANYTHING_ELSE)

    def document(self) -> dict[Keys, int]:
        header: Keys = ()
        counts: dict[Keys, int] = {}
        self.skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                line, is_array = self.line(), self.text.startswith("[[", self.at)
                self.at += 2 if is_array else 1
                names = self.key()
                self.at += 2 if is_array else 1
                header = ()
                for position, name in enumerate(names):
                    header += (name,)
                    is_new_element = is_array and position == len(names) - 1
                    if header in counts and not is_new_element:
                        header += (counts[header],)         # a path goes on in the last element of an array
                if is_array:
                    counts[header] = counts.get(header, -1) + 1
                    header += (counts[header],)
                self.note(header, line)
            else:
                self.pair(header)
            self.skip()
        return self.lines


def line_numbers(text: str) -> dict[Keys, int]:
    """{path: line} of a valid TOML text; a path is a tuple of keys and, in arrays, positions."""
    try:
        return _Scanner(text).document()
    except (IndexError, ValueError):                        # odd but valid TOML: better no line than a crash
        return {}


def line_of(lines: Mapping[Keys, int], path: Keys) -> int:
    """The line of `path`, or of the nearest thing above it that has one; 0 if none has."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)
