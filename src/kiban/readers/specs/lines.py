"""XY files of SpecsLab Prodigy, line by line: settings, groups, regions, cycles, and blocks of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from kiban.errors import DamagedFile
from kiban.records.reading import Json

MEND = "Export the spectra again from SpecsLab Prodigy; the file is kept as it came."
_BLOCK = re.compile(r"Cycle:\s*(?P<cycle>\d{1,9})\s*(?P<rest>,.*)?")
_PLACE = re.compile(r",\s*(?P<what>Curve|Scan|Channel):\s*(?P<n>\d{1,9})")
_EXTERNAL = re.compile(r"External Channel Data Cycle:\s*\d+\s*,\s*(?P<name>.*)")
_PARAMETER = re.compile(r'Parameter:\s*"(?P<name>[^"]*)"\s*=\s*(?P<value>.*)')
_KEY = re.compile(r"(?P<key>[^:]+):\s*(?P<value>.*)")


class Kind(StrEnum):
    """What a block of numbers is."""

    SPECTRUM = "spectrum"
    EXTERNAL = "external channel"
    """What another device measured at the same energies."""
    RESULT = "result of an operation"
    """A background or a fit that the program worked out."""


@dataclass(slots=True, kw_only=True)
class Block:
    """One table of numbers.

    Parameters
    ----------
    place : dict of str to int
        Its numbers by `cycle`, `curve`, `scan`, `channel`, as far as it has them.
    parameters : dict
        What was set for it, as written, by name.
    """

    kind: Kind
    name: str
    place: dict[str, int]
    settings: dict[str, Json] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    first_line: int = 0

    def text(self, key: str) -> str:
        """A setting of the block, empty where there is none."""
        value = self.settings.get(key)
        return value if isinstance(value, str) else ""


@dataclass(slots=True, kw_only=True)
class Region:
    """A range of energies that was measured, with all that was measured of it."""

    name: str
    group: str
    settings: dict[str, Json] = field(default_factory=dict)
    group_settings: dict[str, Json] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def text(self, key: str) -> str:
        """A setting of the region, or of its group; empty where there is none."""
        value = self.settings.get(key) or self.group_settings.get(key)
        return value if isinstance(value, str) else ""


class Lines:
    """Sorts lines into settings, regions and blocks as they come."""

    def __init__(self, prefix: str, file: str) -> None:
        self.settings: dict[str, Json] = {}
        self.regions: list[Region] = []
        self._prefix = prefix
        self._file = file
        self._group = ""
        self._group_settings: dict[str, Json] = {}
        self._cycle: dict[str, str] = {}
        self._block: Block | None = None

    def take(self, lines: Iterable[str]) -> None:
        """Sort all lines. Raises DamagedFile for numbers before any spectrum."""
        for place, line in enumerate(lines, 1):
            bare = line.strip()
            if bare.startswith(self._prefix):
                self._comment(bare[len(self._prefix) :].strip())
            elif bare:
                if self._block is None:
                    raise DamagedFile(
                        f"{self._file}, line {place}: numbers were found before the spectrum they belong to.", mend=MEND
                    )
                if not self._block.lines:
                    self._block.first_line = place
                self._block.lines.append(bare)

    def _comment(self, text: str) -> None:
        if text.startswith("Group:"):
            self._group, self._block = text[6:].strip(), None
            self._group_settings = {}
        elif text.startswith("Region:"):
            self._block, self._cycle = None, {}
            name = text[7:].strip()
            self.regions.append(Region(name=name, group=self._group, group_settings=self._group_settings))
        elif (match := _BLOCK.fullmatch(text)) is not None and self.regions:
            self._begin(int(match["cycle"]), match["rest"] or "")
        elif (match := _EXTERNAL.fullmatch(text)) is not None and self._block is not None:
            self._open(Kind.EXTERNAL, match["name"].strip())
        elif text.startswith("Result Name:") and self._block is not None:
            self._open(Kind.RESULT, text[12:].strip())
        elif (match := _PARAMETER.fullmatch(text)) is not None:
            found = self._block.parameters if self._block is not None and not self._block.lines else self._cycle
            found[match["name"].strip()] = match["value"].strip()
        elif text:
            self._setting(text)

    def _begin(self, cycle: int, rest: str) -> None:
        numbers = {m["what"].lower(): int(m["n"]) for m in _PLACE.finditer(rest)}
        if not numbers:
            # What follows holds for all blocks of this cycle.
            self._cycle, self._block = {}, None
            return
        self._open(Kind.SPECTRUM, "", {"cycle": cycle, **numbers})

    def _open(self, kind: Kind, name: str, place: dict[str, int] | None = None) -> None:
        if place is None:
            place = self._block.place if self._block is not None else {}
        self._block = Block(kind=kind, name=name, place=dict(place), parameters=dict(self._cycle))
        self.regions[-1].blocks.append(self._block)

    def _setting(self, text: str) -> None:
        """Keep a setting with what it stands under."""
        if self._block is not None:
            if self._block.lines:
                # Operations follow the numbers they were done with.
                return self._add(self.regions[-1].settings, text)
            return self._add(self._block.settings, text)
        if self.regions and self.regions[-1].group_settings is self._group_settings:
            return self._add(self.regions[-1].settings, text)
        return self._add(self._group_settings if self._group else self.settings, text)

    @staticmethod
    def _add(settings: dict[str, Json], text: str) -> None:
        match = _KEY.fullmatch(text)
        key, value = (match["key"].strip(), match["value"].strip()) if match is not None else ("#text", text)
        present = settings.get(key)
        if present is None:
            settings[key] = value
        elif present != value:
            settings[key] = [*present, value] if isinstance(present, list) else [present, value]
