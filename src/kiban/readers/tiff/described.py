"""What a maker's tags say of a picture, in one form for all makers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kiban.errors import KibanError
from kiban.readers.xml import parse
from kiban.records.reading import Json, MetadataValue

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the first point of an axis lies and how far the next is."""

    step: float
    unit: str
    """As the file spells it."""
    first: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What tags say beside the numbers."""

    technique: str = "image"
    x: Scale | None = None
    y: Scale | None = None
    z: Scale | None = None
    time: Scale | None = None
    dimensions: tuple[tuple[str, int], ...] = ()
    """How the pages are ordered: names and lengths, the slowest first; empty where they are frames."""
    n_images: int | None = None
    """How many pictures there are, where this is said beside the pages."""
    unit: str = ""
    """Of the numbers."""
    title: str = ""
    sample_name: str | None = None
    operator: str | None = None
    instrument: str | None = None
    started_at: datetime | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    header: Mapping[str, Json] = field(default_factory=dict)
    """What was read from the maker's own tags, as written."""
    own_tags: frozenset[int] = frozenset()
    """Tags whose contents stand in `header`."""
    doubts: tuple[str, ...] = ()


def from_xml(text: str, read: Callable[[_Element], Described], *, code: int) -> Described:
    """Read a microscope's XML; where it cannot be read the picture still can, and a doubt says why."""
    try:
        return read(parse(text.encode(), name=f"tag {code}"))
    except KibanError as e:
        doubt = f"What the microscope wrote cannot be read: {e.fault}"
        return Described(technique="electron_microscopy", doubts=(doubt,))
