"""An NXentry: which of its NXdata groups are drawn, and what it says of sample, instrument and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from kiban.errors import KibanError
from kiban.quantity.measured import Measured
from kiban.quantity.spelling import respell
from kiban.readers.hdf5.links import address, child, follow, walk
from kiban.readers.hdf5.packing import n_bytes
from kiban.readers.hdf5.values import is_numeric, numbers, text, text_attribute
from kiban.readers.nexus.stated import signal_name
from kiban.readers.source import Limits
from kiban.records.reading import MetadataValue
from kiban.records.rights.json_text import rights_in_file
from kiban.records.rights.rights import Rights
from kiban.records.technique import TECHNIQUES

if TYPE_CHECKING:
    import h5py

_TECHNIQUES = {each.nexus: each.key for each in TECHNIQUES.values() if each.nexus} | {
    "NXarpes": "photoemission",
    "NXsas": "small_angle_scattering",
    "NXcanSAS": "small_angle_scattering",
    "NXem": "electron_microscopy",
    "NXstxm": "x_ray_absorption",
    "NXxasproc": "x_ray_absorption",
    "NXxrd": "xrd",
    "NXxrd_pan": "xrd",
    "NXspm": "scanning_probe_microscopy",
    "NXafm": "scanning_probe_microscopy",
    "NXstm": "scanning_probe_microscopy",
}
_RIGHTS = "rights"
_ENTRIES = frozenset({"NXentry", "NXsubentry"})
# Name, class of the group, field: the first group of that class that has the field.
_TEXTS = (
    ("sample_name", "NXsample", "name"),
    ("instrument", "NXinstrument", "name"),
    ("operator", "NXuser", "name"),
    ("chemical_formula", "NXsample", "chemical_formula"),
    ("detector", "NXdetector", "description"),
)
_NUMBERS = (
    ("wavelength", "NXmonochromator", "wavelength"),
    ("wavelength", "NXbeam", "incident_wavelength"),
    ("photon_energy", "NXmonochromator", "energy"),
    ("photon_energy", "NXbeam", "incident_energy"),
    ("temperature", "NXsample", "temperature"),
    ("pressure", "NXsample", "pressure"),
    ("count_time", "NXdetector", "count_time"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an entry says beside its numbers."""

    technique: str | None
    title: str
    sample_name: str | None
    operator: str | None
    instrument: str | None
    started_at: datetime | None
    metadata: dict[str, MetadataValue]
    rights: Rights | None
    doubts: tuple[str, ...]
    """Of what stands beside the numbers."""


def entries(root: h5py.Group) -> list[h5py.Group]:
    """The entries of a file, the default one first; an entry within an entry comes by itself."""
    import h5py

    # Here, once, everything is opened: what HDF5 cannot open makes a damaged file.
    found = [node for _, node in walk(root) if isinstance(node, h5py.Group) and _nexus_class(node) in _ENTRIES]
    default = follow(root, text_attribute(root, "default")) if text_attribute(root, "default") else None
    if isinstance(default, h5py.Group):
        found.sort(key=lambda group: address(group) != address(default))
    return found


def plots(entry: h5py.Group) -> Iterator[tuple[h5py.Group, str]]:
    """The NXdata groups of an entry with the names of their signals, the default one first, each signal once.

    Those of entries within it are left to them.
    """
    import h5py

    default = _default(entry)
    found = [] if default is None else [default]
    found.extend(_data_groups(entry))
    seen: set[tuple[int, int]] = set()
    for group in found:
        signal = signal_name(group)
        if signal is None:
            continue
        node = child(group, signal)
        if isinstance(node, h5py.Group):
            continue
        place = address(node) if isinstance(node, h5py.Dataset) else address(group)
        if place not in seen:
            seen.add(place)
            yield group, signal


