"""What the deeds work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from kiban.access.verdict import visible
from kiban.compute.fence import Fence
from kiban.records.party import Asker
from kiban.records.scope import Visible
from kiban.store.catalog import Catalog
from kiban.store.objects import ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The parts of an open platform."""

    catalog: Catalog
    objects: ObjectStore
    fence: Fence
    project: UUID
    """The project that deposits go to unless another is named."""

    revive: Callable[[], None]
    """Called when the database has gone: starts the embedded server again, if that is what it was."""

    rde_python: Path | None = None
    """The Python in which structuring programs of RDE run; `None` where none do."""
    base_url: str | None = None
    """Where people open the platform; the codes of labels begin with it."""

    def visible(self, asker: Asker) -> Visible:
        """The scopes the asker may see now."""
        return visible(asker, self.catalog.scopes())
