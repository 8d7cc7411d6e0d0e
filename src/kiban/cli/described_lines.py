"""Samples and processes as lines of the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kiban.cli.command import print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiban.operations.show import Shown
    from kiban.records.record import Record

_ATTRIBUTES = (
    "description", "state", "formula", "location", "custodian", "hazards", "equipment", "operator", "started_at",
    "ended_at",
)  # fmt: skip


def print_record(record: Record, arguments: Any) -> None:
    """Print what was kept, as JSON where that was asked for."""
    from kiban.operations.show_as_json import record_as_json

    if arguments.json:
        print_json(record_as_json(record))
    else:
        print(f"{record.pid} {record.title} (version {record.version})")


def print_shown(shown: Shown, arguments: Any) -> None:
    """Print a sample or process with its fields and what it hangs together with."""
    if arguments.json:
        from kiban.operations.show_as_json import shown_as_json

        print_json(shown_as_json(shown))
        return
    record, document = shown.record, shown.record.document
    print(f"{record.pid} {record.title} ({record.kind.value}, version {record.version}, {shown.scope.tier.value})")
    for name in _ATTRIBUTES:
        if value := document.get(name):
            print(f"  {name}: {', '.join(value) if isinstance(value, list | tuple) else value}")
    if use := document.get("template"):
        print(f"  template: {use['name']} (version {use['version']}, {use['id']})")
    for part in ("values", "meant", "done"):
        for place, text in places(document.get(part) or {}):
            print(f"  {part}.{place} = {text}")
    for tie in shown.ties:
        arrow = "→" if tie.outgoing else "←"
        print(f"  {tie.predicate} {arrow} {tie.other.kind.value} {tie.other.pid} {tie.other.title}")


def places(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Each value as text, with its place as `--set` takes it."""
    for key, value in values.items():
        yield from _place(f"{above}{key}", value)


def _place(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list | tuple):
        for number, one in enumerate(value, start=1):
            yield from _place(f"{place}[{number}]", one)
        return
    text = _text(value) if isinstance(value, Mapping) else str(value)
    if text is None:
        yield from places(value, f"{place}.")
    else:
        yield place, text


def _text(value: Mapping[str, Any]) -> str | None:
    """The text of a value that is kept as an object; `None` for a group or a row."""
    if {"value", "unit"} <= value.keys():
        from kiban.quantity.measured import Measured
        from kiban.quantity.uncertainty import Uncertainty
        from kiban.records.document import from_json

        doubt = value.get("uncertainty")
        measured = Measured(value["value"], value["unit"], from_json(doubt, Uncertainty) if doubt else None)
        return str(measured)
    if "iri" in value:
        return f"{value.get('label') or ''} <{value['iri']}>".strip()
    if "sha256" in value:
        return str(value.get("name") or value["sha256"])
    return None


def say_left_behind(left: Sequence[str]) -> None:
    """Say which values have no place in the template's current version."""
    if left:
        say(f"No longer there, because the template has no place for it: {', '.join(left)}. `restore` brings it back.")
