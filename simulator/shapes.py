"""JSON Schema of scenario, region and sweep files: for editors, and for programs that write such files.

Made from the definitions that the program itself reads by, the models of `scenario.py` and the kinds of
`parameters.py`, and written to `simulator/schemas/` by `tools/schemas.py`. A schema knows the shape of a file; what
needs more than that (names, dates in order, sources, coverage) is for `simulator check` to say. A TOML date counts as
a text.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.parameters import PARAMETERS

if TYPE_CHECKING:
    from simulator.parameters import Parameter, Schema
    from simulator.problems import Keys

FOLDER = Path(__file__).parent / "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
DAY = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
TEXT = {"type": "string"}


def schemas() -> dict[str, Schema]:
    """{name: schema} of all kinds of files."""
    return {"scenario": scenario(), "region": region(), "sweep": sweep()}


def scenario() -> Schema:
    """The shape of a scenario file."""
    from simulator.columns import COLUMNS, MONEY_COLUMNS, TEXT_COLUMNS
    from simulator.scenario import Scenario
    found = _bare(Scenario.model_json_schema(by_alias=True))
    kinds = _Kinds()
    dated = {name: {"type": "array", "items": _table({"from": DAY, "value": kinds.of(parameter)}, ("from", "value"))}
             for name, parameter in PARAMETERS.items()}
    found["properties"]["rules"] = _table(dated)
    found["$defs"] |= kinds.found
    columns = {name: {"type": ["number", "string"]} if name in MONEY_COLUMNS else TEXT if name in TEXT_COLUMNS else {"type": "integer"}
               for name in COLUMNS}
    found["properties"]["expect"] = {"type": "array", "items": _table({**columns, "who": TEXT}, ("month",))}
    return {"$schema": DRAFT, "title": "情景文件 / scenario file", **found}


def region() -> Schema:
    """The shape of a region file."""
    from simulator.policy import GRADES, LEVELS, NOTES
    topics: dict[str, Schema] = {}
    kinds, notes = _Kinds(), dict.fromkeys(NOTES, TEXT)
    dated = {"from": DAY, "until": DAY, "known_until": DAY, "source": TEXT, "grade": {"enum": list(GRADES)}, **notes}
    for name, parameter in PARAMETERS.items():
        topic, _, key = name.partition(".")
        value = kinds.of(parameter)
        topics.setdefault(topic, {})[key] = {
            "description": f"{parameter.label.zh} / {parameter.label.en} ({parameter.unit})", "type": "array",
            "items": _table({**dated, "value": value, "other": value}, ("from", "value", "source", "grade"))}
    topics = {topic: _table(keys) for topic, keys in topics.items()}
    source = _table({"title": TEXT, "number": TEXT, "issuer": TEXT, "url": TEXT, "read": DAY, **notes}, ("title",))
    names = {"name_zh": TEXT, "name_en": TEXT}
    plan = _table({**names, **{topic: {"$ref": f"#/properties/{topic}"} for topic in topics}}, names)
    head = {**names, "code": {"type": "string", "pattern": "^[0-9]{6}$"}, "level": {"enum": list(LEVELS)}, "covers": DAY}
    return {"$schema": DRAFT, "title": "地区文件 / region file", **_table(
        {**head, "verified": DAY, "parent": TEXT, **notes,
         "sources": {"type": "object", "additionalProperties": source}, "plans": {"type": "object", "additionalProperties": plan},
         **topics}, head), "$defs": kinds.found}


def sweep() -> Schema:
    """The shape of a sweep file."""
    from simulator.sweep import EVERY_REGION
    limit = {"type": ["number", "string"]}
    values = {"anyOf": [{"type": "array", "minItems": 1}, _table({"from": limit, "to": limit, "step": {"type": "number"}},
                                                                 ("from", "to", "step")), {"$ref": "#/$defs/grid"}]}
    parts = {"title": TEXT, "base": TEXT, "grid": {"$ref": "#/$defs/grid"}, "cases": {"type": "array", "minItems": 1, "items": _table(
        {"name": {"type": "string", "minLength": 1}, "set": {"type": "object"}}, ("name",))}}
    return {"$schema": DRAFT, "title": "扫描文件 / sweep file", **_table(parts, ("base",)),
            "anyOf": [{"required": ["grid"]}, {"required": ["cases"]}],
            "$defs": {"grid": {"type": "object", "minProperties": 1, "additionalProperties": values,
                               "properties": {"region": {"anyOf": [{"type": "array", "minItems": 1}, {"enum": list(EVERY_REGION)}]}}}}}


class _Kinds:
    """What may stand for parameters of a kind, said once: many are of the same."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}

    def of(self, parameter: Parameter) -> Schema:
        schema, name = parameter.kind.schema, type(parameter.kind).__name__
        names = [one for one in self.found if one.rstrip("0123456789") == name]
        same = next((one for one in names if self.found[one] == schema), None)
        if same is None:
            self.found[same := f"{name}{len(names) + 1}"] = schema
        return {"$ref": f"#/$defs/{same}"}


def _table(columns: Schema, required: Iterable[str] = ()) -> Schema:
    return {"type": "object", "properties": columns, "required": list(required), "additionalProperties": False}


def _bare(schema: Any) -> Any:
    """What pydantic gives, without the names it makes up, the docstrings of our classes, and null, which TOML has not."""
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if (options := schema.get("anyOf")) and {"type": "null"} in options:
        option, = (one for one in options if one != {"type": "null"})
        return _bare(option)
    return {key: {name: _bare(one) for name, one in value.items()} if key in ("properties", "$defs") else _bare(value)
            for key, value in schema.items() if key not in ("title", "description", "default")}


# ── using them ─────────────────────────────────────────────────────────────────────────────────────

def objections(kind: str, data: dict[str, Any]) -> list[tuple[Keys, str]]:
    """What the shipped schema of a kind of file has against its data: [(path, message)].

    Nothing where `jsonschema` is not installed: the program refuses by itself whatever a schema would refuse.
    """
    try:
        validator = _validator(kind)
    except ImportError:
        return []
    return [(tuple(error.absolute_path), error.message) for error in validator.iter_errors(_as_json(data))]


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator
    return Draft202012Validator(json.loads((FOLDER / f"{kind}.json").read_bytes()))


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
