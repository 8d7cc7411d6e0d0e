"""Bruker BRML: the real file with the figures read off it, and each variant of the format in small."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, HostileFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.bruker_brml import READER
from kiban.readers.contract import Confidence
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
TWO_THETA, COUNTS = (10.0, 10.1, 10.2, 10.3), (10, 0, 144, 7)

TUBE = """<Tube LogicName="Tube"><WaveLengthAlpha1 Unit="Å" Value="1.5406"/><WaveLengthAlpha2 Unit="Å" Value="1.54439"/>
<WaveLengthBeta Unit="Å" Value="1.39222"/><WaveLengthRatio Unit="" Value="0.5"/><TubeMaterial>Cu</TubeMaterial>
<Generator><Voltage Unit="kV" Value="40"/><Current Unit="mA" Value="25"/></Generator></Tube>"""


def container(*raw_data: str, sample: str = "試料 A", folder: str = "Experiment0") -> str:
    listed = "".join(f"<string>{folder}/{name}</string>" for name in raw_data)
    return f"""<?xml version="1.0"?><DataContainer {XSI}><CreatingVersion>7.5.2.0</CreatingVersion>
<RawDataReferenceList>{listed}</RawDataReferenceList><ExperimentInfo><InstrumentDescription>
<InstrumentName>D8-1</InstrumentName><SerialNo>205064</SerialNo><DeviceTypeDesc>D8 ADVANCE</DeviceTypeDesc>
</InstrumentDescription></ExperimentInfo>
<MeasurementInfo UserName="A. Person" Comment="first try" SampleName="{sample}"/></DataContainer>"""


def axis(
    name: str, start: float, stop: float, step: float, *, visible: str = "", unit: str = "°", ref: float = 0
) -> str:
    return f"""<ScanAxisInfo AxisId="{name}" AxisName="{name}" VisibleName="{visible or name}" Unit="{unit}">
<Unit Prefix="None" Base="Degree"/><Reference>{ref}</Reference><Start>{start}</Start><Stop>{stop}</Stop>
<Increment>{step}</Increment></ScanAxisInfo>"""


def fixed(start: int, name: str, unit: str = "") -> str:
    return f'<RawDataView xsi:type="FixedRawDataView" Start="{start}" Length="1" LogicName="{name}" Unit="{unit}"/>'


def varying(start: int, *axes: str, logic: str = "ScanAxes", length: int | None = None) -> str:
    fields = "".join(
        f'<FieldDefinitions FieldName="{a}" AxisId="{a}"><VisibleName>{a}</VisibleName><Restriction Unit="°"/>'
        "</FieldDefinitions>"
        for a in axes
    )
    length = len(axes) if length is None else length
    return f"""<RawDataView xsi:type="VaryingRawDataView" Start="{start}" Length="{length}">
<Varying LogicName="{logic}">{fields}</Varying></RawDataView>"""


def recorded(
    start: int,
    *,
    length: int = 1,
    category: str = "Count",
    name: str = "ScanCounter",
    base: str = "Counts",
    size: tuple[int, int] = (1, 1),
    kind: str = "RecordedRawDataView",
    blank: str = "-9999",
) -> str:
    return f"""<RawDataView xsi:type="{kind}" Start="{start}" Length="{length}">
