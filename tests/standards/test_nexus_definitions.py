"""Application definitions are claimed where everything that they demand is stated, and nowhere else."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray
from hypothesis import HealthCheck, given, settings

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.records.reading import MetadataValue, Reading, Role, Variable
from kiban.records.technique import TECHNIQUES
from kiban.standards.nexus import read, write
from kiban.standards.nexus_export import EXPORT
from kiban.standards.nexus_needs import CLASSES, DEFINITIONS
from kiban.testing.export_examples import EXAMPLES, exportable, pattern, sample_record
from kiban.testing.reading_strategies import readings

SOURCE: dict[str, MetadataValue] = {"source_type": "Fixed Tube X-ray", "source_name": "long fine focus 1"}
TIMER: dict[str, MetadataValue] = {"monitor_mode": "timer", "monitor_preset": Measured(0.5, "s")}
BEAM: dict[str, MetadataValue] = {"beam_reliability": "nominal", "detector_channel_type": "multichannel"}
ANALYSER: dict[str, MetadataValue] = {
    "incident_energy": Measured(1486.6, "eV"),
    "collection_scheme": "angular dispersive",
    "dispersion_scheme": "hemispherical",
    "work_function": Measured(4.5, "eV"),
    "analyser_mode": "FAT",
}
STATED: dict[str, tuple[str, tuple[str, str], tuple[str, str], dict[str, MetadataValue]]] = {
    "NXmonopd": (
        "xrd",
        ("two_theta", "deg"),
        ("intensity", "count"),
        {
            **SOURCE,
            **TIMER,
            "wavelength": Measured(0.15405929, "nm"),
            "position_omega": Measured(10.0, "deg"),
            "monitor_integral": 12345,
        },
    ),
    "NXraman": (
        "raman",
        ("raman_shift", "1/cm"),
        ("intensity", "count"),
        {
            **BEAM,
            "laser_wavelength": Measured(532.0, "nm"),
            "scattering_configuration": "z(xx)z",
            "raman_experiment_type": "non-resonant Raman spectroscopy",
        },
    ),
    "NXoptical_spectroscopy": ("uv_vis", ("wavelength", "nm"), ("transmittance", "transmittance"), BEAM),
    "NXellipsometry": (
        "ellipsometry",
        ("wavelength", "nm"),
        ("psi", "deg"),
        {
            **BEAM,
            "ellipsometry_experiment_type": "uv-vis spectroscopic ellipsometry",
            "ellipsometer_type": "rotating polarizer",
            "rotating_element_type": "polarizer (source side)",
        },
    ),
    "NXmpes": ("photoemission", ("kinetic_energy", "eV"), ("intensity", "count/s"), ANALYSER),
    "NXxps": ("xps", ("binding_energy", "eV"), ("intensity", "count/s"), ANALYSER),
    "NXxas": (
        "x_ray_absorption",
        ("energy", "eV"),
        ("intensity", "count"),
        {**SOURCE, **TIMER, "absorption_mode": "Transmission"},
    ),
    "NXfluo": (
        "x_ray_fluorescence",
        ("energy", "keV"),
        ("intensity", "count"),
        {**SOURCE, **TIMER, "wavelength": Measured(0.07, "nm")},
    ),
}


def stated(name: str) -> Reading:
    """A Reading that states all that the definition demands."""
    technique, (x, x_unit), (y, y_unit), metadata = STATED[name]
    whole = np.arange(5) + 7
    signal = whole if y_unit == "count" else whole / 16
    more = {"NXxas": "incident_intensity", "NXfluo": "monitor_counts"}.get(name)
    monitor = Variable(name=more or "none", series=Series(whole, "count"), dimensions=(x,), role=Role.AUXILIARY)
    return Reading(
        technique=technique,
        title="all is said",
        variables=(
            Variable(name=x, series=Series(np.linspace(1, 2, 5), x_unit), dimensions=(x,), role=Role.AXIS),
            Variable(name=y, series=Series(signal, y_unit), dimensions=(x,)),
            *((monitor,) if more else ()),
        ),
        metadata=metadata,
        sample_name="S-1",
        started_at=datetime(2026, 5, 4, 10, tzinfo=UTC),
    )


def exported(reading: Reading) -> bytes:
    return EXPORT.export(exportable(reading)).content


def entry_of(content: bytes, name: str = "entry") -> h5py.Group:
    group: h5py.Group = h5py.File(io.BytesIO(content), "r")[name]
    return group


@pytest.fixture(name="quiet")
def _quiet() -> Iterator[None]:
    """pynxtools tells each finding through the log, too."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def problems(path: Path, content: bytes, definition: str) -> list[str]:
    """What pynxtools finds wrong: required parts that are missing, wrong types, words that are not allowed."""
    validation = pytest.importorskip("pynxtools.dataconverter.validation")
    from pynxtools.dataconverter.helpers import collector

    path.write_bytes(content)
    collector.clear()
    with h5py.File(path) as file:
        validation.validate_hdf_group_against(definition, file["definition"], str(path), ignore_undocumented=True)
    return sorted(map(str, collector.data["warning_and_error"]))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("name", sorted(set(STATED) - {"NXxas"}))
