"""What the two READMEs show runs, prints what they say it prints, and is the same in both languages."""
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from simulator import cli
from simulator.language import language, use_language

ROOT = Path(__file__).parent.parent
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
LANGUAGES = tuple(READMES)


def blocks(lang, kind):
    """The code blocks of a kind (`toml`, `sh`, …) in a README."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", READMES[lang].read_text("utf-8"), re.M | re.S)


def commands(lang):
    """The arguments of every `simulator …` line in a code block."""
    lines = [line.removeprefix("$ ") for block in blocks(lang, r"\w+") for line in block.splitlines()]
    return [tuple(shlex.split(line, comments=True)[1:]) for line in lines if line.startswith("simulator ")]


RUN = [pytest.param(lang, arguments, id=f"{lang}-{' '.join(arguments)}")
       for lang in LANGUAGES for arguments in dict.fromkeys(commands(lang)) if arguments[0] != "app"]


@pytest.fixture
def beside_the_scenario(tmp_path, monkeypatch):
    """Puts a README's scenario into an empty folder, and us beside it, in its language."""
    before = language()

    def enter(lang):
        for name, block in zip(("first.toml", "sweep.toml"), blocks(lang, "toml")):
            (tmp_path / name).write_text(block, "utf-8")
        monkeypatch.chdir(tmp_path)
        use_language(lang)
    yield enter
    use_language(before)


def run(lang, arguments):
    """Runs a command line in this process; the project's own folders mean those, from wherever it runs."""
    found = [str(ROOT / word) if word.split("/")[0] in ("scenarios", "simulator") else word for word in arguments]
    try:
        cli.main([*found, "--lang", lang])
    except SystemExit as done:
        return done.code or 0
    return 0


@pytest.mark.parametrize("lang, arguments", RUN)
def test_every_command_runs(lang, arguments, beside_the_scenario, capsys):
    beside_the_scenario(lang)
    if arguments[0] == "verify":                            # what the line before it wrote
        assert run(lang, ("batch", "sweep.toml", "--out", *arguments[1:])) == 0
    assert run(lang, arguments) == 0, capsys.readouterr().err
    for option, name in pairwise(arguments):
        assert option not in ("--out", "--plot") or Path(name).stat().st_size > 0
    if arguments[0] == "batch":
        assert {"report.html", "summary.xlsx", "summary.csv", "summary.parquet", "problems.csv", "manifest.json",
                "ledger"} <= {path.name for path in Path("results").iterdir()}


def test_every_command_there_is_is_shown():
    shown = {arguments[0] for arguments in commands("en")}
    assert shown == {command.name for command in cli._commands().commands().registered_commands}


def figures(text):
    """The lines that hold figures, without their layout: that depends on how wide the terminal is."""
    return [line.split() for line in text.splitlines() if re.search(r"\d", line)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_scenario_prints_what_is_shown(lang, beside_the_scenario, capsys):
    beside_the_scenario(lang)
    shown, = (block for block in blocks(lang, "text") if block.startswith("$ simulator run first.toml\n"))
    assert run(lang, ("run", "first.toml")) == 0
    printed = capsys.readouterr().out
    assert figures(shown) == figures(printed), f"{READMES[lang].name} shows an older output. Now it is:\n{printed}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_python_block_runs(lang, beside_the_scenario, capsys):
    beside_the_scenario(lang)
    block, = blocks(lang, "python")
    exec(compile(block, READMES[lang].name, "exec"), {})  # noqa: S102  # what the page says is what is run
    assert "closing" in capsys.readouterr().out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_values_shown_stand_in_the_region_file(lang):
    _, _, snippet = blocks(lang, "toml")
    stated = (ROOT / "simulator" / "regions" / "beijing.toml").read_text("utf-8").splitlines()
    assert not [line for line in snippet.splitlines() if line not in stated]


def without_words(lang):
    """A README's code, without comments, names and what is printed in its own language."""
    code = "\n".join(block for kind in ("sh", "powershell", "toml", "python") for block in blocks(lang, kind))
    return re.sub(r"\s*#.*|^title .*|^(name|who) .*", "", code, flags=re.M)


def test_both_readmes_show_the_same():
    assert commands("en") == commands("zh")
    assert without_words("en") == without_words("zh")
    links = [set(re.findall(r"\]\(([^)]+)\)", READMES[lang].read_text("utf-8"))) for lang in LANGUAGES]
    pages = ("adding-a-region", "cluster", "population", "national", "speed")
    assert links == [{"README.zh-CN.md", "LICENSE", "SECURITY.md", "docs/regions/README.md", *(f"docs/{page}.md" for page in pages)},
                     {"README.md", "LICENSE", "SECURITY.zh-CN.md", "docs/regions/README.md", *(f"docs/{page}.zh-CN.md" for page in pages)}]
    for name in {"README.zh-CN.md", *links[0], *links[1]}:
        assert (READMES["en"].parent / name).exists(), name
    headings = [re.findall(r"^#+", READMES[lang].read_text("utf-8"), re.M) for lang in LANGUAGES]
    assert len(headings[0]) == len(headings[1])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_room_of_the_house_is_there(lang):
    house, = (block for block in blocks(lang, "text") if "simulator/law/" in block)
    named = re.findall(r"(?:simulator|scenarios|tests|benchmarks)/[\w/.]*", house)
    assert len(named) >= 10 and not [name for name in named if not (ROOT / name).exists()]