def _default(entry: h5py.Group) -> h5py.Group | None:
    """Follow `default` down to an NXdata group."""
    import h5py

    group = entry
    for _ in range(8):
        name = text_attribute(group, "default")
        node = follow(group, name) if name else None
        if not isinstance(node, h5py.Group):
            return group if _nexus_class(group) == "NXdata" else None
        group = node
    return None


def _data_groups(entry: h5py.Group) -> Iterator[h5py.Group]:
    import h5py

    # Many entries within one another would otherwise be gone through again and again.
    for _, node in walk(entry, opens_datasets=False, is_closed=_is_entry):
        if isinstance(node, h5py.Group) and _nexus_class(node) == "NXdata":
            yield node


def _is_entry(group: h5py.Group) -> bool:
    return _nexus_class(group) in _ENTRIES


def _is_rights(group: h5py.Group) -> bool:
    """Its contributors are no users of the instrument; `kiban.standards.nexus_rights` writes it."""
    return str(group.name).endswith(f"/{_RIGHTS}") and _nexus_class(group) == "NXcollection"


def _nexus_class(group: h5py.Group) -> str:
    return text_attribute(group, "NX_class")


def describe(entry: h5py.Group, *, limits: Limits, file: str) -> Entry:
    """Read what the entry says beside its numbers."""
    import h5py

    by_class: dict[str, list[h5py.Group]] = {}
    for _, node in walk(entry, opens_datasets=False, is_closed=_is_rights):
        if isinstance(node, h5py.Group):
            by_class.setdefault(_nexus_class(node), []).append(node)

    def words(group: h5py.Group, name: str) -> str:
        node = child(group, name)
        return _text(node, limits=limits, file=file) if isinstance(node, h5py.Dataset) else ""

    texts = {}
    for name, nexus_class, field in _TEXTS:
        found = next((w for group in by_class.get(nexus_class, ()) if (w := words(group, field))), "")
        if found:
            texts[name] = found
    metadata: dict[str, MetadataValue] = {}
    for name, nexus_class, field in _NUMBERS:
        for group in by_class.get(nexus_class, ()):
            node = child(group, field)
            if (
                name not in metadata
                and isinstance(node, h5py.Dataset)
                and (value := _quantity(node, limits, file)) is not None
            ):
                metadata[name] = value
    metadata |= {name: texts[name] for name in ("chemical_formula", "detector") if name in texts}
    if ended_at := _time(words(entry, "end_time")):
        metadata["ended_at"] = ended_at
    if program := words(entry, "program_name"):
        metadata["software"] = program
    stated = child(entry, _RIGHTS)
    rights, doubts = rights_in_file(words(stated, "stated") if isinstance(stated, h5py.Group) else "")
    definition = words(entry, "definition")
    if definition:
        metadata["nexus_definition"] = definition
    return Entry(
        technique=_TECHNIQUES.get(definition),
        title=words(entry, "title"),
        sample_name=texts.get("sample_name"),
        operator=texts.get("operator"),
        instrument=texts.get("instrument"),
        started_at=_time(words(entry, "start_time")),
        metadata=metadata,
        rights=rights,
        doubts=doubts,
    )


def _text(dataset: h5py.Dataset, *, limits: Limits, file: str) -> str:
    try:
        return text(dataset, limits=limits, file=file)
    except KibanError:
        # It is named with the reason in the header; the plot does not need it.
        return ""


def _quantity(dataset: h5py.Dataset, limits: Limits, file: str) -> Measured | None:
    """One number with its unit; a list of them is not one condition of the measurement."""
    if not is_numeric(dataset) or n_bytes(dataset) != dataset.dtype.itemsize or dataset.dtype.kind not in "iuf":
        return None
    try:
        values, _ = numbers(dataset, limits=limits, file=file)
    except KibanError:
        # As with texts: the header has the reason.
        return None
    value = float(values.reshape(-1)[0])
    unit = text_attribute(dataset, "units")
    return Measured(value, respell(unit)) if np.isfinite(value) and unit else None


def _time(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
