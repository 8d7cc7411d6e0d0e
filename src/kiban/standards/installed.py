"""The exports that are installed, ours and those of other packages."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar, cast

from kiban import plugins
from kiban.errors import WrongUsage
from kiban.records.measurement import Measurement
from kiban.standards import dataset_contract
from kiban.standards.contract import DataSetExport, Export
from kiban.standards.graph_contract import GraphExport

T = TypeVar("T")


def exports() -> tuple[Export, ...]:
    """All of them."""
    return cast(tuple[Export, ...], plugins.find("kiban.standards", "EXPORT", check=_lacks))


def survey() -> plugins.Survey:
    """Exports of every kind with the packages they come from, and those that cannot be used."""
    found = (
        plugins.survey("kiban.standards", "EXPORT", check=_lacks),
        plugins.survey("kiban.standards.data_sets", "EXPORT", check=_lacks_as_data_set),
        plugins.survey("kiban.standards.graphs", "EXPORT", check=_lacks_as_graph),
        plugins.survey("kiban.standards.datasets", "EXPORT", check=_lacks_as_dataset),
    )
    return plugins.Survey(
        loaded=tuple(one for each in found for one in each.loaded),
        broken=tuple(one for each in found for one in each.broken),
    )


def _lacks(export: object) -> str | None:
    return plugins.lacks(export, *Export.__annotations__, "obstacle", "export")


def data_set_exports() -> tuple[DataSetExport, ...]:
    """Those that want whole data sets."""
    found = plugins.find("kiban.standards.data_sets", "EXPORT", check=_lacks_as_data_set)
    return cast(tuple[DataSetExport, ...], found)


def _lacks_as_data_set(export: object) -> str | None:
    return plugins.lacks(export, *DataSetExport.__annotations__, "obstacle", "export")


def graph_exports() -> tuple[GraphExport, ...]:
    """Those that take a record with its provenance: samples and processes too."""
    return cast(tuple[GraphExport, ...], plugins.find("kiban.standards.graphs", "EXPORT", check=_lacks_as_graph))


def _lacks_as_graph(export: object) -> str | None:
    return plugins.lacks(export, *GraphExport.__annotations__, "export")


def dataset_exports() -> tuple[dataset_contract.DatasetExport, ...]:
    """Those of data sets that can be cited."""
    found = plugins.find("kiban.standards.datasets", "EXPORT", check=_lacks_as_dataset)
    return cast(tuple[dataset_contract.DatasetExport, ...], found)


def _lacks_as_dataset(export: object) -> str | None:
    return plugins.lacks(export, *dataset_contract.DatasetExport.__annotations__, "export")


def dataset_export_named(name: str) -> dataset_contract.DatasetExport:
    """Look one up. Raises WrongUsage if there is none of that name."""
    return _named(name, {export.name: export for export in dataset_exports()})


def export_named(name: str) -> Export | DataSetExport | GraphExport:
    """Look one up. Raises WrongUsage if there is none of that name."""
    every: list[Export | DataSetExport | GraphExport] = [*exports(), *data_set_exports(), *graph_exports()]
    return _named(name, {export.name: export for export in every})


def _named(name: str, known: Mapping[str, T]) -> T:
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    raise WrongUsage(
        f"There is no export '{name[:40]}'.",
        mend=f"Did you mean {close[0]}?" if close else f"Use one of: {', '.join(known)}.",
    )


def suited(measurement: Measurement) -> tuple[Export | DataSetExport, ...]:
    """Those that have a place for such a measurement; where no numbers were read, only those of whole data sets."""
    every: list[Export | DataSetExport] = [*(exports() if measurement.has_numbers else ()), *data_set_exports()]
    return tuple(export for export in every if export.obstacle(measurement) is None)
