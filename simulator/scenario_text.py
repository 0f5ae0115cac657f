"""A scenario as the text of its file, and that text in a link. What is written reads back as the same scenario."""
from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.language import Text
from simulator.problems import InputError, Problem

if TYPE_CHECKING:
    from simulator.scenario import Scenario

ROWS = ("people", "aid", "events", "expect")                # written as [[people]], one block an item
LONGEST = 1_000_000                                         # bytes; a scenario has some thousand
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(scenario: Scenario | dict[str, Any]) -> str:
    """The text of a scenario's file, of a `Scenario` or of a dict of its shape. Numbers and dates stay exact."""
    data = scenario if isinstance(scenario, dict) else scenario.data
    blocks = [[f"{_key(key)} = {_value(value)}" for key, value in data.items() if key not in (*ROWS, "rules")]]
    for name in ROWS:
        blocks += [[f"[[{name}]]", *_pairs(one)] for one in data.get(name, ())]
        if name == "events" and data.get("rules"):
            blocks.append(["[rules]", *_pairs(data["rules"])])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def packed(text: str) -> str:
    """A text as it may stand in the query of a link: short, and of letters, digits, - and _ only."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpacked(word: str) -> bytes:
    """The bytes that were `packed`. InputError for anything else, and for what would grow beyond all measure."""
    try:
        raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj()
        found = reader.decompress(raw, LONGEST)
        if reader.eof:
            return found
    except (ValueError, binascii.Error, zlib.error):
        pass
    raise InputError([Problem("", Text("链接不完整或已损坏", "the link is cut or damaged"))])


def _pairs(table: dict[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):                          # a point or an exponent: TOML's whole numbers are another kind
        return text if {".", "E"} & set(text := str(value)) else f"{text}.0"
    return str(value) if isinstance(value, int) else _text(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
