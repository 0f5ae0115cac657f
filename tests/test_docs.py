"""Every document does what it says: its blocks run, its links lead somewhere, and it is the same in both languages."""
import json
import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Literal, get_args, get_origin

import doc_pages
import pytest
from doc_pages import COMMANDS, IN_BOTH, NOT_RUN, ROOT, Page, Reader, pages
from pydantic import AfterValidator

import simulator
from simulator import cli, policy, shapes
from simulator.batches import Batch
from simulator.columns import COLUMNS
from simulator.comparison import Comparison
from simulator.decisions import Decision
from simulator.language import language, use_language
from simulator.ledger import Result
from simulator.parameters import PARAMETERS
from simulator.policy import Entry, Region, RuleBook, Source, Span
from simulator.problems import InputError, Problem
from simulator.scenario import _EVENT_TYPES, MOST_PEOPLE, AidLink, Medical, Opening, Person, Scenario, Yuan

PAGES = {page.name: page for page in pages()}
ENGLISH = [name for name, page in PAGES.items() if page.lang == "en" and not name.startswith(IN_BOTH)]
LAW = [name for name in PAGES if name.startswith("docs/law/") and not name.startswith("docs/law/README")]


@pytest.fixture(autouse=True)
def language_kept():
    before = language()
    yield
    use_language(before)


# ── what a page shows ──

