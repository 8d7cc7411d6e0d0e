"""SPECS XY: the real file with the figures read off it, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.readers.specs_xy import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

ROWS = ("750  13", "749  0", "748  144", "747  7")
SETTINGS = {
    "Created by": "SpecsLab Prodigy, Version 4.100.1-r111001",
    "XY-Serializer Export Settings": "",
    "Comment Prefix": "#",
    "Energy Axis": "Binding Energy",
    "Count Rate": "Counts per Second",
    "Separate Scan Data": "yes",
}
REGION = {
    "Spectrum ID": "20",
    "Acquisition Date": "08/24/23 14:19:47 UTC",
    "Analysis Method": "XPS",
    "Analyzer": "Phoibos",
    "Analyzer Lens": "LargeArea:1.5kV",
    "Analyzer Slit": "4:7x20c\\C:mesh",
    "Scan Mode": "FixedAnalyzerTransmission",
    "Curves/Scan": "1",
    "Values/Curve": "4",
    "Dwell Time": "0.5",
    "Excitation Energy": "1486.61",
    "Pass Energy": "20",
    "Eff. Workfunction": "4.1082",
    "Source": "XR 50",
    "Comment": "",
}


def block(
    place: str = "Cycle: 0, Curve: 0, Scan: 0",
    rows: Sequence[str] = ROWS,
    *,
    labels: str = "energy counts/s",
    more: Sequence[str] = (),
) -> list[str]:
    return [f"# {place}", "#", *(f"# {line}" for line in more), f"# ColumnLabels:       {labels}", "#", *rows, ""]


def cycle(number: int, *parameters: str) -> list[str]:
    return [
        f"# Cycle: {number}",
        "#",
        *(f"# Parameter: {parameter}" for parameter in parameters),
        "# Number of Scans: 2",
        "",
    ]


def region(*blocks: list[str], name: str = "Fe2p", **changes: str | None) -> list[str]:
    settings = {key: value for key, value in (REGION | changes).items() if value is not None}
    lines = [f"# Region:      {name}", *(f"# {key}:     {value}" for key, value in settings.items()), ""]
    return [*lines, *(line for part in blocks for line in part)]


def file(*regions: list[str], group: str = "1 as-loaded", prefix: str = "#", **changes: str | None) -> str:
    settings = {key: value for key, value in (SETTINGS | changes).items() if value is not None}
    lines = [f"# {key}:   {value}" for key, value in settings.items()] + ["#", f"# Group:    {group}", "#"]
    lines += [line for part in regions for line in part]
    return "\n".join(prefix + line[1:] if line.startswith("#") else line for line in lines) + "\n"


def of(text: str) -> list[Reading]:
    return READER.read(Source(text.encode("utf-8"), name="a.xy"))


def only(text: str) -> Reading:
    (reading,) = of(text)
    return reading


PLAIN = file(region(cycle(0), block()))
ANGLES = file(
    region(
        cycle(0),
        *(
            block(
                f"Cycle: 0, Curve: {n}", [f"{75 - k}  {10 * n + k}" for k in range(4)], more=[f"NonEnergyOrdinate: {a}"]
            )
            for n, a in enumerate((-1.5, 0, 2.5))
        ),
        **{"Curves/Scan": "3", "Analysis Method": "ARPES"},
    )
)
STEPPED = file(
    region(
        *(
            line
            for n in range(3)
            for line in (
                cycle(n, f'"Y [mm]" = {2.0 + n}', '"Step" = 1', f'"Bias [V]" = {(5, 3, 4)[n]}'),
                block(f"Cycle: {n}, Curve: 0, Scan: {n}", [f"{750 - k}  {100 * n + k}" for k in range(4)]),
                block(
                    f"External Channel Data Cycle: {n}, Sample temperature [K] (Laser heater)",
                    [f"{750 - k}  {300 + n}" for k in range(4)],
                    labels="energy Sample temperature [K] (Laser heater)",
                ),
            )
        )
    )
)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "one spectrum": PLAIN.encode(),
        "CRLF": PLAIN.replace("\n", "\r\n").encode(),
        "another sign": file(region(cycle(0), block()), prefix="%").encode(),
        "two regions": file(region(cycle(0), block()), region(cycle(0), block(), name="O1s")).encode(),
        "curves": ANGLES.encode(),
        "cycles with parameters and an external channel": STEPPED.encode(),
        "decimal commas": PLAIN.replace("750  13", "750,5  13,25").encode(),
        "CP932": file(region(cycle(0), block()), group="鉄の膜").encode("cp932"),
        "no program named": file(region(cycle(0), block()), **{"Created by": None}).encode(),
    }


def test_a_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = only(PLAIN)
    assert reading.technique == "xps"
    assert reading.title == "1 as-loaded: Fe2p"
    assert [(v.name, v.role, v.dimensions, v.label) for v in reading.variables] == [
        ("binding_energy", Role.AXIS, ("binding_energy",), "energy"),
        ("intensity", Role.SIGNAL, ("binding_energy",), "counts/s"),
    ]
    assert reading["binding_energy"].unit == "eV"
    assert reading["binding_energy"].values.tolist() == [750, 749, 748, 747]
    assert reading["intensity"].unit == "count/s"
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    assert reading.instrument == "Phoibos"
    assert reading.started_at == datetime(2023, 8, 24, 14, 19, 47, tzinfo=UTC)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "SPECS",
        "technique_name": "XPS",
        "model": "Phoibos",
        "lens_mode": "LargeArea:1.5kV",
        "analyser_slit": "4:7x20c\\C:mesh",
        "analyser_mode": "FixedAnalyzerTransmission",
        "source": "XR 50",
        "count_time": Measured(0.5, "s"),
        "incident_energy": Measured(1486.61, "eV"),
        "pass_energy": Measured(20.0, "eV"),
        "work_function": Measured(4.1082, "eV"),
        "n_scans": 2,
    }
    settings = reading.header["region"]
    assert isinstance(settings, dict)
    assert settings["Spectrum ID"] == "20"
    assert reading.header["Created by"] == "SpecsLab Prodigy, Version 4.100.1-r111001"


@pytest.mark.parametrize(
    ("given_", "name"),
    [("Binding Energy", "binding_energy"), ("Kinetic Energy", "kinetic_energy"), (None, "energy")],
)
def test_the_axis_that_the_file_has_is_given(given_: str | None, name: str) -> None:
    reading = only(file(region(cycle(0), block()), **{"Energy Axis": given_}))
    assert reading.axis is not None
    assert reading.axis.name == name
    assert bool(reading.doubts) == (name == "energy")


@pytest.mark.parametrize(
    ("is_kinetic", "name"), [("yes", "kinetic_energy"), ("no", "binding_energy"), ("perhaps", "energy")]
)
def test_specslab_2_says_whether_the_axis_is_kinetic_energy(is_kinetic: str, name: str) -> None:
    settings = {
        "Created by": "SpecsLab2, Version 2.79-r33432",
        "Energy Axis": None,
        "Count Rate": None,
        "Counts Per Second": "yes",
        "Kinetic Energy Axis": is_kinetic,
    }
    text = file(region(cycle(0), block()), **settings).replace("# Region:", "# values in some energy\n# Region:")
    reading = only(text)
    assert reading.axis is not None
    assert reading.axis.name == name
    assert any("not stated" in doubt for doubt in reading.doubts) == (name == "energy")


def test_rates_that_are_counts_behind_the_dwell_time_have_their_uncertainty() -> None:
    rows = ["750 26", "749 0", "748 288", "747 14"]
    doubt = only(file(region(cycle(0), block(rows=rows))))["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, np.sqrt([13, 1, 144, 7]) / 0.5)
    # Averages of 2 scans: 0.5 s twice.
    averaged = file(region(cycle(0), block(rows=rows)), **{"Separate Scan Data": "no"})
    doubt = only(averaged)["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, np.sqrt([26, 1, 288, 14]))
    corrected = ["750 26.2", "749 0", "748 288.7", "747 14.3"]
    assert only(file(region(cycle(0), block(rows=corrected))))["intensity"].uncertainty is None


def test_counts() -> None:
    reading = only(file(region(cycle(0), block(labels="energy counts"))))
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is not None
    broken = only(file(region(cycle(0), block(rows=["750 1.5", *ROWS[1:]], labels="energy counts"))))
    assert "not whole positive numbers" in broken.doubts[0]


def test_further_columns() -> None:
    rows = [f"{row} 0.5 1.25" for row in ROWS]
    reading = only(file(region(cycle(0), block(rows=rows, labels="energy counts/s transmission error_bar"))))
    assert [(v.name, v.role) for v in reading.variables] == [
        ("binding_energy", Role.AXIS),
        ("intensity", Role.SIGNAL),
        ("transmission", Role.AUXILIARY),
    ]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert (doubt.origin, doubt.distribution) == (Origin.FILE, Distribution.UNKNOWN)
    assert doubt.values.tolist() == [1.25] * 4


def test_curves_lie_along_their_ordinate() -> None:
    reading = only(ANGLES)
    assert reading.technique == "photoemission"
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("non_energy_ordinate", ("non_energy_ordinate",)),
        ("binding_energy", ("binding_energy",)),
        ("intensity", ("non_energy_ordinate", "binding_energy")),
    ]
    assert reading["non_energy_ordinate"].values.tolist() == [-1.5, 0, 2.5]
    assert reading["intensity"].values[:, 1].tolist() == [1, 11, 21]
    assert reading.doubts == ()


def test_curves_without_ordinates_are_numbered() -> None:
    reading = only(ANGLES.replace("# NonEnergyOrdinate: 0\n", ""))
    assert reading["curve_number"].values.tolist() == [0, 1, 2]


def test_cycles_lie_along_the_parameter_that_was_stepped() -> None:
    reading = only(STEPPED)
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("y", Role.AXIS, ("y",)),
        ("bias", Role.AUXILIARY, ("y",)),
        ("binding_energy", Role.AXIS, ("binding_energy",)),
        ("intensity", Role.SIGNAL, ("y", "binding_energy")),
        ("sample_temperature_laser_heater", Role.AUXILIARY, ("y", "binding_energy")),
    ]
    assert reading["y"].unit == "mm"
    assert reading["y"].values.tolist() == [2, 3, 4]
    assert reading["bias"].values.tolist() == [5, 3, 4]
    assert reading["intensity"].values[:, 0].tolist() == [0, 100, 200]
    assert reading["sample_temperature_laser_heater"].unit == "K"
    assert reading["sample_temperature_laser_heater"].values[:, 0].tolist() == [300, 301, 302]


def test_scans_are_a_dimension() -> None:
    blocks = [block(f"Cycle: 0, Curve: 0, Scan: {n}", [f"{750 - k}  {n}" for k in range(4)]) for n in (1, 0)]
    reading = only(file(region(cycle(0), *blocks)))
    assert reading.variables[-1].dimensions == ("scan_number", "binding_energy")
    assert reading["intensity"].values[:, 0].tolist() == [1, 0]


def test_cycles_scans_and_channels_make_a_grid() -> None:
    blocks = [
        block(
            f"Cycle: {c}, Curve: 0, Scan: {s}, Channel: {k}", [f"{750 - i}  {100 * c + 10 * s + k}" for i in range(4)]
        )
        for c in range(2)
        for s in range(3)
        for k in range(2)
    ]
    reading = only(file(region(*blocks)))
    assert reading.variables[-1].dimensions == ("cycle_number", "scan_number", "channel_number", "binding_energy")
    assert reading["intensity"].values[1, 2].tolist() == [[120] * 4, [121] * 4]


def test_blocks_that_make_no_grid_stand_by_themselves() -> None:
    places = ("Cycle: 0, Curve: 0, Scan: 0", "Cycle: 0, Curve: 0, Scan: 1", "Cycle: 1, Curve: 0, Scan: 2")
    readings = of(file(region(*(block(place) for place in places))))
    assert [r.title for r in readings] == [
        "1 as-loaded: Fe2p: cycle 0, curve 0, scan 0",
        "1 as-loaded: Fe2p: cycle 0, curve 0, scan 1",
        "1 as-loaded: Fe2p: cycle 1, curve 0, scan 2",
    ]
    other = block(places[1], ["751  1", "750  1", "749  1", "748  1"])
    assert len(of(file(region(block(places[0]), other)))) == 2


def test_missing_curves_are_doubted() -> None:
    text = ANGLES.replace("Curves/Scan:     3", "Curves/Scan:     5")
    assert "5 curves for each scan are promised, 3 were found" in only(text).doubts[0]


def test_results_of_operations_are_readings_of_their_own() -> None:
    lines = [
        "# Operation: Constant background",
        "# Range Start: 749",
        '# Parameter: "Background" = 100',
        "# Result Name: Background",
        "# Values/Curve: 2",
        "# Curve: Background",
        "749 100",
        "748 100",
    ]
    spectrum, background = of(file(region(cycle(0), block(), lines)))
    assert spectrum["intensity"].values.tolist() == [13, 0, 144, 7]
    assert background.title == "1 as-loaded: Fe2p: Background"
    assert background["binding_energy"].values.tolist() == [749, 748]
    assert background["background"].values.tolist() == [100, 100]


def test_an_external_channel_of_other_points_is_a_reading_of_its_own() -> None:
    external = block("External Channel Data Cycle: 0, Ring Current [mA]", ["750 1", "749 2"], labels="energy Ring")
    spectrum, current = of(file(region(cycle(0), block(), external)))
    assert len(spectrum.variables) == 2
    assert current["ring_current"].unit == "mA"
    assert current["ring_current"].values.tolist() == [1, 2]


def test_groups_and_regions_keep_their_settings_apart() -> None:
    text = file(region(cycle(0), block()))
    text += "# Group: 2 annealed\n# Operator: A. Person\n" + "\n".join(region(cycle(0), block(), name="O1s"))
    first, second = of(text)
    assert [first.title, second.title] == ["1 as-loaded: Fe2p", "2 annealed: O1s"]
    assert first.header["group"] == {}
    assert second.header["group"] == {"Operator": "A. Person"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08/24/23 14:19:47 UTC", datetime(2023, 8, 24, 14, 19, 47, tzinfo=UTC)),
        ("02/03/2023 14:19:47", datetime(2023, 2, 3, 14, 19, 47)),
        ("2023-10-27 08:34:22 UTC", datetime(2023, 10, 27, 8, 34, 22, tzinfo=UTC)),
        ("24/08/23 14:19:47", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    assert only(file(region(cycle(0), block(), **{"Acquisition Date": text}))).started_at == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (file(region(cycle(0), block(rows=ROWS[:3]))), "4 values for each curve are promised, 3 follow"),
        (file(region(cycle(0), block(rows=()))), "4 values for each curve are promised, 0 follow"),
        (file(region(cycle(0), block(labels="energy counts/s error"))), "3 columns are labelled"),
        (file(region(cycle(0), block(rows=["750", "749", "748", "747"]))), "at least two numbers"),
        (PLAIN.replace("144", "14x4"), "'14x4' was found"),
        (PLAIN.replace("144", "nan"), "'nan' was found"),
        (PLAIN.replace("748  144", "748"), "columns were expected"),
        (PLAIN.replace("# Group:", "1 2\n# Group:"), "numbers were found before the spectrum"),
        ("# Created by: another program\n", "names SpecsLab was expected"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault
    assert caught.value.mend


def test_no_spectrum_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(file())
    with pytest.raises(NothingMeasured):
        of(file(region(**{"Values/Curve": None})))


@given(
    rates=st.lists(st.floats(0, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=20),
    prefix=st.sampled_from(["#", "%", "//"]),
)
def test_what_is_written_is_read(rates: list[float], prefix: str) -> None:
    rows = [f"{750 - n}  {rate!r}" for n, rate in enumerate(rates)]
    reading = only(file(region(cycle(0), block(rows=rows), **{"Values/Curve": str(len(rows))}), prefix=prefix))
    assert reading["intensity"].values.tolist() == rates


def test_other_text_is_not_claimed() -> None:
    for text in (b"# Created by: Origin\n", b"1 2\n3 4\n", b"SpecsLab\n"):
        assert READER.recognise(Source(text)) is None
    claim = READER.recognise(Source(PLAIN.encode()))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (survey, iron) = read(Source(shared("xps/MgFe2O4_small.xy")))
    assert choice.reader is READER
    assert [survey.title, iron.title] == ["1 as-loaded: Survey", "1 as-loaded: Fe2p"]
    assert (len(survey["intensity"]), len(iron["intensity"])) == (1351, 56)
    assert survey["binding_energy"].values[[0, -1]].tolist() == [1350, 0]
    assert survey["intensity"].values[0] == 15598.679
    assert iron["binding_energy"].values[-1] == 695
    assert iron["intensity"].values[-1] == 4013.8297
    assert iron.metadata["count_time"] == Measured(0.3, "s")
    assert survey.started_at == datetime(2023, 8, 24, 14, 19, 47, tzinfo=UTC)
    assert survey.doubts == iron.doubts == ()


def test_the_same_survey_is_in_a_vamas_file(shared: Callable[[str], Path]) -> None:
    _, (survey, _) = read(Source(shared("xps/MgFe2O4_small.xy")))
    _, (vamas,) = read(Source(shared("xps/irregular.vms")))
    np.testing.assert_allclose(survey["intensity"].values, vamas["intensity"].values, rtol=5e-6)
    # The one file has binding, the other kinetic energies, of the same 1486.61 eV.
    np.testing.assert_allclose(1486.61 - survey["binding_energy"].values, vamas["kinetic_energy"].values)
