"""What a change of who may see records would change, as lines of the terminal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiban.cli.command import DONE, print_json, say

if TYPE_CHECKING:
    from kiban.operations.rescope import Preview, Rescoped
    from kiban.operations.weigh_change import Effect
    from kiban.records.scope import Scope


def tell_preview(preview: Preview, arguments: argparse.Namespace) -> int:
    """Print what would change, and how it is confirmed; gives the exit code."""
    if arguments.json:
        from kiban.operations.rescope_as_json import preview_as_json

        print_json({"done": False, **preview_as_json(preview)})
    else:
        print_preview(preview)
    say("Nothing has been changed. Say it again with --yes to do it.")
    return DONE


def tell_done(done: Rescoped, arguments: argparse.Namespace) -> int:
    """Print what was changed, and how it is taken back; gives the exit code."""
    if arguments.json:
        from kiban.operations.rescope_as_json import rescoped_as_json

        print_json({"done": True, **rescoped_as_json(done)})
    else:
        print_preview(done.preview)
        print(f"done; kiban tier --undo {done.change} takes it back")
    return DONE


def print_preview(preview: Preview) -> None:
    """Print what would change for whom."""
    choice, weighed = preview.plan.choice, preview.effects
    targets = sorted({_told(preview, preview.plan.target(record)) for record in choice.records})
    print(f"{_records(preview.n_records)} -> {'; '.join(targets)}")
    if choice.n_left:
        print(f"  left as they are: {choice.n_left}, because they are not yours to decide or were moved since")
    for effect in weighed.effects:
        print(f"  {_line(effect)}")
    if weighed.is_empty:
        print("  nobody sees more or less than before")
    for each in preview.hidden:
        print(f"  {each.record.pid} is seen without {each.other.kind.value} {each.other.pid} {each.other.title}")
    if preview.n_hidden > len(preview.hidden):
        print(f"  ... and {preview.n_hidden - len(preview.hidden)} more")


def _told(preview: Preview, scope: Scope) -> str:
    directory = preview.plan.directory
    agreement = directory.agreements.get(scope.agreement) if scope.agreement is not None else None
    parts = [scope.tier.value, "as the project says" if scope.follows else ""]
    parts += [f"under '{agreement.name}'" if agreement is not None else ""]
    parts += [f"closed until {scope.closed_until:%Y-%m-%d}" if scope.closed_until is not None else ""]
    return ", ".join(filter(None, parts))


def _line(effect: Effect) -> str:
    who = "everybody, without logging in" if effect.is_public else _people(effect)
    parts = [
        f"+{_records(effect.n_gained)}" if effect.n_gained else "",
        f"-{_records(effect.n_lost)}" if effect.n_lost else "",
    ]
    parts += [f"may {', '.join(sorted(effect.gained))}" if effect.gained else ""]
    parts += [f"may no longer {', '.join(sorted(effect.lost))}" if effect.lost else ""]
    return f"{who}: {'; '.join(filter(None, parts))}"


def _people(effect: Effect) -> str:
    named = ", ".join(effect.people[:10]) + (f" and {effect.n_people - 10} more" if effect.n_people > 10 else "")
    return f"{effect.organisation or 'of no organisation'} ({effect.n_people}: {named})"


def _records(n: int) -> str:
    return f"{n} record{'s' if n != 1 else ''}"
