"""Run the structuring program of a template on a data set that comes without what it makes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiban.compute.rde_structuring import structure_with
from kiban.errors import InvalidSetting, UnreadableFile
from kiban.operations.import_rde_program import PROGRAM, program_of
from kiban.operations.resources import Resources
from kiban.records.template import Template
from kiban.standards.rde_template_export import write_template

_SOURCES = ("inputdata/", "raw/", "nonshared_raw/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a program made of a data set."""

    by: str = ""
    """Says the program, the definitions and what they were given; empty where none ran."""
    places: Mapping[str, Path] = field(default_factory=dict)
    """Paths in the data set, and where the files lie now."""
    told: tuple[str, ...] = ()


def make(
    resources: Resources,
    template: Template,
    invoice: str,
    inputs: Mapping[str, Path],
    held: Mapping[str, Any],
    place: Path,
    home: Path,
) -> Made:
    """Run it, or take what it made of the same data set before.

    Parameters
    ----------
    inputs : mapping of path in the data set to place
        The files that were measured.
    held : mapping
        What is kept of an earlier import.
    place : Path
        An empty folder for the run.
    home : Path
        A folder that is not there yet, on the same disk: what is made lies in it afterwards.

    A program that fails, or cannot be run here, makes nothing, and why is told: the data set is kept all the same.
    """
    said = template.extra.get(PROGRAM)
    if said is None or not inputs:
        return Made()
    definitions = write_template(template, [])
    by = _fingerprint(said, invoice, definitions, inputs)
    if held.get("structured_by") == by:
        return Made(by=by, places=_from_before(resources, held, home))
    entry = str(said["entry"])
    if resources.rde_python is None:
        return Made(told=(f"Its program {entry} was not run: KIBAN_RDE_PYTHON names no Python with rdetoolkit.",))
    given: list[tuple[str, Path | bytes]] = [(f"inputdata/{_plain(path)}", at) for path, at in inputs.items()]
    given.append(("invoice/invoice.json", invoice.encode()))
    given += [(f"tasksupport/{name}", content) for name, content in definitions.items()]
    try:
        made = structure_with(resources.rde_python, program_of(resources, said), entry, given, place)
    except (UnreadableFile, InvalidSetting) as e:
        return Made(told=(f"{e.fault} {e.mend}",))
    home.parent.mkdir(parents=True, exist_ok=True)
    (place / "data").rename(home)
    return Made(by=by, places={path: home / path for path in made})


def _plain(path: str) -> str:
    return next((path[len(each) :] for each in _SOURCES if path.startswith(each)), path)


def _fingerprint(
    said: Mapping[str, Any], invoice: str, definitions: Mapping[str, bytes], inputs: Mapping[str, Path]
) -> str:
    sums = {}
    for path, place in inputs.items():
        with place.open("rb") as file:
            sums[path] = hashlib.file_digest(file, "sha256").hexdigest()
    texts = {name: hashlib.sha256(content).hexdigest() for name, content in definitions.items()}
    told = json.dumps([dict(said), invoice, texts, sums], sort_keys=True)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _from_before(resources: Resources, held: Mapping[str, Any], home: Path) -> dict[str, Path]:
    sums = {str(path): str(checksum) for path, checksum in held["files"]}
    places = {}
    for path in held["structured"]:
        places[path] = at = home / path
        at.parent.mkdir(parents=True, exist_ok=True)
        with resources.objects.open(sums[path]) as stream:
            at.write_bytes(stream.read())
    return places
