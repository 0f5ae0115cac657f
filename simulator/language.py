"""Chinese and English side by side: every text a person sees is written as a pair at its place of use."""
from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple

LANGUAGES = ("zh", "en")
_language = ContextVar("language", default="zh")   # per thread and per dashboard session


class Text(NamedTuple):
    """A text in both languages; `str()` gives it in the language in use."""
    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if _language.get() == "zh" else self.en

    def format(self, **values: object) -> Text:
        return Text(self.zh.format(**values), self.en.format(**values))


def say(zh: str, en: str) -> str:
    """The text in the language in use."""
    return zh if _language.get() == "zh" else en


def in_language(title: str) -> str:
    """The half of a title that is in the language in use, where it is written in both: `中文 / English`."""
    halves = str(title).split(" / ")
    return say(*halves) if len(halves) == 2 else str(title)


def use_language(language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"language is one of {', '.join(LANGUAGES)}: {language!r}")
    _language.set(language)


def language() -> str:
    return _language.get()