<Recording VisibleName="{name} of it" LogicName="{name}" Category="{category}"><Unit Prefix="None" Base="{base}"/>
<Size><X>{size[0]}</X><Y>{size[1]}</Y></Size><BlankingValue>{blank}</BlankingValue></Recording></RawDataView>"""


COUPLED_AXES = axis("TwoTheta", 10, 10.3, 0.1, visible="2Theta") + axis("Theta", 5, 5.15, 0.05)
COUPLED_VIEWS = (
    fixed(0, "MeasuredTime", "s") + fixed(1, "AbsorptionFactor") + varying(2, "TwoTheta", "Theta") + recorded(4)
)


def coupled_rows(
    counts: Sequence[float] = COUNTS, *, factor: float | Sequence[float] = 1, shift: float = 0.0
) -> list[Sequence[float]]:
    factors = [factor] * len(counts) if isinstance(factor, (int, float)) else factor
    return [
        (0.5, f, two_theta, two_theta / 2 + shift, count)
        for f, two_theta, count in zip(factors, TWO_THETA, counts, strict=False)
    ]


def route(
    rows: Sequence[Sequence[float]],
    views: str = COUPLED_VIEWS,
    *,
    axes: str = COUPLED_AXES,
    scales: str = "",
    points: int | None = None,
    measured: int | None = None,
    flag: str = "Measured",
    more: str = "",
    name: str = 'ScanName="LockedCoupled" VisibleName="Coupled TwoTheta/Theta"',
) -> str:
    written = "".join(f"<Datum>{','.join(str(number) for number in row)}</Datum>" for row in rows)
    parts = (
        f'<SubScans><SubScanInfo Steps="{points}" MeasuredSteps="{measured}"/></SubScans>'
        if measured is not None
        else ""
    )
    return f"""<DataRoute RouteFlag="{flag}"><ScanInformation {name}>
<MeasurementPoints>{len(rows) if points is None else points}</MeasurementPoints><ScanMode>ContinuousScan</ScanMode>
<ScanAxes>{axes}</ScanAxes><ScaleAxes>{scales}</ScaleAxes></ScanInformation>{parts}{written}{more}
<DataViews>{views}</DataViews></DataRoute>"""


def raw_data(*routes: str, drives: str = "", rotation: str = "", status: str = "Measured") -> str:
    return f"""<?xml version="1.0"?><RawData {XSI}><MeasurementStatus>{status}</MeasurementStatus>
<TimeStampStarted>2025-02-26T10:47:52.8708798+00:00</TimeStampStarted>
<TimeStampFinished>2025-02-26T11:17:47.1774022+00:00</TimeStampFinished>
<DataRoutes>{"".join(routes)}</DataRoutes><FixedInformation><Drives>{drives}</Drives>
<Detectors><InfoData VisibleName="Lynxeye (1D mode)"/></Detectors><Unspecifics>{rotation}</Unspecifics>
<Instrument><PrimaryTracks><TrackInfoData><Radius Unit="mm" Value="280"/><MountedOptics><InfoData>{TUBE}</InfoData>
</MountedOptics></TrackInfoData></PrimaryTracks></Instrument></FixedInformation></RawData>"""


def drive(name: str, position: float, *, unit: str = "°", swing: float = 0) -> str:
    return f"""<InfoData LogicName="{name}" VisibleName="{name}" AxisId="{name}">
<Position Unit="{unit}" Value="{position}"/><OscillationSpeed Unit="°/min" Value="{swing}"/></InfoData>"""


SPINNER = """<InfoData><PluggedDrives><DriveInfo AxisId="Phi"/></PluggedDrives>
<RotationSpeed Unit="/min" Value="15"/></InfoData>"""


def archive(*members: str, **others: str | bytes) -> bytes:
    """One experiment with these raw data; others by path with `/` written `__`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("experimentCollection.xml", "<ExperimentCollection/>")
        names = [f"RawData{n}.xml" for n in range(len(members))]
        if "Experiment0__DataContainer" not in others and members:
            zipped.writestr("Experiment0/DataContainer.xml", container(*names))
        for name, text in zip(names, members, strict=True):
            zipped.writestr(f"Experiment0/{name}", text)
        for name, text in others.items():
            if text:
                path = name.replace("__", "/")
                zipped.writestr(path if "." in path or path.startswith("Memory") else f"{path}.xml", text)
    return content.getvalue()


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.brml"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


def frame(omega: float, counts: Sequence[float] = (1, 2, 3, 4, 5)) -> str:
    """A line detector that stood still: one row with all its channels."""
    views = (
        fixed(0, "MeasuredTime", "s") + fixed(1, "AbsorptionFactor") + recorded(3, length=len(counts), name="Counter1D")
    )
    step = axis("TwoTheta", 0, 0.1 * len(counts), 0.1, visible="2Theta", ref=20)
    still = route([(9, 1, 20.25, *counts)], views, axes=step, name='ScanName="PsdFixed"')
    return raw_data(still, drives=drive("Theta", omega) + drive("Chi", 0.5))


