"""The way in from the terminal: the language, the exit code, and what is said when something is wrong."""
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from simulator.language import LANGUAGES, language, say, use_language
from simulator.problems import InputError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exit code 0 if all is well, 1 if something checked is not so, 2 for wrong input."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    use_language(_language(arguments))
    for stream in (sys.stdout, sys.stderr):                 # an old terminal shows ? for what it cannot, and goes on
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        _commands().commands()(arguments, prog_name="simulator")
    except InputError as error:
        if "--json" in arguments:
            _commands().print_json({"problems": [_commands().problem_data(problem) for problem in error.problems]})
        print(say(f"输入有 {len(error.problems)} 处问题：", f"{len(error.problems)} problem(s) with the input:"), file=sys.stderr)
        print(error, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:                                 # the reader (head, less) has gone: nothing to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:                                # such as a full disk behind the output
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(say(f"不能输出：{error.strerror}", f"cannot write: {error.strerror}"), file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


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
