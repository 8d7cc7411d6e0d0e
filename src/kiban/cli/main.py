"""The `kiban` command."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, cast

import kiban
from kiban import plugins
from kiban.cli.command import FAILED, WRONG_USAGE, Command, print_json, say
from kiban.cli.pointing import pointed_lines
from kiban.errors import InvalidForm, InvalidQuestion, KibanError, WrongUsage


def main(argv: list[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command.run(arguments)
    except KibanError as e:
        if getattr(arguments, "json", False):
            print_json({"error": e.name, "fault": e.fault, "mend": e.mend, **_places(e)})
        pointed = pointed_lines(getattr(arguments, "question", None), e)
        say("\n".join((f"kiban {command.name}: {e.fault}", *pointed, f"  → {e.mend}")))
        return WRONG_USAGE if isinstance(e, WrongUsage) else FAILED
    except KeyboardInterrupt:
        say(f"\nkiban {command.name}: stopped. What was reported is safe.")
        return 130
    except BrokenPipeError:
        # Whoever read our output has had enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _places(error: KibanError) -> dict[str, Any]:
    if isinstance(error, InvalidForm):
        return {"places": error.places}
    if isinstance(error, InvalidQuestion) and error.position is not None:
        return {"position": error.position}
    return {}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiban",
        description="Kiban (基盤): instrument files become records that can be found, trusted, shared and used.",
    )
    parser.add_argument("--version", action="version", version=f"kiban {kiban.__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for broken in plugins.survey("kiban.cli.commands", "COMMAND", check=_lacks).broken:
        say(f"kiban: the command {broken.entry_point} of {broken.package} is left out: {broken.why}")
    for command in cast(tuple[Command, ...], plugins.find("kiban.cli.commands", "COMMAND", check=_lacks)):
        verb = verbs.add_parser(command.name, help=command.help, description=command.help)
        command.add_arguments(verb)
        verb.set_defaults(command=command)
    return parser


def _lacks(command: object) -> str | None:
    if (missing := plugins.lacks(command, "name", "help", "add_arguments", "run")) is None:
        # One that fails here would keep every other command from being parsed.
        cast(Command, command).add_arguments(argparse.ArgumentParser())
    return missing


if __name__ == "__main__":
    sys.exit(main())