def moved_line(counts: Sequence[Sequence[float]], *, scales: str | None = None) -> str:
    """A line detector that was moved: one row of channels for each position."""
    n = len(counts[0])
    if scales is None:
        scales = f"""<ScaleAxisInfo xsi:type="ScaleAxisInfoRegular" AxisId="TwoTheta_Relative" VisibleName="2Theta">
<Unit Prefix="None" Base="Degree"/><Start>-1</Start><Stop>{-1 + 0.5 * (n - 1)}</Stop>
<Increment>0.5</Increment></ScaleAxisInfo>"""
    views = fixed(0, "MeasuredTime", "s") + varying(1, "Theta", "TwoTheta") + recorded(3, length=n, name="Counter1D")
    rows = [(0.5, 17.5 + 0.1 * i, 95 + 0.2 * i, *row) for i, row in enumerate(counts)]
    axes = axis("Theta", 17.5, 17.5 + 0.1 * (len(counts) - 1), 0.1, visible="Omega") + axis("TwoTheta", 95, 96, 0.2)
    return raw_data(route(rows, views, axes=axes, scales=scales, name='ScanName="OmegaTwoThetaScan"'))


class TestSuite(ReaderSuite):
    reader = READER
    n_mutations = 150
    examples: ClassVar[dict[str, bytes]] = {
        "coupled scan": archive(raw_data(route(coupled_rows()), drives=drive("Chi", 0.5))),
        "two raw data": archive(raw_data(route(coupled_rows())), raw_data(route(coupled_rows((1, 2, 3)), points=3))),
        "still line detector": archive(frame(10.0)),
        "moved line detector": archive(moved_line([(1, 2, 3), (4, 5, 6)])),
        "without a container": archive(raw_data(route(coupled_rows())), Experiment0__DataContainer=""),
    }


def test_a_coupled_scan_with_all_that_is_stated() -> None:
    drives = drive("Chi", 0.5) + drive("Phi", 7.7) + drive("Z", -1.5, unit="mm") + drive("DivergenceSlit", 0.6)
    reading = only(archive(raw_data(route(coupled_rows()), drives=drives, rotation=SPINNER)))
    assert reading.technique == "xrd"
    assert reading.title == "試料 A: Coupled TwoTheta/Theta scan"
    assert [(v.name, v.role) for v in reading.variables] == [
        ("two_theta", Role.AXIS),
        ("intensity", Role.SIGNAL),
        ("omega", Role.AUXILIARY),
    ]
    assert reading["two_theta"].values.tolist() == list(TWO_THETA)
    assert reading["two_theta"].unit == "deg"
    assert reading["omega"].values.tolist() == [5, 5.05, 5.1, 5.15]
    assert reading["intensity"].values.tolist() == list(COUNTS)
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [10**0.5, 1, 12, 7**0.5])
    assert reading.sample_name == "試料 A"
    assert reading.operator == "A. Person"
    assert reading.instrument == "D8-1"
    assert reading.started_at == datetime(2025, 2, 26, 10, 47, 52, 870879, tzinfo=UTC)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Bruker",
        "model": "D8 ADVANCE",
        "serial_number": "205064",
        "software": "DIFFRAC.SUITE 7.5.2.0",
        "comment": "first try",
        "detector": "Lynxeye (1D mode)",
        "scan_mode": "continuous",
        "scan_axis": "Coupled TwoTheta/Theta",
        "anode": "Cu",
        "wavelength": Measured(1.5406, "angstrom"),
        "wavelength_kalpha2": Measured(1.54439, "angstrom"),
        "wavelength_kbeta": Measured(1.39222, "angstrom"),
        "kalpha2_to_kalpha1": 0.5,
        "tube_voltage": Measured(40.0, "kV"),
        "tube_current": Measured(25.0, "mA"),
        "goniometer_radius": Measured(280.0, "mm"),
        "step": Measured(0.1, "deg"),
        "count_time": Measured(0.5, "s"),
        "attenuation": Measured(1.0, ""),
        # φ turned.
        "position_chi": Measured(0.5, "deg"),
        "position_z": Measured(-1.5, "mm"),
        "ended_at": datetime(2025, 2, 26, 11, 17, 47, 177402, tzinfo=UTC),
    }
    assert reading.header["DataContainer"]["CreatingVersion"] == "7.5.2.0"  # type: ignore[index, call-overload]
    assert "Datum" not in str(reading.header)


