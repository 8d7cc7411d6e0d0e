"""Capacities of half cycles: simulated cells with known charge, real files against the cycler's own numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kiban.analysis.electrochemistry.half_cycles import cycle_numbers, efficiencies, from_counter
from kiban.analysis.galvanostatic_cycling import ANALYSIS
from kiban.analysis.run import analyse
from kiban.errors import InvalidSetting
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.source import Source
from kiban.records.reading import Reading, Variable

UNITS = {"time": "s", "current": "mA", "potential": "V", "charge": "mA*h"}


def reading(
    technique: str = "galvanostatic_cycling", units: dict[str, str] | None = None, **columns: object
) -> Reading:
    metadata = {name: columns.pop(name) for name in ("active_mass",) if name in columns}
    known = UNITS | {"charge_capacity": "mA*h", "discharge_capacity": "mA*h"} | (units or {})
    return Reading(
        technique=technique,
        title="simulated",
        variables=tuple(
            Variable(name=name, series=Series(np.asarray(values), known[name]), dimensions=("point",))
            for name, values in columns.items()
        ),
        metadata=metadata,  # type: ignore[arg-type]
    )


def cell(steps: list[tuple[float, float]], *, interval: float = 10.0) -> dict[str, np.ndarray]:
    """Time, current and potential of steps (current in mA, duration in h); each step starts with a point at once."""
    times, currents, potentials = [0.0], [0.0], [3.0]
    for current, hours in steps:
        n = max(int(hours * 3600 / interval), 1)
        start = times[-1]
        times += [start + 0.001, *(start + np.linspace(hours * 3600 / n, hours * 3600, n))]
        currents += [current] * (n + 1)
        low, high = (3.0, 4.0) if current >= 0 else (4.0, 3.0)
        potentials += list(np.linspace(low, high, n + 1)) if current else [3.5] * (n + 1)
    return {"time": np.array(times), "current": np.array(currents), "potential": np.array(potentials)}


def column(finding, name: str) -> list:
    return [row[finding.columns.index(name)] for row in finding.rows]


CYCLES = [(0.0, 0.5), (1.0, 2.0), (0.0, 0.2), (-1.0, 1.9), (0.0, 0.2), (1.0, 1.95), (-1.0, 1.9), (0.0, 0.1)]


def test_capacities_and_efficiencies_are_those_that_were_put_in():
    finding = ANALYSIS.analyse(reading(**cell(CYCLES)), options={})
    assert column(finding, "kind") == ["charge", "discharge", "charge", "discharge"]
    assert column(finding, "cycle") == [1, 1, 2, 2]
    assert column(finding, "capacity") == pytest.approx([2.0, 1.9, 1.95, 1.9], rel=1e-3)
    assert column(finding, "coulombic_efficiency")[1::2] == pytest.approx([95.0, 97.44], abs=0.1)
    assert column(finding, "coulombic_efficiency")[0::2] == [None, None]
    assert column(finding, "mean_potential") == pytest.approx([3.5] * 4, abs=0.01)
    assert column(finding, "end_potential") == pytest.approx([4.0, 3.0, 4.0, 3.0])
    assert column(finding, "duration") == pytest.approx([7200, 6840, 7020, 6840], abs=0.01)
    assert "charge from the current over time" in finding.summary
    assert "positive current is charge" in finding.summary
    assert finding.doubts == ()


def test_properties_name_the_cycle_and_have_no_uncertainty_that_nobody_knows():
    finding = ANALYSIS.analyse(reading(**cell(CYCLES)), options={})
    facts = [(found.term, found.condition["cycle"]) for found in finding.properties]
    assert facts == [
        ("charge_capacity", 1), ("discharge_capacity", 1), ("coulombic_efficiency", 1),
        ("charge_capacity", 2), ("discharge_capacity", 2), ("coulombic_efficiency", 2),
    ]  # fmt: skip
    assert all(found.value.uncertainty is None for found in finding.properties)
    assert finding.properties[0].value.unit == "mA*h"
    assert finding.properties[0].method == "galvanostatic_cycling/1"


def test_the_active_mass_gives_capacities_per_gram():
    finding = ANALYSIS.analyse(reading(**cell(CYCLES), active_mass=Measured(12.5, "mg")), options={})
    assert column(finding, "specific_capacity")[0] == pytest.approx(160.0, rel=1e-3)
    specific = [found.value for found in finding.properties if found.term == "specific_discharge_capacity"]
    assert [value.value for value in specific] == pytest.approx([152.0, 152.0], rel=1e-3)
    assert specific[0].unit == "mA*h/g"
    assert column(ANALYSIS.analyse(reading(**cell(CYCLES)), options={}), "specific_capacity") == [None] * 4


def test_the_files_own_charge_comes_before_the_current():
    columns = cell(CYCLES)
    passed = np.concatenate(([0.0], np.cumsum(columns["current"][1:] * np.diff(columns["time"])))) / 3600.0
    finding = ANALYSIS.analyse(reading(**columns, charge=2.0 * passed), options={})
    assert column(finding, "capacity") == pytest.approx([4.0, 3.8, 3.9, 3.8], rel=1e-3)
    assert "the file's own charge" in finding.summary
    gaps = 2.0 * passed
    gaps[5] = np.nan
    assert "the current over time" in ANALYSIS.analyse(reading(**columns, charge=gaps), options={}).summary


def test_counters_of_capacity_may_be_set_back_each_cycle():
    columns = cell(CYCLES)
    step = np.concatenate(([0.0], columns["current"][1:] * np.diff(columns["time"]) / 3600.0))
    charged, discharged = np.cumsum(np.maximum(step, 0)), np.cumsum(np.maximum(-step, 0))
    second = int(np.flatnonzero((columns["current"] > 0) & (charged > 2.0005))[0])
    for counter in (charged, discharged):
        counter[second:] -= counter[second - 1]
    finding = ANALYSIS.analyse(
        reading("electrochemistry", **columns, charge_capacity=charged, discharge_capacity=discharged), options={}
    )
    assert column(finding, "capacity") == pytest.approx([2.0, 1.9, 1.95, 1.9], rel=2e-3)
    assert "the file's own capacities" in finding.summary


def test_a_cell_that_begins_with_discharge_is_numbered_from_there():
    finding = ANALYSIS.analyse(reading(**cell([(-1.0, 2.0), (1.0, 1.8), (-1.0, 1.7), (1.0, 1.7)])), options={})
    assert column(finding, "cycle") == [1, 1, 2, 2]
    assert column(finding, "kind") == ["discharge", "charge", "discharge", "charge"]
    efficiency = column(finding, "coulombic_efficiency")
    assert efficiency[0] is None  # nothing was charged before
    assert efficiency[2] == pytest.approx(100 * 1.7 / 1.8, rel=1e-3)


def test_rests_inside_a_half_cycle_do_not_divide_it():
    """Intermittent titration: pulses with rests between them."""
    finding = ANALYSIS.analyse(reading(**cell([(1.0, 0.2), (0.0, 0.3)] * 5 + [(-1.0, 1.0)])), options={})
    assert column(finding, "capacity") == pytest.approx([1.0, 1.0], rel=5e-3)


def test_a_constant_voltage_phase_belongs_to_the_charge():
    taper = [(1.0 * 0.7**i, 0.1) for i in range(12)]
    finding = ANALYSIS.analyse(reading(**cell([(1.0, 1.0), *taper, (-1.0, 1.0)])), options={})
    assert column(finding, "capacity")[0] == pytest.approx(1.0 + 0.1 * sum(0.7**i for i in range(12)), rel=5e-3)
    assert len(finding.rows) == 2


def test_switching_noise_makes_no_half_cycle():
    columns = cell(CYCLES)
    blip = int(np.flatnonzero(columns["current"] > 0)[100])
    columns["current"][blip] = -0.5
    finding = ANALYSIS.analyse(reading(**columns), options={})
    assert column(finding, "kind") == ["charge", "discharge", "charge", "discharge"]
    assert column(finding, "capacity")[0] == pytest.approx(2.0, rel=0.01)


def test_a_last_half_cycle_that_the_file_cuts_off_is_doubted():
    whole = cell([(1.0, 2.0), (-1.0, 2.0), (1.0, 2.0), (-1.0, 2.0)])
    cut = {name: values[:-300] for name, values in whole.items()}
    assert ANALYSIS.analyse(reading(**whole), options={}).doubts == ()
    assert "last discharge ends with the file" in ANALYSIS.analyse(reading(**cut), options={}).doubts[0]


def test_time_that_runs_backwards_is_doubted():
    columns = cell(CYCLES)
    columns["time"][500:] -= 1000.0
    finding = ANALYSIS.analyse(reading(**columns), options={})
    assert "runs backwards" in finding.doubts[0]


def test_at_most_a_thousand_cycles_are_listed():
    finding = ANALYSIS.analyse(reading(**cell([(1.0, 0.01), (-1.0, 0.01)] * 1100)), options={})
    assert len(finding.rows) == 2000
    assert max(found.condition["cycle"] for found in finding.properties) == 1000
    assert "1100 cycles" in finding.doubts[0]


def test_a_cell_at_rest_has_no_cycles():
    finding = ANALYSIS.analyse(reading(time=np.arange(10.0), current=np.zeros(10)), options={})
    assert finding.rows == ()
    assert finding.summary == "No current flowed."


def test_without_potential_the_capacities_are_there_all_the_same():
    columns = cell(CYCLES)
    del columns["potential"]
    finding = ANALYSIS.analyse(reading(**columns), options={})
    assert column(finding, "capacity") == pytest.approx([2.0, 1.9, 1.95, 1.9], rel=1e-3)
    assert column(finding, "mean_potential") == [None] * 4


def test_other_units_are_converted():
    columns = cell(CYCLES)
    hours = {"time": columns["time"] / 3600.0, "current": columns["current"] / 1000.0}
    finding = ANALYSIS.analyse(reading(units={"time": "h", "current": "A"}, **hours), options={})
    assert column(finding, "capacity") == pytest.approx([2.0, 1.9, 1.95, 1.9], rel=1e-3)
    coulomb = {"current": columns["current"], "charge": np.cumsum(columns["current"])}
    found = ANALYSIS.analyse(reading(units={"charge": "coulomb"}, **coulomb), options={})
    assert column(found, "capacity")[0] == pytest.approx(np.sum(columns["current"] > 0) / 2 / 3.6, rel=0.05)


def test_it_applies_where_current_and_a_way_to_its_charge_are():
    columns = cell(CYCLES)
    assert ANALYSIS.applies(reading(**columns))
    assert not ANALYSIS.applies(reading("cyclic_voltammetry", **columns))
    assert not ANALYSIS.applies(reading("electrochemistry", **columns))
    assert not ANALYSIS.applies(reading(current=columns["current"]))
    assert not ANALYSIS.applies(reading(time=columns["time"], potential=columns["potential"]))
    assert not ANALYSIS.applies(reading(units={"current": ""}, **columns))
    assert not ANALYSIS.applies(reading(units={"current": "furlongs"}, **columns))


def test_it_has_no_options():
    with pytest.raises(InvalidSetting, match="Its options are: none"):
        ANALYSIS.analyse(reading(**cell(CYCLES)), options={"mass": 1})


@given(st.lists(st.sampled_from([-1, 1]), max_size=12))
def test_cycles_are_counted_at_the_first_direction(directions):
    alternating = np.array([d for i, d in enumerate(directions) if i == 0 or d != directions[i - 1]], dtype=np.intp)
    numbers = cycle_numbers(alternating)
    assert list(numbers) == [i // 2 + 1 for i in range(alternating.size)]
    charge = np.arange(1.0, alternating.size + 1)
    efficiency = efficiencies(alternating, charge)
    for i in range(alternating.size):
        known = i > 0 and alternating[i] < 0
        assert np.isfinite(efficiency[i]) == known
        if known:
            assert efficiency[i] == pytest.approx((i + 1) / i)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_what_a_counter_shows_after_a_reset_counts(increments):
    counter = np.cumsum(increments)
    assert np.sum(from_counter(counter)) == pytest.approx(counter[-1] - counter[0], abs=1e-9)
    twice = np.concatenate((counter + 1.0, counter * 0.5))
    total = counter[-1] - counter[0] + 0.5 * counter[-1]
    assert np.sum(from_counter(twice)) == pytest.approx(total, abs=1e-6)


any_number = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-10, 10) | st.integers(-1, 1).map(float)


@settings(max_examples=200)
@given(st.data())
def test_any_numbers_give_a_finding(data):
    n = data.draw(st.integers(1, 40))
    names = data.draw(
        st.sampled_from(
            [("time", "current"), ("time", "current", "potential"), ("current", "charge", "potential"),
             ("current", "charge_capacity", "discharge_capacity"), ("time", "current", "charge", "potential")]
        )
    )  # fmt: skip
    columns = {name: data.draw(arrays(np.float64, n, elements=any_number)) for name in names}
    for finding in analyse(reading(**columns)):
        assert finding.summary


def read(path) -> Reading:
    from kiban.readers.biologic_mpr import READER as MPR
    from kiban.readers.biologic_mpt import READER as MPT

    return (MPR if path.suffix == ".mpr" else MPT).read(Source(path.read_bytes(), name=path.name))[0]


def test_a_real_cell_of_seven_cycles_has_the_capacities_that_ec_lab_shows(shared):
    """Ends of EC-Lab's own count `Q charge/discharge` in each half cycle; the first discharge follows a rest."""
    real = read(shared("echem/jdb11-1_e1_s3_squidTest_data_C15.mpr"))
    finding = analyse(real)[0]
    assert column(finding, "kind") == ["discharge", "charge"] * 6 + ["discharge"]
    own, half = real["half_cycle_charge"].values, real["half_cycle"].values
    shown = [own[half == number] for number in np.unique(half)]
    ends = [float(part[np.argmax(np.abs(part))]) for part in shown]
    # EC-Lab counts a half cycle more: the first reading of its charging step still carries the discharge's number.
    for capacity, kind in zip(column(finding, "capacity"), column(finding, "kind"), strict=True):
        signed = capacity if kind == "charge" else -capacity
        assert min(abs(signed - end) for end in ends) < 2e-6 + 1e-4 * capacity
    assert column(finding, "capacity")[1] == pytest.approx(0.10043537, rel=1e-6)
    assert column(finding, "coulombic_efficiency")[2] == pytest.approx(61.61, abs=0.01)
    assert column(finding, "end_potential")[1] == pytest.approx(3.8, abs=0.001)
    assert finding.doubts == ()


