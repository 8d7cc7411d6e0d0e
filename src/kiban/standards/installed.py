"""The exports that are installed, ours and those of other packages."""

from __future__ import annotations

import difflib
from typing import cast

from kiban import plugins
from kiban.errors import WrongUsage
from kiban.records.measurement import Measurement
from kiban.standards.contract import Export


def exports() -> tuple[Export, ...]:
    """All of them."""
    return cast(tuple[Export, ...], plugins.find("kiban.standards", "EXPORT", check=_lacks))


def survey() -> plugins.Survey:
    """The same with the packages they come from, and those that cannot be used."""
    return plugins.survey("kiban.standards", "EXPORT", check=_lacks)


def _lacks(export: object) -> str | None:
    return plugins.lacks(export, *Export.__annotations__, "obstacle", "export")


def export_named(name: str) -> Export:
    """Look one up. Raises WrongUsage if there is none of that name."""
    known = {export.name: export for export in exports()}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    raise WrongUsage(
        f"There is no export '{name[:40]}'.",
        mend=f"Did you mean {close[0]}?" if close else f"Use one of: {', '.join(known)}.",
    )


def suited(measurement: Measurement) -> tuple[Export, ...]:
    """Those that have a place for such a measurement."""
    return tuple(export for export in exports() if export.obstacle(measurement) is None)
