"""Options that fill in a template, and those that say what is known besides."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.errors import WrongUsage

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.operations.values_with import Given, Values
    from kiban.records.party import Asker


def add_value_options(parser: argparse.ArgumentParser, parts: Mapping[str, str], *, file_help: str) -> None:
    """Let a template be filled in.

    Parameters
    ----------
    parts : mapping
        Option by part of the record: `{"values": "--set"}`.
    """
    parser.add_argument("--template", metavar="TEMPLATE", help="the structure of the values: its name or identifier")
    for part, option in parts.items():
        parser.add_argument(
            option,
            dest=f"set_{part}",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="a value; dots lead into groups, [1] to the first row: steps[1].temperature=900degC",
        )
    parser.add_argument("--values", type=Path, metavar="FILE", dest="values_file", help=file_help)


def add_ask(parser: argparse.ArgumentParser, what: str) -> None:
    """The option that asks for the fields of a template one after the other."""
    parser.add_argument(
        "--ask", choices=("en", "ja"), metavar="LANGUAGE", help=f"ask for {what} in this language: en, ja"
    )


def asked_values(arguments: argparse.Namespace, asker: Asker, resources: Resources) -> dict[str, Any]:
    """The answers, where somebody wants to be asked.

    Raises
    ------
    WrongUsage
        If no template is named.
    RecordNotFound
    """
    if arguments.ask is None:
        return {}
    if arguments.template is None:
        raise WrongUsage("Nothing can be asked for without a template.", mend="Name one with --template.")
    from kiban.cli.ask_fields import ask
    from kiban.operations.templates import get_template

    return ask(get_template(asker, resources, arguments.template).template, arguments.ask, read=_typed)


def _typed(prompt: str) -> str:
    """A line that was typed. The prompt stands on standard error, because standard output may be one JSON document."""
    print(prompt, end="", file=sys.stderr, flush=True)
    try:
        return input()
    except EOFError:
        raise WrongUsage(
            "The input ended before all fields had been asked for.", mend="Answer each; an empty line leaves one out."
        ) from None


def given_values(arguments: argparse.Namespace, *parts: str) -> dict[str, Given]:
    """What was given, by part: the file first, then what stands on the command line.

    Raises
    ------
    WrongUsage
        If the file cannot be read, or does not hold what is expected.
    InvalidValue
        If an assignment names no place.
    """
    from kiban.operations.values_with import Given
    from kiban.records.assignment import assignment_of

    whole = _file(arguments.values_file)
    if len(parts) > 1:
        if stray := sorted(set(whole) - set(parts)):
            raise WrongUsage(
                f"{arguments.values_file} holds {stray[0][:60]!r}.",
                mend=f"It is to hold an object with {' and '.join(parts)}.",
            )
        by_part = {part: whole.get(part) or {} for part in parts}
    else:
        by_part = {parts[0]: whole}
    for part, values in by_part.items():
        if not isinstance(values, dict):
            raise WrongUsage(f"{part} in {arguments.values_file} is not an object.", mend="Give each value by its key.")
    return {
        part: Given(values=by_part[part], assignments=[assignment_of(t) for t in getattr(arguments, f"set_{part}")])
        for part in parts
    }


def _file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise WrongUsage(f"{path} cannot be read: {e.strerror or e}.", mend="Name another file.") from e
    except (ValueError, RecursionError) as e:
        raise WrongUsage(f"{path} is not JSON: {str(e)[:200]}.", mend="Give a JSON object in UTF-8.") from e
    if not isinstance(found, dict):
        raise WrongUsage(f"{path} holds no JSON object.", mend="Give each value by its key.")
    return found


def given_attributes(arguments: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Those options of these names that stand on the command line."""
    return {name: value for name in names if (value := getattr(arguments, name)) is not None}


def needs_template(found: Values) -> str:
    """The template to check values against. Raises WrongUsage where there is none."""
    if found.template is None:
        raise WrongUsage(f"{found.record.title} has no template.", mend="Name one with --template.")
    return found.template
