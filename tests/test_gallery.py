"""Every scenario of the gallery comes out as its hand-computed figures say, to the fen."""
from pathlib import Path

import pytest

from simulator.checking import check_file, check_paths

SCENARIOS = sorted(path for path in (Path(__file__).parent.parent / "scenarios").rglob("*.toml") if path.parent.name != "population")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path):
    report = check_file(path)
    assert report.ok, (report.problems, report.unexpected)


def test_every_scenario_says_what_it_expects():
    for path in SCENARIOS:
        assert "[[expect]]" in path.read_text("utf-8"), path


def test_a_wrong_expectation_is_found(tmp_path):
    text = SCENARIOS[0].read_text("utf-8").replace("credit = 200.00", "credit = 200.01")
    (tmp_path / "wrong.toml").write_text(text, "utf-8")
    report, = check_paths([tmp_path])
    assert not report.ok and report.unexpected == (("2025-01", "我", "credit", 20001, 20000),)
