"""SPECS XML: the real file, in which the detectors fall together, and each variant in small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, HostileFile, KibanError, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.readers.specs_xml import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

DOCTYPE = "<!DOCTYPE any [\n<!ELEMENT any (any|struct)?>\n<!ATTLIST any name NMTOKEN #IMPLIED>\n]>\n"
# Two detectors that see 1 eV more and 0.5 eV less than the nominal energy, steps of 0.5 eV.
SHIFTS = (0.1, -0.05)
COUNTS = (1, 100, 2, 101, 3, 102, 4, 103, 5, 104, 6, 105, 7, 106)


def sequence(name: str, inner: Sequence[str], length: int | None = None) -> str:
    return f'<sequence name="{name}" length="{len(inner) if length is None else length}">{"".join(inner)}</sequence>'


def numbers(name: str, values: Sequence[float], tag: str = "ulong", length: int | None = None) -> str:
    inner = f"<{tag}>\n" + "\n".join(str(v) for v in values) + f"\n</{tag}>"
    n = len(values) if length is None else length
    return f'<sequence name="{name}" length="{n}">{inner if values else ""}</sequence>'


def scan(counts: Sequence[float] = COUNTS, *, scaling: Sequence[float] = (), length: int | None = None) -> str:
    return f"<struct>{numbers('counts', counts, length=length)}{numbers('scaling_factors', scaling, 'double')}</struct>"


def cycle(*scans: str, time: int = 1643391325, length: int | None = None) -> str:
    return f'<struct><ulong name="time">{time}</ulong>{sequence("scans", scans, length)}</struct>'


def region(
    *cycles: str,
    name: str = "C1s",
    shifts: Sequence[float] = SHIFTS,
    n: float = 4,
    head: int = 2,
    tail: int = 1,
    gain: float = 1,
    transmission: Sequence[float] = (1.5, 1.4, 1.3, 1.2),
    **changes: object,
) -> str:
    definition: dict[str, object] = {
        "num_scans": 1,
        "curves_per_scan": 1,
        "values_per_curve": n,
        "dwell_time": 0.2,
        "scan_delta": 0.5,
        "excitation_energy": 1253.6,
        "kinetic_energy": 963.5,
        "pass_energy": 10,
        "effective_workfunction": 4.37,
    } | changes
    mode = definition.pop("mode", "FixedAnalyzerTransmission")
    doubles = "".join(f'<double name="{key}">{value}</double>' for key, value in definition.items())
    detectors = [
        f'<struct><double name="shift">{s}</double><double name="gain">{gain}</double></struct>' for s in shifts
    ]
    return (
        f'<struct type_name="RegionData"><string name="name">{name}</string><struct name="region">'
        f'<string name="analysis_method">XPS</string><string name="analyzer_lens">Medium</string>'
        f'<struct name="scan_mode"><string name="name">{mode}</string></struct>{doubles}</struct>'
        f'<ulong name="mcd_head">{head}</ulong><ulong name="mcd_tail">{tail}</ulong>'
        f'<struct name="analyzer_info"><string name="name">Phoibos 100</string>'
        f"{sequence('detectors', detectors)}</struct>"
        '<struct name="source_info"><string name="name">XR</string><sequence name="parameters" length="1"><struct>'
        '<string name="name">Anode</string><any name="value"><enum values="Mg Al">Mg</enum></any></struct></sequence>'
        f"</struct>{sequence('cycles', cycles)}{numbers('transmission', transmission, 'double')}</struct>"
    )


def file(*regions: str, doctype: str = DOCTYPE) -> str:
    groups = (
        f'<struct type_id="IDL:specs.de/Serializer/RegionGroup:1.0" type_name="RegionGroup">'
        f'<string name="name">film</string>{sequence("regions", regions)}</struct>'
    )
    return f'<?xml version="1.0"?>\n{doctype}<any version="1.6"><sequence length="1">{groups}</sequence></any>\n'


def of(text: str) -> list[Reading]:
    return READER.read(Source(text.encode("utf-8"), name="a.xml"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


PLAIN = file(region(cycle(scan())))


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "two detectors": PLAIN.encode(),
        "one detector": file(region(cycle(scan(COUNTS[:4])), shifts=(0.0,), head=0, tail=0)).encode(),
        "scans and cycles": file(region(cycle(scan(), scan()), cycle(scan(), scan()), num_scans=2)).encode(),
        "two regions": file(region(cycle(scan())), region(cycle(scan()), name="O1s")).encode(),
        "no document type": file(region(cycle(scan())), doctype="").encode(),
    }


def test_a_region_is_read_with_all_that_is_stated() -> None:
    reading = only(PLAIN)
    assert reading.technique == "xps"
    assert reading.title == "film: C1s"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("kinetic_energy", Role.AXIS, ("kinetic_energy",)),
        ("intensity", Role.SIGNAL, ("kinetic_energy",)),
        ("detector_counts", Role.AUXILIARY, ("step_number", "detector_number")),
        ("detector_energy_shift", Role.AUXILIARY, ("detector_number",)),
        ("transmission", Role.AUXILIARY, ("kinetic_energy",)),
    ]
    assert reading["kinetic_energy"].values.tolist() == [963.5, 964, 964.5, 965]
    # At 963.5 eV: detector 1, which sees 1 eV more, two steps earlier; detector 2 one step later.
    assert reading["intensity"].values.tolist() == [1 + 103, 2 + 104, 3 + 105, 4 + 106]
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, np.sqrt([104, 106, 108, 110]))
    assert reading["detector_counts"].values[:2].tolist() == [[1, 100], [2, 101]]
    assert reading["detector_energy_shift"].values.tolist() == [1.0, -0.5]
    assert reading["transmission"].values.tolist() == [1.5, 1.4, 1.3, 1.2]
    assert reading.instrument == "Phoibos 100"
    assert reading.started_at == datetime(2022, 1, 28, 17, 35, 25, tzinfo=UTC)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "SPECS",
        "technique_name": "XPS",
        "model": "Phoibos 100",
        "lens_mode": "Medium",
        "analyser_mode": "FixedAnalyzerTransmission",
        "source": "XR",
        "anode": "Mg",
        "count_time": Measured(0.2, "s"),
        "incident_energy": Measured(1253.6, "eV"),
        "pass_energy": Measured(10.0, "eV"),
        "work_function": Measured(4.37, "eV"),
        "n_scans": 1,
    }
    definition = reading.header["region"]
    assert isinstance(definition, dict)
    assert definition["scan_delta"] == "0.5"


def test_one_detector_needs_no_sum() -> None:
    reading = only(TestSuite.examples["one detector"].decode())
    assert reading["intensity"].values.tolist() == [1, 100, 2, 101]
    assert "detector_counts" not in reading


def test_cycles_and_scans_are_dimensions() -> None:
    reading = only(TestSuite.examples["scans and cycles"].decode())
    assert reading.variables[-1].name == "transmission"
    assert reading["intensity"].shape == (2, 2, 4)
    assert reading["detector_counts"].shape == (2, 2, 7, 2)
    scans = only(file(region(cycle(scan(), scan([2 * c for c in COUNTS])), num_scans=2)))
    assert scans["scan_number"].values.tolist() == [1, 2]
    assert scans["intensity"].values.tolist() == [[104, 106, 108, 110], [208, 212, 216, 220]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(region(cycle(scan()), num_scans=15)), "15 scans are promised, 1 are there"),
        (file(region(cycle(scan()), gain=1.1)), "gains other than 1"),
        (file(region(cycle(scan(scaling=(1.0, 1.1))))), "scaling factors"),
        (file(region(cycle(scan()), transmission=(1.0, 2.0))), "transmission has 2 points, the region 4"),
    ],
)
def test_what_is_not_applied_or_missing_is_doubted(text: str, words: str) -> None:
    (doubt,) = only(text).doubts
    assert words in doubt


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (file(region(cycle(scan(COUNTS[:-1])))), DamagedFile, "promise 14 counts for each scan, 13 follow"),
        (file(region(cycle(scan(length=15)))), DamagedFile, "15 counts are promised, 14 follow"),
        (file(region(cycle(scan([0.5, *COUNTS[1:]])))), DamagedFile, "whole numbers were expected"),
        (PLAIN.replace("\n103\n", "\n1x3\n"), DamagedFile, "'1x3' was found"),
        (file(region(cycle(scan()), n=2**31)), DamagedFile, "that the file can hold counts of"),
        (file(region(cycle(scan()), n=-1)), DamagedFile, "number of steps was expected"),
        (file(region(cycle(scan()), scan_delta=0)), DamagedFile, "are no axis"),
        (file(region(cycle(scan()), scan_delta="x")), DamagedFile, "'x' was found"),
        (file(region(cycle(scan()), shifts=(0.5, 0.0))), DamagedFile, "did not see all of the region"),
        (file(region(cycle(scan()), mode="FixedRetardingRatio")), UnsupportedVariant, "FixedRetardingRatio"),
        (file(region(cycle(scan()), curves_per_scan=3)), UnsupportedVariant, "3 curves"),
        (file(region(cycle(scan()), cycle(scan(), scan()))), DamagedFile, "different numbers of scans"),
        (file(region()), NothingMeasured, "no scan"),
        (file(), NothingMeasured, "no region"),
        (PLAIN[:-20], DamagedFile, "not well formed"),
        (PLAIN.replace("]>", "<!ENTITY a 'b'>]>"), HostileFile, "document type"),
    ],
)
def test_damage_is_named(text: str, error: type[KibanError], words: str) -> None:
    with pytest.raises(error) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_other_xml_is_not_claimed() -> None:
    assert READER.recognise(Source(b"<?xml version='1.0'?><any/>")) is None
    claim = READER.recognise(Source(PLAIN.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (survey, carbon) = read(Source(shared("xps/In-situ_PBTTT_XPS_SPECS.xml")))
    assert choice.reader is READER
    assert [survey.title, carbon.title] == ["PBTTT 1.2 V: Survey", "PBTTT 1.2 V: C1s"]
    assert survey["kinetic_energy"].values[[0, -1]].tolist() == [553.6, 1254.6]
    assert survey["detector_counts"].values[0].tolist() == [89, 70, 91, 98, 124]
    assert survey["detector_counts"].values.shape == (1418, 5)
    assert carbon["intensity"].shape == (2, 201)
    assert carbon.doubts == ("15 scans are promised, 2 are there.",)
    assert survey.started_at == datetime(2022, 1, 28, 17, 35, 25, tzinfo=UTC)
    assert survey.metadata["pass_energy"] == Measured(50.0, "eV")


def test_the_detectors_of_the_real_file_fall_together(shared: Callable[[str], Path]) -> None:
    _, (_, carbon) = read(Source(shared("xps/In-situ_PBTTT_XPS_SPECS.xml")))
    counts = carbon["detector_counts"].values.sum(axis=0)
    steps = np.rint(carbon["detector_energy_shift"].values / 0.05).astype(int)
    # mcd_head is 33; each detector is taken from the step at which it saw the first energy.
    aligned = [counts[33 - step : 33 - step + 201, n] for n, step in enumerate(steps)]
    assert np.corrcoef(aligned).min() > 0.97
    np.testing.assert_array_equal(sum(aligned), carbon["intensity"].values.sum(axis=0))
