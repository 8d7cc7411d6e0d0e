"""Variables of a netCDF file, whichever format they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from numpy.typing import NDArray

from kiban.records.reading import Json

Attribute: TypeAlias = "str | int | float | list[int] | list[float] | list[str]"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetVariable:
    """One variable.

    Parameters
    ----------
    dimensions : tuple of str
        Their names in the file.
    load : callable
        Gives its numbers (or characters) and doubts. Raises UnreadableFile.
    """

    name: str
    dimensions: tuple[str, ...]
    shape: tuple[int, ...]
    kind: str
    """Of its numpy type: i, u, f; S of characters."""
    attributes: Mapping[str, Attribute]
    load: Callable[[], tuple[NDArray[Any], tuple[str, ...]]]

    def text(self, name: str) -> str:
        """An attribute that is a text, trimmed; empty where it is none."""
        found = self.attributes.get(name)
        return found.strip() if isinstance(found, str) else ""

    def number(self, name: str) -> float | int | None:
        """An attribute that is one number; of a list of them the first."""
        found = self.attributes.get(name)
        if isinstance(found, list):
            found = found[0] if found else None
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetGroup:
    """The variables of one group, and the attributes around them."""

    name: str
    """Empty of the root."""
    variables: tuple[NetVariable, ...]
    attributes: Mapping[str, Attribute]
    header: Mapping[str, Json]

    def text(self, *names: str) -> str:
        """The first of the attributes that is a text and not empty."""
        for name in names:
            found = self.attributes.get(name)
            if isinstance(found, str) and found.strip():
                return found.strip()
        return ""