def test_binary_and_text_of_one_measurement_agree(shared):
    binary, text = (analyse(read(shared(f"echem/gcpl.issue_149.{suffix}")))[0] for suffix in ("mpr", "mpt"))
    assert column(binary, "capacity") == pytest.approx(column(text, "capacity"), rel=1e-6)
    # 0.03 mA for 10 s is 8.33e-5 mA·h, four cycles of it.
    assert column(binary, "capacity") == pytest.approx([8.333e-5] * 8, rel=1e-3)
    assert column(binary, "cycle") == [1, 1, 2, 2, 3, 3, 4, 4]
    assert column(binary, "coulombic_efficiency")[1] == pytest.approx(99.94, abs=0.01)


def test_integration_agrees_with_the_files_own_charge(shared):
    real = read(shared("echem/jdb11-1_e1_s3_squidTest_data_C15.mpr"))
    own = analyse(real)[0]
    without = Reading(
        technique=real.technique,
        title=real.title,
        variables=tuple(v for v in real.variables if v.name in {"time", "current", "potential"}),
    )
    integrated = analyse(without)[0]
    assert "the current over time" in integrated.summary
    assert column(integrated, "capacity") == pytest.approx(column(own, "capacity"), rel=2e-3)


def test_an_arbin_export_gives_its_own_capacities(shared):
    """Largest values of the columns of charging and discharging capacity in each cycle, in A·h."""
    from kiban.readers.delimited_text import READER

    path = shared("echem/arbin_example.bdf.csv")
    finding = next(
        found
        for found in analyse(READER.read(Source(path.read_bytes(), name=path.name))[0])
        if found.analysis == "galvanostatic_cycling"
    )
    assert column(finding, "kind") == ["charge", "discharge"] * 4
    assert column(finding, "capacity")[0] == pytest.approx(4.83497705977e-4, rel=1e-6)
    assert column(finding, "capacity")[1] == pytest.approx(4.72271219011e-4, rel=1e-3)
    assert column(finding, "coulombic_efficiency")[1] == pytest.approx(97.68, abs=0.05)
