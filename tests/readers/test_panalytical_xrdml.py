"""XRDML: the real files with the figures read off them, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, HostileFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.readers.contract import Confidence
from kiban.readers.panalytical_xrdml import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

TWO_THETA = (
    '<positions axis="2Theta" unit="deg"><startPosition>10.0</startPosition><endPosition>10.8</endPosition></positions>'
    '<positions axis="Omega" unit="deg"><startPosition>5.0</startPosition><endPosition>5.4</endPosition></positions>'
    '<positions axis="Phi" unit="deg"><commonPosition>131.1</commonPosition></positions>'
)
COUNTS = '<intensities unit="counts">7 0 144 25 3</intensities>'
TIME = '<commonCountingTime unit="seconds">2.5</commonCountingTime>'


def scan(
    points: str = TWO_THETA + TIME + COUNTS,
    *,
    axis: str = "Gonio",
    status: str = "Completed",
    start: str = "2024-03-08T11:13:20-06:00",
    extra: str = "",
) -> str:
    return (
        f'<scan appendNumber="0" mode="Continuous" scanAxis="{axis}" status="{status}"><header>'
        f"<startTimeStamp>{start}</startTimeStamp><endTimeStamp>2024-03-08T12:13:10-06:00</endTimeStamp>"
        "<author><name>A. Person</name></author><source>"
        '<applicationSoftware version="6.0a">Data Collector</applicationSoftware>'
        '<instrumentControlSoftware version="8.0b">EMPYREAN</instrumentControlSoftware>'
        "<instrumentID>0000000011223297</instrumentID></source></header>"
        f"{extra}<dataPoints>{points}</dataPoints></scan>"
    )


def document(
    *scans: str,
    schema: str = "1.5",
    kind: str = 'measurementType="Scan"',
    inside: str = "",
    sample: str = "<id>K-7</id><name>Zirconia 3Y</name>",
    prologue: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
) -> str:
    return (
        f'{prologue}<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/{schema}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" status="Completed">'
        "<comment><entry>Configuration=spinner, Owner=User-1</entry><entry>user notes=edge cut</entry></comment>"
        f'<sample type="To be analyzed">{sample}</sample>'
        f'<xrdMeasurement {kind} status="Completed" sampleMode="Reflection">'
        "<comment><entry>PHD Lower Level = 4.02 (keV)</entry><entry>10°-100°, 3h</entry></comment>"
        '<usedWavelength intended="K-Alpha"><kAlpha1 unit="Angstrom">1.5405980</kAlpha1>'
        '<kAlpha2 unit="Angstrom">1.5444260</kAlpha2><kBeta unit="Angstrom">1.3922500</kBeta>'
        "<ratioKAlpha2KAlpha1>0.5000</ratioKAlpha2KAlpha1></usedWavelength>"
        '<incidentBeamPath><xRayTube name="Empyrean"><tension unit="kV">45.0</tension><current unit="mA">40</current>'
        "<anodeMaterial>Cu</anodeMaterial></xRayTube>"
        '<divergenceSlit id="22010012" xsi:type="fixedDivergenceSlitType"><angle unit="deg">1</angle></divergenceSlit>'
        "</incidentBeamPath>"
        f"{inside}{''.join(scans)}</xrdMeasurement></xrdMeasurements>"
    )


def listed(values: str, *, omega: float, counts: str = "1 2 3 4") -> str:
    return scan(
        f'<positions axis="2Theta" unit="deg"><listPositions>{values}</listPositions></positions>'
        f'<positions axis="Omega" unit="deg"><commonPosition>{omega}</commonPosition></positions>'
        f'<positions axis="Z" unit="mm"><commonPosition>17.671</commonPosition></positions>{TIME}'
        f'<counts unit="counts">{counts}</counts>',
        axis="2Theta",
    )


GRID = "67.1 67.2 67.3 67.4"
MAP = document(
    *(listed(GRID, omega=33.0 + 0.5 * n, counts=f"{n} 2 3 4") for n in range(3)),
    schema="2.1",
    kind='measurementType="Area measurement" measurementStepAxis="Omega"',
)


def of(text: str, encoding: str = "utf-8") -> list[Reading]:
    return READER.read(Source(text.encode(encoding), name="a.xrdml"))


def only(text: str, encoding: str = "utf-8") -> Reading:
    (reading,) = of(text, encoding)
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "schema 1.5, intensities": document(scan()).encode(),
        "schema 2.1, counts with an attenuator": document(
            scan(
                TWO_THETA
                + "<beamAttenuationFactors>1 1 188 1 1</beamAttenuationFactors>"
                + '<countingTimes unit="seconds">1 1 2 1 1</countingTimes>'
                + '<counts unit="counts">7 0 144 25 3</counts>'
            ),
            schema="2.1",
        ).encode(),
        "two scans": document(scan(), scan(start="2024-03-08T12:20:00Z")).encode(),
        "a map": MAP.encode(),
        "UTF-16": document(scan(), prologue='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"),
        "no XML declaration, byte-order mark": document(scan(), prologue="").encode("utf-8-sig"),
        "another prefix": document(scan())
        .replace("<xrdMeasurements xmlns=", "<p:xrdMeasurements xmlns:p=")
        .replace("</xrdMeasurements>", "</p:xrdMeasurements>")
        .encode(),
    }


def test_a_powder_scan_is_read_with_all_that_is_stated() -> None:
    reading = only(document(scan()))
    assert reading.technique == "xrd"
    assert reading.title == "Zirconia 3Y: Gonio scan"
    assert reading["two_theta"].unit == "deg"
    np.testing.assert_allclose(reading["two_theta"].values, [10.0, 10.2, 10.4, 10.6, 10.8])
    np.testing.assert_allclose(reading["omega"].values, [5.0, 5.1, 5.2, 5.3, 5.4])
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.dtype == np.int64
    assert reading["intensity"].values.tolist() == [7, 0, 144, 25, 3]
    assert [v.role for v in reading.variables] == [Role.AXIS, Role.SIGNAL, Role.AUXILIARY]
    assert reading.variables[1].label == "intensities"
    assert reading.variables[1].unit_as_written == "counts"
    assert reading.sample_name == "Zirconia 3Y"
    assert reading.operator == "A. Person"
    assert reading.instrument == "EMPYREAN"
    assert reading.started_at == datetime(2024, 3, 8, 11, 13, 20, tzinfo=timezone(timedelta(hours=-6)))
    assert reading.doubts == ()
    metadata = dict(reading.metadata)
    step = metadata.pop("step")
    assert isinstance(step, Measured)
    assert (step.value, step.unit) == (pytest.approx(0.2), "deg")
    assert metadata == {
        "maker": "PANalytical",
        "model": "EMPYREAN",
        "serial_number": "0000000011223297",
        "software": "Data Collector 6.0a",
        "anode": "Cu",
        "wavelength": Measured(1.540598, "angstrom"),
        "wavelength_kalpha2": Measured(1.544426, "angstrom"),
        "wavelength_kbeta": Measured(1.39225, "angstrom"),
        "kalpha2_to_kalpha1": 0.5,
        "tube_voltage": Measured(45.0, "kV"),
        "tube_current": Measured(40.0, "mA"),
        "scan_axis": "Gonio",
        "scan_mode": "continuous",
        "count_time": Measured(2.5, "s"),
        "position_phi": Measured(131.1, "deg"),
        "sample_id": "K-7",
        "comment": "10°-100°, 3h\nedge cut",
        "ended_at": datetime(2024, 3, 8, 12, 13, 10, tzinfo=timezone(timedelta(hours=-6))),
    }


def test_the_header_is_kept_as_written_without_the_numbers() -> None:
    header: Any = only(document(scan())).header["xrdMeasurements"]
    assert header["@xmlns"] == "http://www.xrdml.com/XRDMeasurement/1.5"
    assert header["sample"] == {"@type": "To be analyzed", "id": "K-7", "name": "Zirconia 3Y"}
    measurement = header["xrdMeasurement"]
    assert measurement["incidentBeamPath"]["xRayTube"]["tension"] == {"@unit": "kV", "#text": "45.0"}
    assert measurement["incidentBeamPath"]["divergenceSlit"]["@xsi:type"] == "fixedDivergenceSlitType"
    assert measurement["comment"]["entry"] == ["PHD Lower Level = 4.02 (keV)", "10°-100°, 3h"]
    points = measurement["scan"]["dataPoints"]
    assert points["intensities"] == {"@unit": "counts"}
    assert points["positions"][2] == {"@axis": "Phi", "@unit": "deg", "commonPosition": "131.1"}


def test_raw_counts_get_their_counting_uncertainty() -> None:
    doubt = only(document(scan()))["intensity"].uncertainty
    assert doubt is not None
    assert (doubt.kind, doubt.origin, doubt.distribution) == (Kind.STANDARD, Origin.ESTIMATE, Distribution.POISSON)
    np.testing.assert_allclose(doubt.values, [7**0.5, 1.0, 12.0, 5.0, 3**0.5])


@pytest.mark.parametrize(
    ("points", "has_uncertainty", "n_doubts"),
    [
        ('<counts unit="counts">7 0 144 25 3</counts>', True, 0),
        ('<counts unit="cps">7.5 0 14.2 2.5 0.3</counts>', False, 0),
        ('<intensities unit="counts">7.5 0 14.2 2.5 0.3</intensities>', False, 1),
        ('<counts unit="counts">7 -1 144 25 3</counts>', False, 1),
        ("<commonBeamAttenuationFactor>1.0</commonBeamAttenuationFactor>" + COUNTS, True, 0),
        # Intensities have been multiplied by the factor, counts have not.
        ("<beamAttenuationFactors>1 1 144 1 1</beamAttenuationFactors>" + COUNTS, False, 0),
        (
            '<beamAttenuationFactors>1 1 144 1 1</beamAttenuationFactors><counts unit="counts">7 0 1 25 3</counts>',
            True,
            1,
        ),
    ],
)
def test_only_raw_counts_get_an_uncertainty(points: str, *, has_uncertainty: bool, n_doubts: int) -> None:
    reading = only(document(scan(TWO_THETA + points)))
    assert (reading["intensity"].uncertainty is not None) is has_uncertainty
    assert len(reading.doubts) == n_doubts


def test_attenuation_stands_beside_the_counts_and_changes_nothing() -> None:
    factors = "<beamAttenuationFactors>1.00 1.00 188.00 1.00 1.00</beamAttenuationFactors>"
    reading = only(document(scan(TWO_THETA + factors + '<counts unit="counts">7 0 9 25 3</counts>'), schema="2.1"))
    assert reading["intensity"].values.tolist() == [7, 0, 9, 25, 3]
    assert reading["attenuation"].values.tolist() == [1, 1, 188, 1, 1]
    assert "multiply it by the attenuation" in reading.doubts[0]


def test_intensities_beside_counts_are_kept_as_well() -> None:
    reading = only(document(scan(TWO_THETA + COUNTS + '<counts unit="counts">1 2 3 4 5</counts>'), schema="2.2"))
    assert reading["intensity"].values.tolist() == [1, 2, 3, 4, 5]
    assert reading["corrected_intensity"].values.tolist() == [7, 0, 144, 25, 3]


def test_counting_times_and_divergence_corrections_for_each_point() -> None:
    lists = (
        '<countingTimes unit="seconds">1 1 2 1 1</countingTimes>'
        "<divergenceCorrections>1.0 1.1 1.2 1.3 1.4</divergenceCorrections>"
    )
    reading = only(document(scan(TWO_THETA + lists + COUNTS)))
    assert reading["count_time"].unit == "s"
    assert reading["count_time"].values.tolist() == [1, 1, 2, 1, 1]
    assert reading["divergence_correction"].values.tolist() == [1.0, 1.1, 1.2, 1.3, 1.4]
    assert "count_time" not in reading.metadata


@pytest.mark.parametrize(
    ("scan_axis", "axis"),
    [("Gonio", "two_theta"), ("2Theta-Omega", "two_theta"), ("2Theta", "two_theta"), ("Omega-2Theta", "omega"),
     ("Omega", "omega"), ("Reciprocal Space", "two_theta"), ("", "two_theta")],
)  # fmt: skip
def test_the_scan_axis_says_what_it_is_drawn_against(scan_axis: str, axis: str) -> None:
    reading = only(document(scan(axis=scan_axis)))
    assert reading.axis is not None
    assert reading.axis.name == axis
    assert {"two_theta", "omega"} <= {v.name for v in reading.variables}


def test_a_phi_scan_is_drawn_over_phi() -> None:
    points = (
        '<positions axis="2Theta" unit="deg"><commonPosition>28.4</commonPosition></positions>'
        '<positions axis="Phi" unit="deg"><startPosition>-90</startPosition><endPosition>90</endPosition></positions>'
    )
    reading = only(document(scan(points + COUNTS, axis="Phi")))
    assert reading.axis is not None
    assert reading.axis.name == "phi"
    assert reading["phi"].values.tolist() == [-90, -45, 0, 45, 90]
    assert reading.metadata["position_two_theta"] == Measured(28.4, "deg")


def test_a_scan_where_nothing_moved_counts_its_points() -> None:
    points = '<positions axis="2Theta" unit="deg"><commonPosition>28.4</commonPosition></positions>'
    reading = only(document(scan(points + COUNTS)))
    assert reading["point"].values.tolist() == [1, 2, 3, 4, 5]
    single = only(document(scan(points + '<counts unit="counts">5</counts>')))
    assert single["two_theta"].values.tolist() == [28.4]


def test_reciprocal_lattice_units_are_plain_numbers() -> None:
    points = TWO_THETA + '<positions axis="H" unit="rlu"><listPositions>0 0.1 0.2 0.3 0.4</listPositions></positions>'
    reading = only(document(scan(points + COUNTS, axis="Reciprocal Space")))
    assert reading["h"].unit == ""


def test_scans_of_different_length_stand_alone() -> None:
    shorter = scan(TWO_THETA + '<intensities unit="counts">1 2 3</intensities>')
    readings = of(document(scan(), shorter))
    assert [len(r["intensity"]) for r in readings] == [5, 3]
    assert readings[1].title == "Zirconia 3Y: Gonio scan 2 of 2"
    header: Any = readings[1].header["xrdMeasurements"]
    assert isinstance(header["xrdMeasurement"]["scan"], dict)


def test_repeated_scans_of_equal_length_are_no_map() -> None:
    readings = of(document(*[scan(start=f"2024-03-08T1{n}:00:00Z") for n in range(4)]))
    assert [r.technique for r in readings] == ["xrd"] * 4
    assert [r.started_at.hour for r in readings if r.started_at] == [0 + 10, 11, 12, 13]


def test_a_spinner_and_a_drifting_height_make_no_map() -> None:
    def turned(n: int) -> str:
        return scan(
            TWO_THETA.replace("131.1", str(10 * n))
            + f'<positions axis="Z" unit="mm"><commonPosition>{1 + 0.01 * n}</commonPosition></positions>'
            + COUNTS
        )

    spinner = (
        '<sampleMovement xsi:type="spinningSampleMovementType">'
        '<spinnerRevolutionTime unit="seconds">2.0</spinnerRevolutionTime></sampleMovement>'
    )
    assert len(of(document(*map(turned, range(4)), inside=spinner))) == 4


def test_several_measurements_in_one_file() -> None:
    one = document(scan())
    start, end = one.index("<xrdMeasurement "), one.index("</xrdMeasurements>")
    readings = of(one[:end] + one[start:end].replace("Cu", "Co") + one[end:])
    assert [r.metadata["anode"] for r in readings] == ["Cu", "Co"]


def test_an_area_measurement_is_one_map() -> None:
    reading = only(MAP)
    assert reading.technique == "xrd_map"
    assert reading.title == "Zirconia 3Y: 2Theta map, 3 × 4 points"
    assert [(v.name, v.dimensions, v.role) for v in reading.variables] == [
        ("two_theta", ("two_theta",), Role.AXIS),
        ("omega", ("omega",), Role.AXIS),
        ("intensity", ("omega", "two_theta"), Role.SIGNAL),
    ]
    assert reading["omega"].values.tolist() == [33.0, 33.5, 34.0]
    assert reading["intensity"].values.tolist() == [[0, 2, 3, 4], [1, 2, 3, 4], [2, 2, 3, 4]]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert doubt.values.shape == (3, 4)
    assert reading.metadata["position_z"] == Measured(17.671, "mm")
    assert reading.metadata["count_time"] == Measured(2.5, "s")
    assert reading.doubts == ()
    header: Any = reading.header["xrdMeasurements"]
    points = header["xrdMeasurement"]["scan"]["dataPoints"]
    assert header["xrdMeasurement"]["scan"]["@scanAxis"] == "2Theta"
    assert points["positions"]["#each"][2][1]["commonPosition"] == "34.0"


def test_a_map_without_a_grid_keeps_every_position() -> None:
    def offset(n: int) -> str:
        return scan(
            f'<positions axis="2Theta" unit="deg"><startPosition>{60 + n}</startPosition>'
            f"<endPosition>{63 + n}</endPosition></positions>"
            f'<positions axis="Omega" unit="deg"><startPosition>{30 + n}</startPosition>'
            f"<endPosition>{31.5 + n}</endPosition></positions>"
            f'<counts unit="counts">1 2 3 {n}</counts>',
            axis="2Theta-Omega",
        )

    kind = 'measurementType="Area measurement" measurementStepAxis="Omega"'
    reading = only(document(offset(0), offset(1), kind=kind))
    assert reading.technique == "xrd_map"
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("two_theta", ("scan", "point")),
        ("omega", ("scan", "point")),
        ("intensity", ("scan", "point")),
    ]
    assert reading["two_theta"].values.tolist() == [[60, 61, 62, 63], [61, 62, 63, 64]]
    assert reading["omega"].values.tolist() == [[30, 30.5, 31, 31.5], [31, 31.5, 32, 32.5]]


def test_evenly_stepped_scans_are_put_together_and_it_is_said() -> None:
    reading = only(document(*(listed(GRID, omega=33 + 0.5 * n) for n in range(3)), schema="2.0"))
    assert reading.technique == "xrd_map"
    assert "does not say that its scans make a map" in reading.doubts[0]
    two = of(document(*(listed(GRID, omega=33 + 0.5 * n) for n in range(2)), schema="2.0"))
    assert len(two) == 2


def test_a_map_that_was_stopped_falls_into_its_scans() -> None:
    scans = [listed(GRID, omega=33.0), listed(GRID, omega=33.5), listed("67.1 67.2", omega=34.0, counts="1 2")]
    kind = 'measurementType="Area measurement" measurementStepAxis="Omega"'
    readings = of(document(*scans, kind=kind))
    assert [r.technique for r in readings] == ["xrd"] * 3
    assert all("differ in length" in r.doubts[0] for r in readings)


def test_an_attenuator_in_some_scans_of_a_map_only() -> None:
    plain, attenuated = listed(GRID, omega=33.0), listed(GRID, omega=33.5)
    factors = "<beamAttenuationFactors>1 10 10 1</beamAttenuationFactors>"
    reading = only(
        document(
            plain,
            attenuated.replace("<counts", f"{factors}<counts"),
            kind='measurementType="Area measurement" measurementStepAxis="Omega"',
        )
    )
    assert reading["attenuation"].values.tolist() == [[1, 1, 1, 1], [1, 10, 10, 1]]
    assert "(In 1 of 2 scans.)" in reading.doubts[0]


def test_a_stopped_scan_is_doubted() -> None:
    reading = only(document(scan(status="Aborted")))
    assert reading.doubts == ("The scan has the status 'Aborted', not 'Completed': it may have ended early.",)


def test_scans_without_points_are_counted_in_a_doubt() -> None:
    empty = '<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Not started"></scan>'
    reading = only(document(scan(), empty))
    assert reading.doubts == ("1 of the measurement's 2 scans hold no points.",)


def test_the_surroundings_are_kept() -> None:
    points = (
        '<nonAmbientPoints type="Temperature"><timeStamps>0 60</timeStamps>'
        '<nonAmbientValues unit="K">298.0 300.0</nonAmbientValues></nonAmbientPoints>'
    )
    reading = only(document(scan(extra=points)))
    assert reading.metadata["temperature"] == Measured(299.0, "K")
    assert reading["temperature_log"].values.tolist() == [298.0, 300.0]
    assert reading["temperature_log"].unit == "K"
    readings = of(document(*(scan(extra=points.replace("298.0", f"{300 + n}")) for n in range(3))))
    assert [r.technique for r in readings] == ["xrd"] * 3


def test_the_sample_is_named_by_its_id_where_it_has_no_name() -> None:
    assert only(document(scan(), sample="<id>m778</id><name></name>")).sample_name == "m778"
    nameless = only(document(scan(), sample="<id></id><name></name>"))
    assert nameless.sample_name is None
    assert nameless.title == "Gonio scan"


def test_a_time_that_is_none_is_doubted() -> None:
    reading = only(document(scan(start="yesterday")))
    assert reading.started_at is None
    assert "'yesterday' is not a time" in reading.doubts[0]


def test_spaces_before_the_declaration_do_no_harm() -> None:
    assert len(of("\n\n" + document(scan()))) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (document(scan()).replace("144", "14x4"), "number 3 of the intensities was expected; '14x4' was found"),
        (document(scan()).replace("144", "inf"), "'inf' was found"),
        (document(scan()).replace("10.8<", "ten<"), "as end position of 2Theta; 'ten' was found"),
        (
            document(scan()).replace("<commonPosition>131.1</commonPosition>", ""),
            "as position of Phi; nothing was found",
        ),
        (document(listed("67.1 67.2 67.3", omega=1.0)), "3 positions of 2Theta are listed, but 4 points were counted"),
        (document(scan(TWO_THETA + TIME)), "<counts> or <intensities> was expected"),
        (
            document(scan(TWO_THETA + "<beamAttenuationFactors>1 1</beamAttenuationFactors>" + COUNTS)),
            "2 beamAttenuationFactors are listed, but 5 points were counted",
        ),
        (document(scan())[:-40], "not well formed"),
        (document(scan()).replace("xrdMeasurements", "measurements"), "<xrdMeasurements> was expected"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_no_points_and_no_scans_are_nothing_measured() -> None:
    for text in (document(), document(scan(TWO_THETA + '<intensities unit="counts"></intensities>'))):
        with pytest.raises(NothingMeasured):
            of(text)


def test_entities_are_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + document(scan(), prologue="")
    assert READER.recognise(Source(bomb.encode())) is not None
    with pytest.raises(HostileFile):
        of(bomb)


def test_xml_that_only_mentions_the_element_is_not_claimed() -> None:
    assert READER.recognise(Source(b"<?xml version='1.0'?><html><p>&lt;xrdMeasurements></p></html>")) is None
    assert READER.recognise(Source(b"<!-- <xrdMeasurements> --><note/>")) is None
    commented = b"<?xml version='1.0'?><!-- by hand -->\n" + document(scan(), prologue="").encode()
    claim = READER.recognise(Source(commented))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    assert "schema 1.5" in claim.why


@pytest.mark.parametrize(
    ("file", "n", "first", "last", "least", "greatest", "count_time_s", "started_at"),
    [
        ("210520step1_30min", 4489, 5.00835563, 80.00853080, 244, 10718, 50.165, "2021-05-20T15:55:51+02:00"),
        ("CG20396_jdb12-1", 7181, 5.00835563, 124.99526689, 67, 13036, 62.230, "2020-10-08T14:14:22+01:00"),
        ("HL1-2_5-90_60min", 6474, 5.00116514, 89.99348491, 863, 10841, 133.620, "2024-03-08T11:13:20-06:00"),
        ("Scan_C1", 7181, 5.00475563, 124.99166689, 110, 24224, 15.240, "2020-11-06T18:09:37+00:00"),
        ("Scan_C2", 7181, 5.00475563, 124.99166689, 111, 24034, 15.240, "2020-11-06T18:24:36+00:00"),
        ("XRD-918-16_10", 5027, 4.00656514, 69.99936587, 135, 100168, 39.270, "2021-03-16T13:10:14+03:00"),
    ],
)
def test_real_powder_scans(
    shared: Callable[[str], Path], file: str, n: int, first: float, last: float, least: int, greatest: int,
    count_time_s: float, started_at: str,
) -> None:  # fmt: skip
    choice, (reading,) = read(Source(shared(f"xrd/{file}.xrdml")))
    assert choice.reader is READER
    assert reading["intensity"].shape == (n,)
    assert reading["intensity"].unit == "count"
    assert (reading["two_theta"].values[0], reading["two_theta"].values[-1]) == (first, last)
    assert (reading["intensity"].values.min(), reading["intensity"].values.max()) == (least, greatest)
    assert reading["intensity"].uncertainty is not None
    assert reading.metadata["wavelength"] == Measured(1.540598, "angstrom")
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["count_time"] == Measured(count_time_s, "s")
    assert reading.sample_name is None
    assert reading.instrument == ("XPERT-PRO" if file == "210520step1_30min" else "EMPYREAN")
    assert reading.started_at == datetime.fromisoformat(started_at)
    assert reading.doubts == ()


def test_a_real_reciprocal_space_map(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xrd/rsm_1.xrdml.bz2")))
    assert choice.reader is READER
    assert "bzip2" in choice.why
    assert reading.technique == "xrd_map"
    assert reading["intensity"].shape == (401, 255)
    assert reading["two_theta"].values[0] == 67.67550446
    assert (reading["omega"].values[0], reading["omega"].values[-1]) == (33.0546, 35.0546)
    assert (reading["intensity"].values[0].min(), reading["intensity"].values[0].max()) == (0, 7)
    assert reading.metadata["wavelength"] == Measured(1.540598, "angstrom")
    assert reading.started_at is not None
    assert reading.started_at.astimezone(UTC) == datetime(2012, 6, 15, 18, 41, 25, tzinfo=UTC)
    assert reading.metadata["ended_at"] == datetime(2012, 6, 15, 21, 36, 56, tzinfo=timezone(timedelta(hours=2)))


def test_gzip_is_taken_off() -> None:
    import gzip

    choice = choose(Source(gzip.compress(document(scan()).encode()), name="a.xrdml.gz"))
    assert choice.reader is READER
    assert choice.why.endswith("inside gzip")