def test_columns_are_where_the_views_say() -> None:
    """As in a real file: 2θ is column 2, the counts are column 7, coordinates in reciprocal space between."""
    views = (
        recorded(7)
        + varying(4, "RecSpX", "RecSpY", "RecSpZ", logic="RecSpace")
        + varying(2, "TwoTheta", "Theta")
        + fixed(1, "AbsorptionFactor")
        + fixed(0, "MeasuredTime", "s")
    )
    rows = [(1, 1, t, t / 2, -0.1, 0.0, 2 + t, c) for t, c in zip(TWO_THETA, COUNTS, strict=True)]
    reading = only(archive(raw_data(route(rows, views))))
    assert reading["two_theta"].values.tolist() == list(TWO_THETA)
    assert reading["intensity"].values.tolist() == list(COUNTS)
    assert reading["rec_sp_z"].values.tolist() == [2 + t for t in TWO_THETA]


def test_the_first_of_the_scan_axes_leads() -> None:
    axes = axis("Theta", 5, 5.15, 0.05, visible="Omega") + axis("TwoTheta", 10, 10.3, 0.1)
    reading = only(archive(raw_data(route(coupled_rows(), axes=axes))))
    assert reading.axis is not None
    assert reading.axis.name == "omega"


def test_an_axis_that_stood_still_is_a_position() -> None:
    rows = [(1, 1, t, 5.0, c) for t, c in zip(TWO_THETA, COUNTS, strict=True)]
    axes = axis("Theta", 5, 5, 0) + axis("TwoTheta", 10, 10.3, 0.1)
    reading = only(archive(raw_data(route(rows, axes=axes))))
    assert reading.axis is not None
    assert reading.axis.name == "two_theta"
    assert reading.metadata["position_omega"] == Measured(5.0, "deg")


def test_positions_that_were_not_recorded_follow_from_the_step() -> None:
    views = fixed(0, "MeasuredTime", "s") + recorded(1)
    reading = only(archive(raw_data(route([(1, c) for c in COUNTS], views))))
    np.testing.assert_allclose(reading["two_theta"].values, TWO_THETA)
    assert "Positions were not recorded" in reading.doubts[0]
    reading = only(archive(raw_data(route([(1, c) for c in COUNTS], views, axes=""))))
    assert reading["point_number"].values.tolist() == [1, 2, 3, 4]


def test_repeated_measurements_of_one_place_are_numbered() -> None:
    rows = [(1, 1, 10.0, 5.0, c) for c in COUNTS]
    reading = only(archive(raw_data(route(rows, axes=axis("TwoTheta", 10, 10, 0)))))
    assert reading["point_number"].values.tolist() == [1, 2, 3, 4]
    assert reading.metadata["position_two_theta"] == Measured(10.0, "deg")


def test_scans_around_a_reference() -> None:
    axes = axis("TwoTheta", -0.1, 0.2, 0.1, ref=10.1)
    assert only(archive(raw_data(route(coupled_rows(), axes=axes)))).doubts == ()
    axes = axis("TwoTheta", -0.1, 0.2, 0.1, ref=30.1)
    doubts = only(archive(raw_data(route(coupled_rows(), axes=axes)))).doubts
    assert doubts[0] == "The file promises that the scan starts at 30; the points start at 10."


def test_the_absorber_stands_beside_the_counts() -> None:
    reading = only(archive(raw_data(route(coupled_rows((10, 0, 83, 7), factor=(1, 1, 8.3, 1))))))
    assert reading["attenuation"].values.tolist() == [1, 1, 8.3, 1]
    assert reading["intensity"].values.tolist() == [10, 0, 83, 7]
    assert reading["intensity"].uncertainty is None
    assert "An absorber was in the beam" in reading.doubts[0]


