"""What JEOL's TEMs (SightX) write into the description of a TIFF: the microscope's state as XML.

JEOL's SEMs keep theirs in a text file beside the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.tiff.described import Described, Scale, from_xml
from kiban.readers.tiff.directories import Directory
from kiban.readers.xml_header import as_json, descend, text_at
from kiban.records.reading import MetadataValue

if TYPE_CHECKING:
    from lxml.etree import _Element


def describe(directory: Directory) -> Described | None:
    """Read maker, model and description; `None` where JEOL did not make the page."""
    if not directory.text(271).startswith("JEOL"):
        return None
    text = directory.text(270).lstrip("\x01\x00 \r\n\t")
    model = directory.text(272)
    if not text.startswith("<"):
        metadata = _maker(model)
        return Described(technique="electron_microscopy", metadata=metadata, instrument=model or None)
    return from_xml(text, lambda root: _from_root(root, directory, model), code=270)


def _from_root(root: _Element, directory: Directory, model: str) -> Described:
    imaging = descend(root, "ImageFormingSystem")
    mode, selected = text_at(imaging, "ModeString"), optional_number(text_at(imaging, "SelectorValue"))
    voltage = optional_number(text_at(root, "ElectronGun", "AccelerationVoltage"))
    is_tem = text_at(root, "Eos", "EosMode") == "eosTEM"
    metadata = _maker(model)
    if voltage is not None:
        metadata["acceleration_voltage"] = Measured(voltage, "V")
    if mode:
        metadata["imaging_mode"] = mode
    scales: list[Scale | None] = [None, None]
    if is_tem and mode == "MAG" and selected:
        metadata["magnification"] = Measured(selected)
        scales = [_on_sample(directory, code, selected) for code in (282, 283)]
    elif is_tem and mode == "DIFF" and selected:
        metadata["camera_length"] = Measured(selected, text_at(imaging, "SelectorUnitString") or "mm")
    return Described(
        technique="electron_diffraction" if mode == "DIFF" else "electron_microscopy",
        x=scales[0],
        y=scales[1],
        instrument=model or None,
        metadata=metadata,
        header={"JEOL": as_json(root)},
        own_tags=frozenset({270}),
    )


def _on_sample(directory: Directory, code: int, magnification: float) -> Scale | None:
    """The resolution is that of the camera; the sample is as much smaller as the magnification says."""
    per_unit = directory.number(code)
    centimetres = {2: 2.54, 3: 1.0}.get(directory.whole(296, 2))
    if not per_unit or centimetres is None:
        return None
    return Scale(centimetres * 1e7 / per_unit / magnification, "nm")


def _maker(model: str) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "JEOL"}
    return metadata | {"model": model} if model else metadata
