"""What is wrong with an input: collected, never raised one by one, and said with file, line, key and way out."""
import errno
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias, TypeVar

from simulator.language import Text, say

Keys: TypeAlias = tuple[str | int, ...]      # where something stands in a file: keys, and places in lists
Ours = TypeVar("Ours")

MOST_PROBLEMS = 500         # of one file: with more it is none of ours, and naming them all would take minutes
MOST_NAMED = 40             # of what is allowed
LONGEST = 300               # characters of a message: it quotes what stands in the file, which may be a megabyte
# Not to be seen, obeyed by a terminal, or turning the direction of what stands around it; and halves of characters.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                    "\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff]")


@dataclass(frozen=True)
class Problem:
    """One mistake. `key` is the path in the file (`people[0].wage`); `allowed` what may stand there.

    Whatever it quotes of the file is cut short, and what a terminal would obey in it is shown as a code.
    """
    key: str
    message: Text
    file: str = ""
    line: int = 0
    allowed: tuple[str, ...] = ()
    nearest: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", visible(self.key))
        object.__setattr__(self, "message", Text(*map(visible, self.message)))
        object.__setattr__(self, "allowed", tuple(visible(str(one)) for one in self.allowed))

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (visible(self.file), self.line or "") if part)
        text = " ".join(part for part in (f"{place}:" if place else "", f"{self.key} –" if self.key else "", str(self.message)) if part)
        if self.nearest:
            nearest = visible(self.nearest)
            text += say(f"；是否想写 {nearest}？", f"; did you mean {nearest}?")
        elif self.allowed:
            text += say("；可用：", "; allowed: ") + say("、", ", ").join(self.allowed)
        return text


def visible(text: str, longest: int = LONGEST) -> str:
    """A text of a stranger in one line of no great length."""
    if len(text) > longest:
        text = f"{text[:longest]}…"
    return UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


class Enough(Exception):
    """So much is wrong with a file that no more of it is looked at."""


class Problems(list[Problem]):
    """What was found wrong with a file so far; `Enough` is raised by the one too many."""

    def append(self, problem: Problem) -> None:
        if len(self) == MOST_PROBLEMS:
            super().append(Problem("", Text(f"只列出前 {MOST_PROBLEMS} 处问题，其余未再检查",
                                            f"only the first {MOST_PROBLEMS} problems are listed; the rest was not looked at")))
            raise Enough
        super().append(problem)


class InputError(Exception):
    """All that is wrong with an input. `problems` is the list; `str()` is one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def each(reads: Iterable[Callable[[], Any]]) -> list[Any]:
    """What each of these reads comes to. InputError with what is wrong with any of them."""
    found, problems = [], list[Problem]()
    for read in reads:
        try:
            found.append(read())
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def nearest(word: object, words: Iterable[object]) -> str:
    """The closest known word, or an empty text; of names with dots, one that ends alike before any other."""
    word, known = str(word), list(map(str, words))
    if len(word) > LONGEST:
        return ""
    ends_alike = [one for one in known if "." in one and one.rpartition(".")[2] == word.rpartition(".")[2]]
    return next(iter(get_close_matches(word, ends_alike or known, 1, 0 if ends_alike else 0.6)), "")


_UNKNOWN = Text("没有这一项", "unknown key")


def unknown(key: str, word: object, words: Iterable[object], file: str = "", line: int = 0,
            what: Text = _UNKNOWN) -> Problem:
    """The problem of a word that is not among `words`, with all of them; as a text it names the one that was probably meant."""
    known = tuple(dict.fromkeys(map(str, words)))
    close = nearest(word, known)
    allowed = known if len(known) <= MOST_NAMED else (*known[:MOST_NAMED], "…")
    return Problem(key, what, file, line, allowed, close)


def nobody(name: object) -> Text:
    """What is wrong with a name that none of the people has."""
    return Text(f"没有这个人：{name}", f"nobody of that name: {name}")


# What a system says of a file, in Chinese.
_OF_SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EISDIR: "这是文件夹", errno.ENOTDIR: "上级不是文件夹", errno.EEXIST: "已有同名的文件",
    errno.ENOTEMPTY: "文件夹不是空的", errno.EACCES: "没有权限", errno.EPERM: "不允许", errno.EROFS: "所在磁盘只读",
    errno.ENOSPC: "磁盘已满", errno.EDQUOT: "超出磁盘配额", errno.EFBIG: "文件过大", errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "名称过长", errno.ELOOP: "链接循环", errno.EMFILE: "打开的文件过多", errno.ENFILE: "打开的文件过多",
    errno.EBUSY: "正被占用", errno.EADDRINUSE: "已被占用", errno.ENOMEM: "内存不足",
}


def of_system(error: BaseException, zh: str = "", en: str = "") -> Text:
    """What the system says of a file that cannot be read or written, after what could not be done with it."""
    said = getattr(error, "strerror", None) or str(error)
    return Text(zh + _OF_SYSTEM.get(getattr(error, "errno", None) or 0, said), en + said)


def unwritable(path: object, error: OSError) -> InputError:
    """What is wrong with a place that cannot be written."""
    return InputError([Problem(str(path), of_system(error, "不能写入：", "cannot write: "))])


def of_library(said: str, table: Mapping[str, Ours]) -> tuple[Ours | None, tuple[str, ...]]:
    """What a table of patterns has for what a library says in English, and the words found in that; (None, ()) if nothing."""
    return next(((ours, found.groups()) for pattern, ours in table.items() if (found := re.match(pattern, said))), (None, ()))


def dotted(path: Keys) -> str:
    """A path of keys and positions as a person writes it: `people[0].wage`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