def test_sensors_and_second_counters_stand_beside() -> None:
    views = (
        varying(0, "TwoTheta")
        + recorded(2, category="Temperature", name="Temp", base="DegreeCelsius")
        + recorded(1)
        + recorded(3, name="Monitor")
    )
    rows = [(t, c, 25 + i, 100) for i, (t, c) in enumerate(zip(TWO_THETA, COUNTS, strict=True))]
    reading = only(archive(raw_data(route(rows, views))))
    assert reading["intensity"].values.tolist() == list(COUNTS)
    assert reading["temp_of_it"].values.tolist() == [25, 26, 27, 28]
    assert reading["temp_of_it"].unit == "degC"
    assert reading.metadata["monitor_of_it"] == Measured(100.0, "count")


def test_points_that_were_not_measured_are_missing() -> None:
    reading = only(archive(raw_data(route(coupled_rows((4, -9999, 9, 0))))))
    np.testing.assert_array_equal(reading["intensity"].values, [4, np.nan, 9, 0])
    assert "1 of the 4 points were not measured" in reading.doubts[0]


def test_a_line_detector_that_stood_still() -> None:
    reading = only(archive(frame(10.0)))
    assert reading.technique == "xrd"
    np.testing.assert_allclose(reading["two_theta"].values, [20, 20.1, 20.2, 20.3, 20.4])
    assert reading["intensity"].values.tolist() == [1, 2, 3, 4, 5]
    assert reading.metadata["position_omega"] == Measured(10.0, "deg")
    assert reading.metadata["scan_axis"] == "Psd Fixed"
    assert reading.doubts == ()


def test_still_line_detectors_at_stepped_omega_make_a_map() -> None:
    reading = only(archive(*(frame(10 + 0.1 * n, (n, 1, 2, 3, 4)) for n in range(4))))
    assert reading.technique == "xrd_map"
    assert [(v.name, v.dimensions) for v in reading.variables[:3]] == [
        ("two_theta", ("two_theta",)),
        ("omega", ("omega",)),
        ("intensity", ("omega", "two_theta")),
    ]
    np.testing.assert_allclose(reading["omega"].values, [10, 10.1, 10.2, 10.3])
    assert reading["intensity"].values[:, 0].tolist() == [0, 1, 2, 3]


def test_a_line_detector_that_was_moved_makes_a_map() -> None:
    reading = only(archive(moved_line([(1, 2, 3), (4, 5, 6)])))
    assert reading.technique == "xrd_map"
    np.testing.assert_allclose(reading["two_theta"].values, [[94, 94.5, 95], [94.2, 94.7, 95.2]])
    np.testing.assert_allclose(reading["omega"].values, [17.5, 17.6])
    np.testing.assert_allclose(reading["two_theta_arm"].values, [95, 95.2])
    assert reading["intensity"].values.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert reading.doubts == ()


def test_channels_without_angles_are_numbered() -> None:
    reading = only(archive(moved_line([(1, 2, 3), (4, 5, 6)], scales="")))
    assert reading["point_number"].values.tolist() == [1, 2, 3]
    assert "at which angles the channels" in reading.doubts[0]


def test_counts_in_a_member_of_their_own() -> None:
    counts = np.arange(6, dtype="<f8").reshape(2, 3)
    text = moved_line([(1, 2, 3), (4, 5, 6)]).replace("RecordedRawDataView", "ExtMemoryRecordedRawDataView")
    link = '<ScanDataExternalLink LinkType="MemoryMapped" Location="@\\MemoryMappedFiles" Name="0.bin"/>'
    linked = text.replace("<DataViews>", f"{link}<DataViews>")
    reading = only(archive(linked, **{"MemoryMappedFiles__0.bin": counts.tobytes()}))
    assert reading["intensity"].values.tolist() == counts.tolist()
    with pytest.raises(UnsupportedVariant, match="2 × 3 numbers of 8 bytes were expected; 24 bytes"):
        of(archive(linked, **{"MemoryMappedFiles__0.bin": counts.astype("<f4").tobytes()}))
    with pytest.raises(UnsupportedVariant, match="linked in a way that is not known"):
        of(archive(text))
    with pytest.raises(DamagedFile, match=r"MemoryMappedFiles/0\.bin was expected"):
        of(archive(linked))


