"""What a process answers to `process.<name>.<parameter>`: the names it goes by, and its parameters as they turned out.

The names are those of its template and the words of its title. A parameter has the values that were done; where nothing
was done of it, those that were meant. It is asked for by its key, with or without the groups that it stands in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from kiban.query.entries import OF_TEMPLATE, Entry, entries
from kiban.query.paths import as_step
from kiban.query.word_cutting import found_words
from kiban.query.words import fold
from kiban.records.record import Record, RecordKind

NAMES = "process"
"""Among the answers of a process: the words of its title."""
TEMPLATE_STEP = "process_template"
"""Among the answers of a process: the name and the identifier of its template. Who does not see it gets neither."""
PARAMETER = "parameter."
"""Before the name of a parameter, among the answers of a process."""


def is_told_by_template(path: str) -> bool:
    """Say whether a path leads to the record's template or to what stands in its fields.

    Who does not see the template has neither: without it the values mean nothing, and nobody is shown them.
    """
    return path in {"template", TEMPLATE_STEP} or path.startswith((*OF_TEMPLATE, PARAMETER))


def process_names(record: Record) -> list[str]:
    """What a process is called in its title; empty for other records."""
    return sorted(found_words(record.title)) if record.kind is RecordKind.PROCESS else []


def template_steps(record: Record) -> list[str]:
    """What the template of a process is called, as a step of a path; empty for other records."""
    use = record.document.get("template")
    if record.kind is not RecordKind.PROCESS or not isinstance(use, Mapping):
        return []
    return [as_step(str(use.get(part, ""))) for part in ("name", "id")]


def parameters(record: Record) -> Iterator[tuple[str, Entry]]:
    """Parameters of a process, each under all the names it can be asked for by."""
    if record.kind is not RecordKind.PROCESS:
        return
    said: dict[str, dict[str, list[Entry]]] = {"done": defaultdict(list), "meant": defaultdict(list)}
    for path, entry in entries(record.document):
        part, _, name = path.partition(".")
        if part in said:
            said[part][name].append(entry)
    for name in dict.fromkeys((*said["done"], *said["meant"])):
        for ending in _endings(fold(name)):
            yield from ((f"{PARAMETER}{ending}", entry) for entry in said["done"].get(name) or said["meant"][name])


def _endings(name: str) -> Iterator[str]:
    steps = name.split(".")
    return (".".join(steps[i:]) for i in range(len(steps)))
