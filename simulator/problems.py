"""What is wrong with an input: collected, never raised one by one, and said with file, line, key and way out."""
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from simulator.language import Text, say

Keys: TypeAlias = tuple[str | int, ...]      # where something stands in a file: keys, and places in lists


@dataclass(frozen=True)
class Problem:
    """One mistake. `key` is the path in the file (`people[0].wage`); `allowed` what may stand there."""
    key: str
    message: Text
    file: str = ""
    line: int = 0
    allowed: tuple[str, ...] = ()
    nearest: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line or "") if part)
        text = " ".join(part for part in (f"{place}:" if place else "", f"{self.key} –" if self.key else "", str(self.message)) if part)
        if self.nearest:
            text += say(f"；是否想写 {self.nearest}？", f"; did you mean {self.nearest}?")
        if self.allowed:
            text += say("；可用：", "; allowed: ") + say("、", ", ").join(map(str, self.allowed))
        return text


class InputError(Exception):
    """All that is wrong with an input. `problems` is the list; `str()` is one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def nearest(word: object, words: Iterable[object]) -> str:
    """The closest known word, or an empty text."""
    return next(iter(get_close_matches(str(word), [str(known) for known in words], 1, 0.6)), "")


_UNKNOWN = Text("没有这一项", "unknown key")


def unknown(key: str, word: object, words: Iterable[object], file: str = "", line: int = 0,
            what: Text = _UNKNOWN) -> Problem:
    """The problem of a word that is not among `words`: names the one that was probably meant, or else all."""
    known = tuple(dict.fromkeys(map(str, words)))
    close = nearest(word, known)
    return Problem(key, what, file, line, () if close else known[:40], close)


def dotted(path: Keys) -> str:
    """A path of keys and positions as a person writes it: `people[0].wage`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