def test_raw_data_come_in_the_order_of_the_container() -> None:
    members = [raw_data(route(coupled_rows((n, n)), points=2)) for n in range(3)]
    listing = container("RawData2.xml", "RawData0.xml", "RawData1.xml")
    readings = of(archive(*members, Experiment0__DataContainer=listing))
    assert [reading["intensity"].values[0] for reading in readings] == [2, 0, 1]
    assert readings[0].title == "試料 A: Coupled TwoTheta/Theta scan 1 of 3"


def test_raw_data_without_a_container_come_in_the_order_of_their_numbers() -> None:
    members = [raw_data(route(coupled_rows((n, n)), points=2)) for n in range(11)]
    readings = of(archive(*members, Experiment0__DataContainer=""))
    assert [reading["intensity"].values[0] for reading in readings] == list(range(11))
    assert readings[0].sample_name is None


def test_experiments_are_read_in_order() -> None:
    second = {
        "Experiment1__DataContainer": container("RawData0.xml", sample="B", folder="Experiment1"),
        "Experiment1__RawData0": raw_data(route(coupled_rows((5, 5, 5, 5)))),
    }
    first, other = of(archive(raw_data(route(coupled_rows())), **second))
    assert (first.sample_name, other.sample_name) == ("試料 A", "B")
    assert other["intensity"].values.tolist() == [5, 5, 5, 5]


def test_coupled_scans_with_stepped_omega_make_a_map() -> None:
    reading = only(archive(*(raw_data(route(coupled_rows(shift=0.2 * n))) for n in range(3))))
    assert reading.technique == "xrd_map"
    np.testing.assert_allclose(reading["omega_start"].values, [5, 5.2, 5.4])
    assert reading["intensity"].shape == (3, 4)
    assert reading["omega"].shape == (3, 4)


def test_computed_routes_are_passed_over() -> None:
    reading = only(archive(raw_data(route(coupled_rows()), route(coupled_rows((1, 1, 1, 1)), flag="Smoothed"))))
    assert reading["intensity"].values.tolist() == list(COUNTS)
    assert "1 routes that were computed" in reading.doubts[0]
    assert "no measured data" in only(archive(raw_data(route(coupled_rows(), flag="Smoothed")))).doubts[0]


def test_two_measured_routes_are_two_readings() -> None:
    readings = of(archive(raw_data(route(coupled_rows()), route(coupled_rows((1, 1, 1, 1))))))
    assert [reading["intensity"].values[0] for reading in readings] == [10, 1]


def test_a_scan_that_was_stopped_is_doubted() -> None:
    reading = only(archive(raw_data(route(coupled_rows(), points=100, measured=4), status="Aborted")))
    assert len(reading["intensity"]) == 4
    assert "the status 'Aborted'" in reading.doubts[0]
    assert "4 of 100 points were measured" in reading.doubts[1]


