"""docs/cli.md: every command with its arguments and options, as `--help` has them."""

from collections.abc import Iterator
from typing import Any

import typer

from flexprice_emulator.cli.main import whole

NAME = "flexprice-emulator"


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its words, such as `clock advance`."""
    yield from _below("", typer.main.get_command(whole()))


def page() -> str:
    """The page."""
    lines = ["# Commands", "", "Every command and option, written by `make generate` from the code.", ""]
    for words, command in commands():
        arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
        options = [parameter for parameter in command.params if parameter.param_type_name == "option" and parameter.name != "help"]
        usage = " ".join([NAME, words, *map(_in_usage, arguments)])
        lines += [f"## {words}", "", f"    {usage}", "", " ".join((command.help or "").split()), ""]
        rows = [f"| `{_names(option)}` | {_text(option.help)} | {_default(option)} |" for option in options]
        rows = [f"| `{_metavar(argument)}` | {_text(argument.help)} | |" for argument in arguments] + rows
        if rows:
            lines += ["| option | meaning | default |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, held in getattr(command, "commands", {}).items():
        path = f"{words} {name}".strip()
        yield from _below(path, held) if hasattr(held, "commands") else iter([(path, held)])


def _in_usage(argument: Any) -> str:
    word = _metavar(argument)
    return word if argument.required or word.startswith("[") else f"[{word}]"


def _metavar(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _names(option: Any) -> str:
    return ", ".join([*option.opts, *option.secondary_opts])


def _text(help: str | None) -> str:
    return (help or "").replace("|", "\\|").replace("\n", " ")


def _default(option: Any) -> str:
    value = option.default
    if value in (None, False, "", ()) or callable(value):
        return ""
    return f"`{value}`" if not isinstance(value, bool) else "yes"