def test_a_claim_is_valid(tmp_path: Path, quiet: None, name: str) -> None:
    """The definitions that pynxtools brings along have no NXxas."""
    content = exported(stated(name))
    assert entry_of(content, "definition")["definition"][()].decode() == name
    assert problems(tmp_path / "x.nxs", content, name) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_pynxtools_would_find_a_fault(tmp_path: Path, quiet: None) -> None:
    reading = stated("NXmonopd")
    assert problems(tmp_path / "x.nxs", exported(reading), "NXraman") != []


NXDL = "{http://definition.nexusformat.org/nxdl/3.1}"


def lacking(element: Any, group: h5py.Group, place: str = "") -> Iterator[str]:
    """Walk a definition as its NXDL has it, and name what it requires and the group has not."""
    for child in element:
        kind = child.tag.removeprefix(NXDL) if isinstance(child.tag, str) else ""
        is_optional = (
            child.get("optional") == "true" or child.get("recommended") == "true" or child.get("minOccurs") == "0"
        )
        if kind not in {"group", "field", "link", "attribute"} or is_optional:
            continue
        name, wanted = child.get("name"), child.get("type", "")
        if kind == "attribute":
            if name not in group.attrs:
                yield f"{place}@{name}"
        elif kind == "group":
            fits = [
                node
                for key, node in group.items()
                if isinstance(node, h5py.Group)
                and node.attrs["NX_class"] == wanted
                and (name is None or child.get("nameType") in {"any", "partial"} or key == name)
            ]
            if not fits:
                yield f"{place}/{name or wanted}"
            else:
                yield from min((list(lacking(child, node, f"{place}/{wanted}")) for node in fits), key=len)
        elif name not in group:
            yield f"{place}/{name}"
        elif not is_allowed(child, group[name]):
            yield f"{place}/{name} = {group[name][()]}"


def is_allowed(element: Any, field: h5py.Dataset) -> bool:
    """Say whether a field has one of the values that its NXDL allows."""
    words = element.find(f"{NXDL}enumeration")
    if words is None or words.get("open") == "true":
        return True
    return field[()].decode() in {item.get("value") for item in words.findall(f"{NXDL}item")}


@pytest.mark.parametrize("name", STATED)
def test_a_claim_has_all_that_the_nxdl_requires(shared: Callable[[str], Path], name: str) -> None:
    from lxml import etree

    folder = shared("../standards/nexus/applications")
    content = exported(stated(name))
    claim, plain = entry_of(content, "definition"), entry_of(content)
    while name != "NXobject":
        root = etree.parse(str(folder / f"{name}.nxdl.xml")).getroot()
        entry = root.find(f"{NXDL}group[@type='NXentry']")
        missing = list(lacking(entry, claim))
        assert list(lacking(entry, plain)), "an entry that claims nothing would pass"
        # What extends another definition gives `definition` its own value.
        assert [m for m in missing if not m.startswith("/definition = ")] == [], name
        name = root.get("extends")


def test_every_definition_of_a_technique_is_known() -> None:
    assert {t.nexus for t in TECHNIQUES.values() if t.nexus is not None} == set(DEFINITIONS) == set(STATED)
    for definition in DEFINITIONS.values():
        for need in definition.needs:
            assert set(need.place.split("/")[:-1]) <= set(CLASSES), need.place


@pytest.mark.parametrize("name", STATED)
def test_a_reading_that_lacks_one_thing_claims_nothing(name: str) -> None:
    whole = stated(name)
    lacking = [replace(whole, sample_name=None)]
    lacking += [
        replace(whole, metadata={k: v for k, v in whole.metadata.items() if k != left_out})
        for left_out in whole.metadata
        if not (name == "NXmpes" and left_out in {"work_function", "analyser_mode"})
    ]
    for reading in lacking:
        entry = entry_of(write(reading, provenance={}))
        assert "definition" not in entry
        assert "definition" not in entry.file
        said = bytes(entry.attrs["definition_not_claimed"]).decode()
        assert said.startswith(f"{name} wants also: ")
        assert said.count(";") == 0


def test_a_time_without_a_zone_is_not_enough() -> None:
    entry = entry_of(write(replace(stated("NXxps"), started_at=datetime(2026, 5, 4, 10)), provenance={}))
    said = bytes(entry.attrs["definition_not_claimed"]).decode()
    assert said == "NXxps wants also: when measuring began, with its time zone"


