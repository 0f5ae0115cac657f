"""The command line as typer reads it: all that is wrong with it at once, and typer's own words in both languages."""
from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from simulator.language import Text, say
from simulator.problems import InputError, Problem, nearest, of_library, unknown

# What typer says of a command line, in our words.
_SAID = {
    r"'(.*?)' is not one of": Text("不能是 {}", "cannot be {}"),
    r"Missing": Text("必须填写", "is missing"),
    r".*valid integer": Text("应为整数", "should be a whole number"),
    r".*greater than or equal to (\S+)": Text("应 ≥ {}", "should be ≥ {}"),
    r".*less than or equal to (\S+)": Text("应 ≤ {}", "should be ≤ {}"),
    r"No such command '(.*?)'": Text("没有这个命令：{}", "no such command: {}"),
    r"No such option: -\d": Text("不能是负数", "cannot be negative"),
    r"No such option": Text("没有这个选项", "no such option"),
    r"Option '.*?' requires an argument": Text("后面要有值", "needs a value"),
    r"Option '.*?' does not take a value": Text("后面不能有值", "takes no value"),
    r"Got unexpected extra argument\S* \((.*)\)": Text("多出来的参数：{}", "unexpected argument: {}"),
}


def problem(error: Any) -> Problem:
    """What is wrong with the command line; what is not known here is said in typer's English."""
    param = getattr(error, "param", None)
    said = (error.message or error.format_message()).removeprefix("Value error, ").rstrip(".")
    known, words = of_library(said, _SAID)
    what = Text(*(text.format(*words) for text in known)) if known else Text(said, said)
    if param is None:
        key = getattr(error, "option_name", "")
        if key in _of_commands(getattr(error, "ctx", None)):
            return Problem(key, Text("应写在命令之后", "comes after the command"))
        if key and getattr(error, "possibilities", None):
            return Problem(key, what, allowed=tuple(error.possibilities), nearest=nearest(key, error.possibilities))
        if words and said.startswith("No such command"):
            return unknown(key, words[0], error.ctx.command.list_commands(error.ctx), what=what)
        return Problem(key, what)
    key = max(param.opts, key=len) if param.param_type_name == "option" else (param.metavar or param.name).upper()
    allowed = param.type_descriptor.choices or ()
    return unknown(key, words[0], allowed, what=what) if words and allowed else Problem(key, what, allowed=allowed)


def _of_commands(ctx: Any) -> set[str]:
    """The options of all commands, where one of them is given before any."""
    commands = getattr(ctx and ctx.command, "commands", {}).values()
    return {name for command in commands for param in command.params for name in param.opts}


class _Spoken:
    """Help in the language in use. Rich comes in only with it: no other command has to wait for that."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from typer import rich_utils
        vars(rich_utils).update(
            ARGUMENTS_PANEL_TITLE=say("参数", "Arguments"), OPTIONS_PANEL_TITLE=say("选项", "Options"),
            COMMANDS_PANEL_TITLE=say("命令", "Commands"), REQUIRED_LONG_STRING=say("［必填］", "[required]"),
            DEFAULT_STRING=say("［默认：{}］", "[default: {}]"))
        super().format_help(ctx, formatter)                 # type: ignore[misc]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))   # type: ignore[attr-defined]
        if say("zh", "en") == "zh":
            pieces = pieces.replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]...", "命令 [参数]…")
        formatter.write_usage(ctx.command_path, pieces, say("用法：", "Usage: "))

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)               # type: ignore[misc]
        option.help = say("显示这段说明", "show this message")
        return option


class Group(_Spoken, TyperGroup):
    """The commands together."""


class Command(_Spoken, TyperCommand):
    """One of them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer, which stops at the first that is wrong. InputError with what is wrong with any of the parameters."""
        try:
            return super().parse_args(ctx, list(args))
        except (TyperException, InputError):
            given, rest, _ = self.make_parser(ctx).parse_args(list(args))
            problems = []
            for param in self.get_params(ctx):
                try:
                    _, rest = param.handle_parse_result(ctx, given, rest)
                except TyperException as error:
                    problems.append(problem(error))
                except InputError as error:
                    problems += error.problems
            if problems:
                raise InputError(dict.fromkeys(problems)) from None
            raise
