"""What an importer is, and which are installed.

An importer is a module of this folder that ends in `IMPORTER = ...`, or an entry point in the group `kiban.operations`.
It takes a file or folder of another system and keeps what is in it as templates, samples and measurements, and says of
each what became of it. `import_rde` is one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from kiban import plugins
from kiban.errors import WrongUsage
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement
from kiban.operations.resources import Resources
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What whoever imports wants otherwise than the files say."""

    placement: Placement = AS_THE_PROJECT_SAYS
    template: str | None = None
    """Identifier or name of the template of the values, where the files bring none."""
    sample: str | None = None
    """The name of the sample that all data sets are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one thing."""

    kind: str
    """`template`, `data set`, `program`, `table of experiments` or `other files`."""
    path: str
    """Where it stood."""
    status: str
    """A template is `defined`, `revised` or `unchanged`; a data set or table `imported`, `changed` or `already
    there`; a program `attached` or `unchanged`; other files are `left out`."""
    records: tuple[str, ...] = ()
    """Short identifiers: of the template, or of the measurements."""
    sample: str | None = None
    """Short identifier of the sample."""
    told: tuple[str, ...] = field(default=())
    """Sentences: what does not fit the template, what was left out, what changed."""


@runtime_checkable
class Importer(Protocol):
    """Reads one system's files."""

    name: str
    """What follows `--as`: `rde`. Lower case, digits and underscores."""
    title: str

    def run(self, asker: Asker, resources: Resources, path: Path, wishes: Wishes) -> Iterator[Imported]:
        """Import a file or folder, and give each thing's outcome once it is safe. Importing it again changes nothing.

        Raises
        ------
        KibanError
            Everything reported before is safe.
        """
        ...


def importers() -> tuple[Importer, ...]:
    """All of them, ours and those of other packages."""
    return cast(tuple[Importer, ...], plugins.find("kiban.operations", "IMPORTER", check=_lacks))


def _lacks(importer: object) -> str | None:
    return plugins.lacks(importer, *Importer.__annotations__, "run")


def importer_named(name: str) -> Importer:
    """Look one up. Raises WrongUsage if there is none of that name."""
    known = {importer.name: importer for importer in importers()}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    raise WrongUsage(
        f"There is no importer '{name[:40]}'.",
        mend=f"Did you mean {close[0]}?" if close else f"Use one of: {', '.join(known)}.",
    )