def test_what_a_laboratory_diffractometer_lacks_is_said() -> None:
    said = bytes(entry_of(write(pattern(), provenance={})).attrs["definition_not_claimed"]).decode()
    assert said == (
        "NXmonopd wants also: when measuring began, with its time zone; the type of the source (`source_type`); "
        "the name of the source (`source_name`); whether a monitor or a timer ended each point (`monitor_mode`); "
        "at which count or time it ended (`monitor_preset`); the counts of the monitor in all (`monitor_integral`)"
    )


@pytest.mark.parametrize("name", STATED)
def test_a_claim_changes_nothing_of_the_reading(name: str) -> None:
    reading = stated(name)
    for content in (write(reading, provenance={}), exported(reading)):
        back = read(content)
        assert dict(back.metadata) == dict(reading.metadata)
        assert list(back.metadata) == list(reading.metadata)
        assert (back.title, back.sample_name, back.instrument) == (reading.title, "S-1", None)
        for was, now in zip(reading.variables, back.variables, strict=True):
            np.testing.assert_array_equal(now.series.values, was.series.values)
        opened: Any = xarray.open_dataset(io.BytesIO(content), engine="h5netcdf", group="entry/data")
        with opened:
            assert set(opened.variables) == {v.name for v in reading.variables}


def test_a_map_or_an_odd_name_claims_nothing() -> None:
    whole = stated("NXxps")
    axis, signal = whole.variables
    flat = replace(signal, series=Series(np.zeros((2, 5)), "count/s"), dimensions=("scan", axis.name))
    named = Variable(name="other", series=Series(np.zeros(5)), dimensions=("intensity",))
    for variables in ((axis, flat), (axis, signal, named)):
        entry = entry_of(write(replace(whole, variables=variables), provenance={}))
        assert bytes(entry.attrs["definition_not_claimed"]).decode() == "NXxps wants also: a signal"


@pytest.mark.parametrize("make", [lambda r: write(r, provenance={}), exported])
def test_numbers_are_linked_not_copied(make: Any) -> None:
    claim = entry_of(make(stated("NXmonopd")), "definition")
    numbers = claim.file["entry/data/intensity"]
    assert claim["instrument/detector/data"] == numbers == claim["data/data"]
    assert numbers.attrs["target"] in ("/entry/data/intensity", b"/entry/data/intensity")
    assert claim["data"].attrs["signal"] in ("data", b"data")
    assert claim["sample/rotation_angle"][()] == 10.0


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_export_is_read_like_the_file_that_is_kept(name: str) -> None:
    given_ = exportable(EXAMPLES[name](), sample=sample_record("S 9"))
    kept, back = read(given_.normalised), read(EXPORT.export(given_).content)
    assert list(back.metadata.items()) == list(kept.metadata.items())
    assert dict(back.header) == dict(kept.header)
    assert (back.title, back.doubts, back.sample_name) == (kept.title, kept.doubts, kept.sample_name)
    for was, now in zip(kept.variables, back.variables, strict=True):
        assert (now.name, now.dimensions, now.label, now.role) == (was.name, was.dimensions, was.label, was.role)
        np.testing.assert_array_equal(now.series.values, was.series.values)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(reading=readings())
def test_any_export_is_read_like_the_file_that_is_kept(reading: Reading) -> None:
    back = read(exported(reading))
    assert dict(back.metadata) == dict(reading.metadata)
    assert dict(back.header) == dict(reading.header)
    assert (back.title, back.doubts, back.sample_name) == (reading.title, reading.doubts, reading.sample_name)
    for was, now in zip(reading.variables, back.variables, strict=True):
        assert (now.name, now.dimensions, now.label, now.role) == (was.name, was.dimensions, was.label, was.role)
        np.testing.assert_array_equal(now.series.values, was.series.values)


def test_an_export_has_the_record_s_identifiers_and_its_sample() -> None:
    given_ = exportable(pattern(), sample=sample_record("TiO2 A600"))
    entry = entry_of(EXPORT.export(given_).content)
    assert entry["entry_identifier"][()].decode() == "kb:7Q4M-2KXD-98"
    assert entry["sample/name"][()].decode() == "TiO2-A600"
    assert entry["sample/description"][()].decode() == "TiO2 A600"
    assert h5py.check_string_dtype(entry["title"].dtype).length is None
    assert isinstance(entry.attrs["NX_class"], str)


def test_a_file_of_the_layout_before_is_still_read() -> None:
    buffer = io.BytesIO(write(pattern(), provenance={}))
    with h5py.File(buffer, "r+") as file:
        file.attrs["kiban_layout"] = 2
        for name in ("data/intensity_errors", "metadata/wavelength"):
            attributes = file["entry"][name].attrs
            attributes["distribution"] = attributes["probability_distribution"]
            del attributes["probability_distribution"]
    back = read(buffer.getvalue())
    assert back.metadata == pattern().metadata
    assert back["intensity"].uncertainty is not None
    assert back["intensity"].uncertainty.distribution == "poisson"
