"""A scenario's text reads back as the same scenario, and what is no scenario's text is refused in a sentence."""
import base64
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from simulator import scenario_text
from simulator.problems import InputError
from simulator.scenario import Scenario, load, read

SCENARIOS = sorted(path for path in (Path(__file__).parent.parent / "scenarios").rglob("*.toml") if path.parent.name != "population")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_what_is_written_reads_back(path):
    scenario = load(path)
    text = scenario_text.to_toml(scenario)
    again = read(text.encode())
    assert again == scenario and again.data == scenario.data
    assert scenario_text.to_toml(again) == text
    assert read(scenario_text.unpacked(scenario_text.packed(text))) == scenario


def test_odd_texts_and_numbers_are_kept():
    name = 'a "quoted" \\ name\n\t\x7f=1'
    data = {"title": name, "region": 511700, "start": "2025-01", "months": 3, "rules_as_of": date(2025, 1, 1),
            "people": [{"name": name, "birth": "1988-03", "sex": "male", "insured": "employee", "wage": Decimal("1E+3"),
                        "opening": {}, "wage_growth": Decimal("-0.000001")}],
            "events": [{"on": date(2025, 2, 1), "who": name, "type": "retire", "top_up": True}],
            "rules": {"arrears.late_fee_daily_rate": [{"from": date(2025, 1, 1), "value": Decimal("0.0002")}]}}
    again = read(scenario_text.to_toml(data).encode())
    assert again == Scenario.from_dict(data)
    assert again.data["people"][0]["wage"] == 1000 and again.title == name


@pytest.mark.parametrize("word", ["", "x", "%%%", base64.urlsafe_b64encode(b"not packed").decode(),
                                  base64.urlsafe_b64encode(zlib.compress(b"cut short" * 9)[:-6]).decode(),
                                  base64.urlsafe_b64encode(zlib.compress(b"0" * 10_000_000)).decode().rstrip("=")])
def test_a_link_that_is_none_of_ours(word):
    with pytest.raises(InputError, match="链接不完整或已损坏"):
        scenario_text.unpacked(word)


@pytest.mark.parametrize("raw, said", [
    ("a = " + "[" * 5000 + "]" * 5000, "嵌套过深"),
    (".".join("a" * 5000) + " = 1", "嵌套过深"),
    ("a = " + "9" * 5000, "不是正确的 TOML"),
    ("months = 0x" + "f" * 5000, "整数超过 64 位"),
    ("title = '场景'".encode("gb18030"), "文件不是 UTF-8 编码"),
    ("start = 2025-01-01T00:00:00", "start"),
    ("a = 1\nb ==", "x.toml:2: 不是正确的 TOML"),
    (b"\xef\xbb\xbf" + b"months = nan", "x.toml:1: months"),
    (b"\x00\x01", "不是正确的 TOML"),
    ("[[people]]\n" * 2, "people[1].name"),
    ("[[people]]\n" * 50_000, "至多 20 项"),
])
def test_a_file_that_is_no_scenario(raw, said):
    with pytest.raises(InputError) as found:
        read(raw if isinstance(raw, bytes) else raw.encode(), "x.toml")
    assert said in str(found.value)
