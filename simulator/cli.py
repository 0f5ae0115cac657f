"""The way in from the terminal: the language, the exit code, and what is said when something is wrong."""
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TextIO

from simulator.language import LANGUAGES, language, say, use_language
from simulator.problems import InputError, of_system


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exit code 0 if all is well, 1 if something checked is not so, 2 for wrong input."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    use_language(_language(arguments))
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()     # closed by whoever called us
    for stream in (sys.stdout, sys.stderr):                 # an old terminal shows ? for what it cannot, and goes on
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        try:
            sys.exit(_commands().commands()(arguments, prog_name="simulator", standalone_mode=False) or 0)
        except SystemExit as error:                         # what typer and rich make of a reader who has gone
            if isinstance(error.__context__, BrokenPipeError):
                raise BrokenPipeError from None
            raise
        except Exception as error:
            if type(error).__name__ == "Abort":             # what typer makes of Ctrl+C
                raise KeyboardInterrupt from None
            if not hasattr(error, "format_message"):
                raise
            from simulator import usage
            raise InputError([usage.problem(error)]) from None      # of the command line itself
    except InputError as error:
        if "--json" in arguments:
            try:
                _commands().print_json({"problems": [_commands().problem_data(problem) for problem in error.problems]})
                sys.stdout.flush()
            except OSError:                                 # a reader who has gone, a full disk: the exit code stays
                os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
        print(say(f"输入有 {len(error.problems)} 处问题：", f"{len(error.problems)} problem(s) with the input:"), file=sys.stderr)
        print(error, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:                                 # the reader (head, less) has gone: nothing to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
        sys.exit(0)
    except OSError as error:                                # such as a full disk behind the output
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(of_system(error, "不能输出：", "cannot write: "), file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


STDOUT = 1                                                  # whatever stands in `sys.stdout` by then


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")     # as long as the program runs


def _language(arguments: Sequence[str]) -> str:
    """`--lang`, else SIMULATOR_LANG, else English where the locale says so, else Chinese."""
    for position, word in enumerate(arguments):
        given = word.removeprefix("--lang=") if word.startswith("--lang=") else (
            arguments[position + 1] if word == "--lang" and position + 1 < len(arguments) else None)
        if given in LANGUAGES:
            return given
    if os.environ.get("SIMULATOR_LANG") in LANGUAGES:
        return os.environ["SIMULATOR_LANG"]
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if locale.startswith("en") else "zh"


def _commands() -> ModuleType:
    """The commands, with their help in the language in use."""
    from simulator import commands
    return commands if language() == commands.LANGUAGE else importlib.reload(commands)