def test_no_time_is_no_time() -> None:
    text = raw_data(route(coupled_rows())).replace("2025-02-26T10:47:52.8708798+00:00", "0001-01-01T00:00:00")
    assert only(archive(text)).started_at is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (raw_data(route(coupled_rows(), points=5)), "5 points were promised, 4 rows follow"),
        (raw_data(route(coupled_rows(), points=5, measured=3)), "5 points were promised, 4 rows follow"),
        (
            raw_data(route([*coupled_rows(), (1, 2)])),
            "row 5: 5 numbers were expected as in the first row; 2 were found",
        ),
        (raw_data(route([*coupled_rows(), (1, 1, "x", 1, 1)])), "something that is no number"),  # type: ignore[list-item]
        (raw_data(route([*coupled_rows(), (1, 1, float("nan"), 1, 1)])), "finite positions of TwoTheta"),
        (raw_data(route([*coupled_rows(), (1, 1, 10.4, 1, float("inf"))])), "infinite ones were found"),
        (raw_data(route(coupled_rows(), COUPLED_VIEWS + recorded(5))), "from number 5 was promised; rows have 5"),
        (raw_data(route(coupled_rows(), recorded(-1))), "from number -1 was promised"),
        (raw_data(route(coupled_rows(), recorded(4, length=2**31))), "a whole number was expected as Length"),
        (raw_data(route(coupled_rows(), recorded(4, blank="none"))), "a number was expected as BlankingValue"),
        ("<RawData>", "not well formed"),
        ("<Other/>", "the root element <RawData> was expected; <Other> was found"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(archive(text))
    assert words in caught.value.fault
    assert caught.value.mend


def test_missing_raw_data_are_named() -> None:
    with pytest.raises(DamagedFile, match=r"Experiment0/RawData7\.xml was expected in the archive"):
        of(archive(raw_data(route(coupled_rows())), Experiment0__DataContainer=container("RawData7.xml")))


def test_what_is_not_supported_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedVariant, match="pictures of 2 × 2 pixels of the detector 'Eiger of it'"):
        of(archive(raw_data(route([(1, 2, 3, 4)], recorded(0, length=4, name="Eiger", size=(2, 2))))))
    with pytest.raises(UnsupportedVariant, match="no data view says"):
        of(archive(raw_data(route(coupled_rows(), ""))))


def test_no_points_are_nothing_measured() -> None:
    for content in (
        archive(raw_data(route([]))),
        archive(raw_data()),
        archive(Experiment0__DataContainer=container()),
        archive(raw_data(route(coupled_rows((-9999, -9999, -9999, -9999))))),
    ):
        with pytest.raises(NothingMeasured):
            of(content)


def test_entities_are_refused() -> None:
    with pytest.raises(HostileFile):
        of(archive('<!DOCTYPE a [<!ENTITY b "c">]><RawData>&b;</RawData>'))


def test_recognition() -> None:
    content = archive(raw_data(route(coupled_rows())))
    choice = choose(Source(content, name="scan.zip"))
    assert choice.reader is READER
    claim = READER.recognise(Source(content))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as zipped:
        zipped.writestr("Data0/Profile0.txt", "1 2 1")
    assert READER.recognise(Source(other.getvalue())) is None


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xrd/TiOF.brml")))
    assert choice.reader is READER
    assert reading["two_theta"].shape == (2469,)
    assert (reading["two_theta"].values[0], reading["two_theta"].values[-1]) == (9.998839261, 60.012776015)
    assert (reading["omega"].values[0], reading["omega"].values[-1]) == (4.999419631, 30.006388008)
    assert (reading["intensity"].values[0], reading["intensity"].values[-1]) == (4471, 692)
    # The file's own statistics.
    assert (reading["intensity"].values.min(), reading["intensity"].values.max()) == (645, 8170)
    assert reading["intensity"].values.mean() == pytest.approx(2371.8250303766708, rel=1e-14)
    assert reading["intensity"].uncertainty is not None
    assert reading.metadata["wavelength"] == Measured(1.5406, "angstrom")
    assert reading.metadata["count_time"] == Measured(124.8, "s")
    assert "position_phi" not in reading.metadata
    assert reading.sample_name == "TiOF 18F.2"
    assert reading.doubts == ()


def test_it_agrees_with_fairmats_reader(shared: Callable[[str], Path]) -> None:
    theirs = pytest.importorskip("fairmat_readers_xrd")
    path = shared("xrd/TiOF.brml")
    other = theirs.read_bruker_brml(str(path))
    (reading,) = READER.read(Source(path))
    np.testing.assert_array_equal(reading["intensity"].values, other["intensity"].magnitude.ravel())
    # Its positions follow from start and stop, ours are those of the rows, which have 9 decimals.
    np.testing.assert_allclose(reading["two_theta"].values, other["2Theta"].magnitude.ravel(), atol=1e-8)