@pytest.mark.parametrize("name", PAGES)
def test_every_block_does_what_the_page_says(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    assert not (wrong := Reader(PAGES[name], tmp_path).read()), "\n\n".join(wrong)


def test_every_command_there_is_is_shown():
    shown = {words[1] for page in PAGES.values() for block in page.blocks if block.kind in ("sh", "text")
             for line in block.text.splitlines() if (words := line.removeprefix("$ ").split())[:1] == ["simulator"]}
    assert shown == {command.name for command in cli._commands().commands().registered_commands}


@pytest.mark.parametrize("name", PAGES)
def test_what_is_named_in_a_sentence_is_there(name):
    commands = {command.name for command in cli._commands().commands().registered_commands}
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    page = PAGES[name]
    for words, line in page.code_words:
        where = f"{name}:{line}: {words}"
        if match := re.match(r"simulator ([a-z][a-z-]*)", words):
            assert match[1] in commands, where
        elif match := re.fullmatch(r"make ([a-z-]+)", words):
            assert match[1] in targets, where
        elif re.fullmatch(r"(simulator|docs|data|tools|tests|scenarios|benchmarks)/[\w./-]+", words):
            assert (ROOT / words).exists() or "2027" in words, where
        elif (words.split("=")[0].strip() not in PARAMETERS and re.fullmatch(r"[a-z]+\.[a-z_]+", words)
              and words.split(".")[0] in policy.TOPICS and not words.endswith(".toml")):
            pytest.fail(f"{where}: no such parameter")


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    page = PAGES[name]
    for address, line in page.links:
        if not address.startswith(("http://", "https://", "mailto:")):
            path, _, heading = address.partition("#")
            target = (page.path.parent / path).resolve() if path else page.path
            assert target.exists(), f"{name}:{line}: {address}"
            if heading:
                assert heading in slugs(target), f"{name}:{line}: {address}"


def slugs(path):
    """The anchors of a page's headings, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") for _, text in Page(path).headings}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_tells_of_the_machine_it_was_written_on(name):
    assert not re.search(r"/(tmp|work|home|root)/", PAGES[name].text)


# ── two languages ──

def test_every_page_has_its_twin():
    alone = [name for name, page in PAGES.items() if not name.startswith(IN_BOTH) and not page.twin.exists()]
    assert not alone, f"write {', '.join(PAGES[name].twin.name for name in alone)} too"


@pytest.mark.parametrize("name", ENGLISH)
def test_twins_say_the_same(name):
    page = PAGES[name]
    twin = Page(page.twin)
    assert f"[中文]({twin.path.name})" in page.text[:300] and f"[English]({page.path.name})" in twin.text[:300]
    assert [mark for mark, _ in page.headings] == [mark for mark, _ in twin.headings]
    rows = [len(re.findall(r"^\|", one.prose, re.M)) for one in (page, twin)]
    assert rows[0] == rows[1], f"{rows[0]} and {rows[1]} rows of tables"
    assert not doc_pages.unlike_twins(page, twin)
    leads = [sorted(re.sub(r"\.zh-CN\.md|\.md", "", address) for address, _ in one.links if "#" not in address) for one in (page, twin)]
    assert leads[0] == leads[1]


# ── what a page lists in full ──

REQUIRED = {"en": "required", "zh": "必填"}
SCENARIO_TABLES = {"": Scenario, "people": Person, "opening": Opening, "medical": Medical, "aid": AidLink}
GIVEN_ELSEWHERE = ("on", "who", "type")                     # keys of every event, said once


def default_of(field, lang):
    """What a table says of a key that is left out."""
    if field.is_required():
        return REQUIRED[lang]
    default = field.get_default(call_default_factory=True)
    if any(isinstance(one, AfterValidator) for one in field.metadata):
        return "–"                                          # the default stands for nothing, and may not be written
    if default in (None, "", (), {}) or isinstance(default, Opening | Medical):
        return "–"
    if isinstance(default, tuple):
        return f"`{json.dumps(list(default))}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{'0.00' if Yuan.__metadata__[0] in field.metadata else default}`"


def words_of(annotation):
    """The words that a key takes."""
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for inner in get_args(annotation) for word in words_of(inner)]


def keys_in(page):
    """The rows of a page's tables of keys, in order of the tables: [{key: [cells]}], with events by `type` and key."""
    tables = []
    for table in re.findall(r"(?:^\|.*\n)+", page.prose, re.M):
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
        tables.append({tuple(re.findall(r"^`(\w+)`$", cell)[0] for cell in row[:-3]): row[-3:] for row in rows})
    return tables


@pytest.mark.parametrize("name", ["docs/scenario.md", "docs/scenario.zh-CN.md"])
def test_every_key_of_a_scenario_is_told(name):
    page = PAGES[name]
    *found, events = keys_in(page)
    assert len(found) == len(SCENARIO_TABLES)
    wanted = [{(field.alias or key,): field for key, field in model.model_fields.items()} for model in SCENARIO_TABLES.values()]
    wanted.append({(kind, key): field for kind, model in _EVENT_TYPES.items()
                   for key, field in model.model_fields.items() if key not in GIVEN_ELSEWHERE})
    for keys, rows in zip(wanted, [*found, events]):
        assert list(rows) == list(keys)
        for key, field in keys.items():
            value, default, _ = rows[key]
            assert default == default_of(field, page.lang), key
            assert words_of(field.annotation) == ([] if not words_of(field.annotation) else re.findall(r"`(\w+)`", value)), key
    assert f"1 {'to' if page.lang == 'en' else '至'} {MOST_PEOPLE}" in found[0]["people",][0]


@pytest.mark.parametrize("lang", REQUIRED)
def test_every_key_of_a_region_file_is_told(lang):
    page = PAGES["docs/adding-a-region.md" if lang == "en" else "docs/adding-a-region.zh-CN.md"]
    section = re.split(r"^## ", page.text, flags=re.M)[4]
    told = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", section, re.M)
    keys = [key for cell in told for key in re.findall(r"`(\w+)`", cell)]
    in_file = shapes.region()["properties"]
    in_value = in_file["contribution"]["properties"]["base_floor"]["items"]["properties"]
    assert sorted(keys) == sorted({*in_file} - {*policy.TOPICS} | {*in_value})
    for key in in_file["sources"]["additionalProperties"]["properties"]:
        assert f"`{key}`" in section
    required = re.findall(rf"^\| ((?:`\w+`(?:, )?)+) \|.*\| {REQUIRED[lang]} \|", section, re.M)
    wanted = {*shapes.region()["required"]} | {*in_file["contribution"]["properties"]["base_floor"]["items"]["required"]}
    assert {key for cell in required for key in re.findall(r"`(\w+)`", cell)} == wanted


PUBLIC = (Result, Comparison, Scenario, Decision, RuleBook, Span, Entry, Source, Region, Batch, Problem)
OF_A_FILE = {Scenario: {*Scenario.model_fields, "from_dict"}}           # told on the page of the scenario file
INNER = {"model_config", "model_post_init"}


@pytest.mark.parametrize("name", ["docs/library.md", "docs/library.zh-CN.md"])
def test_every_public_name_is_told(name):
    words = " ".join(words for words, _ in PAGES[name].code_words)
    told = set(re.findall(r"\w+", words))
    assert not [one for one in simulator.__all__ if one not in told]
    for kind in PUBLIC:
        public = {one for one in {**getattr(kind, "__annotations__", {}), **vars(kind)} if not one.startswith("_")}
        assert not public - told - INNER - OF_A_FILE.get(kind, set()), kind
    columns = set(COLUMNS) - {"month"}
    assert not columns - told


@pytest.mark.parametrize("name", ["docs/population.md", "docs/population.zh-CN.md"])
def test_every_column_of_a_population_is_told(name):
    given = tomllib.loads(PAGES[name].blocks[0].text)
    files = dict(simulator.population({**given, "months": 19}, accounts=2, compiled=False).files())
    for file in ("flows.csv", "balances.csv", "differences.csv", "panel.csv"):
        table = re.search(rf"^\| [^|]*`{file}`.*\n(?:\|.*\n)+", PAGES[name].prose, re.M)
        rows = table[0].splitlines()[2:]
        told = [column for row in rows for column in re.findall(r"`(\w+)`", row.split("|")[1])]
        assert sorted(told) == sorted(files[file].decode("utf-8-sig").splitlines()[0].split(",")), file


def test_the_limits_of_numbers_are_those_of_the_reader():
    """The bounds in the tables are those that a value is held to."""
    base = tomllib.loads(PAGES["docs/scenario.md"].blocks[0].text)
    for changes, is_right in (({"months": 1200}, True), ({"months": 0}, False), ({"months": 1201}, False)):
        try:
            Scenario.from_dict({**base, **changes, "events": [], "expect": [], "region": "kunshan"})
            assert is_right
        except InputError:
            assert not is_right
    for key, low, high in (("contributed_months", 0, 1200), ("wage_growth", -0.5, 1)):
        for value, is_right in ((low, True), (high, True), (low - 1, False), (high + 1, False)):
            people = [{**base["people"][0], key: value}]
            try:
                Scenario.from_dict({**base, "people": people, "aid": [], "events": [], "expect": []})
                assert is_right, (key, value)
            except InputError:
                assert not is_right, (key, value)


# ── the law, page by page ──

def test_every_parameter_is_on_one_page_of_the_law():
    for lang in ("en", "zh"):
        listed = [param for name in LAW if PAGES[name].lang == lang
                  for param in re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", PAGES[name].prose, re.M)]
        assert sorted(listed) == sorted(PARAMETERS)


@pytest.mark.parametrize("name", LAW)
def test_a_page_of_the_law_has_formula_example_rounding_decisions_and_parameters(name):
    page = PAGES[name]
    assert [mark for mark, _ in page.headings] == ["#"] + ["##"] * 5
    assert [block.kind for block in page.blocks][:2] == ["toml", "text"]
    formula, _, _, decided, _ = re.split(r"^## ", page.prose, flags=re.M)[1:]
    assert re.search(r"^- \*\*", formula, re.M) and len(re.findall("^- ", decided, re.M)) >= 3


def test_the_tables_of_the_law_are_those_of_the_region_files():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        made = import_module("law_pages").pages()
    finally:
        sys.path.pop(0)
    stale = [path.name for path, text in made.items() if path.read_text("utf-8") != text]
    assert not stale, "run: python tools/region_pages.py"


@pytest.mark.parametrize("name", LAW)
def test_the_figures_of_a_sentence_come_out_of_a_block(name):
    """An amount to the fen in the text of a page of the law is one that a block prints or a table of it gives."""
    page = PAGES[name]
    text = re.sub(r"^\|.*", "", page.prose, flags=re.M)
    given = " ".join(block.text for block in page.blocks).replace(",", "")
    for amount in re.findall(r"\d[\d,]*\.\d\d(?![\d%])(?! %)", text):
        assert amount.replace(",", "") in given, amount


# ── what is not run ──

def test_every_exception_is_needed():
    lines = [line for page in PAGES.values() for block in page.blocks if block.kind == "sh" for line in block.text.splitlines()]
    idle = [start for start, _, _ in COMMANDS if not any(line.startswith(start) for line in lines)]
    assert not idle
    assert all(reason for reason in NOT_RUN.values())


def test_a_page_that_is_wrong_is_found_out(tmp_path, monkeypatch):
    """The reader itself: each kind of fault in a page is noted, with its line."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    fence = "```"
    page = tmp_path / "faulty.md"
    page.write_text(f"""# Faults

Save this as `a.toml`:

{fence}toml
title = "no people"
{fence}

A value of `beijing.toml`:

{fence}toml
base_floor = [ 1 ]
{fence}

{fence}text
$ simulator late-fee 1200 2025-01-16 2025-03-31
2025-01-16 to 2025-03-31, 75 days: late fee 45.01 yuan
{fence}

{fence}sh
simulator retirement nonsense --sex male
make coffee
curl somewhere
{fence}

{fence}python
print(1)
{fence}

{fence}text
2
{fence}

{fence}brainfuck
+
{fence}
""", "utf-8")
    monkeypatch.setattr(doc_pages, "ROOT", tmp_path)
    found = Page(page)
    monkeypatch.setattr(doc_pages, "ROOT", ROOT)
    wrong = Reader(found, Path()).read()
    assert [int(re.match(r"faulty.md:(\d+)", one)[1]) for one in wrong] == [5, 11, 15, 20, 20, 20, 30, 34]


def test_an_english_page_whose_script_asks_for_no_english_is_found_out(tmp_path, monkeypatch):
    page = tmp_path / "silent.md"
    page.write_text(re.sub(r"^simulator\.language.*\n", "", PAGES["docs/library.md"].text, flags=re.M), "utf-8")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    monkeypatch.setattr(doc_pages, "ROOT", tmp_path)
    found = Page(page)
    monkeypatch.setattr(doc_pages, "ROOT", ROOT)
    wrong = Reader(found, Path()).read()
    assert len(wrong) == 3 and all("it does not print" in one for one in wrong)


def test_outputs_are_compared_line_by_line():
    assert doc_pages.unlike("a\nb\n", "a\nb\n") == ""
    assert doc_pages.unlike("a\n…\nd\n", "a\nb\nc\nd\n") == doc_pages.unlike("…\nb\n…", "a\nb\nc\n") == ""
    assert doc_pages.unlike("a\n", "a\nb\n") and doc_pages.unlike("a\nb\n", "a\n") and doc_pages.unlike("a\n…\nc", "a\nc\nb\n")
    assert doc_pages.unlike_json({"a": 1, "…": 0}, {"a": 1, "b": 2}) == doc_pages.unlike_json([1, "…"], [1, 2]) == []
    assert doc_pages.unlike_json({"a": 1}, {"a": 1, "b": 2}) and doc_pages.unlike_json([1], [1, 2]) and doc_pages.unlike_json(1, 2)
