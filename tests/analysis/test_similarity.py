"""Likeness of spectra, patterns and compositions: real files against their twins, and against published numbers."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.analysis.similarity.compare import compare
from kiban.analysis.similarity.compositions import SCALE, likeness_of
from kiban.analysis.similarity.curves import likeness
from kiban.analysis.similarity.rough import BROAD, FINE, finer, outline, rough
from kiban.analysis.similarity.rulers import PLACES
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.likeness import Likeness
from kiban.records.matter.formula import amount_fractions
from kiban.records.reading import Reading, Role, Variable
from kiban.testing.catalog_likeness_suite import a_likeness
from kiban.testing.reading_strategies import readings

CU, MO, CO = 1.5405929, 0.7093172, 1.788996
SILICON = ((1, 1, 1, 100), (2, 2, 0, 55), (3, 1, 1, 30), (4, 0, 0, 6), (3, 3, 1, 11), (4, 2, 2, 12))
GERMANIUM_ANGSTROM, SILICON_ANGSTROM, DIAMOND_ANGSTROM = 5.65791, 5.43102, 3.56712


def pattern(
    cell=SILICON_ANGSTROM, *, wavelength=CU, first=20.0, last=100.0, step=0.02, slope=0.0, scale=1.0, noise=0.0, seed=0
):
    """A powder pattern of a diamond lattice: its lines at the angles of Bragg's law, 0.12 degrees wide."""
    angles = np.arange(first, last, step)
    counts = 40.0 + slope * angles
    for *plane, height in SILICON:
        sine = 0.5 * wavelength * np.sqrt(sum(index**2 for index in plane)) / cell
        if sine < 1.0:
            counts = counts + 10.0 * height * np.exp(-0.5 * ((angles - 2 * np.degrees(np.arcsin(sine))) / 0.05) ** 2)
    if noise:
        counts = counts + np.random.default_rng(seed).normal(0.0, noise, counts.size)
    return Reading(
        technique="xrd",
        title="a powder",
        variables=(
            Variable(name="two_theta", series=Series(angles, "deg"), dimensions=("two_theta",), role=Role.AXIS),
            Variable(name="intensity", series=Series(scale * counts, "count"), dimensions=("two_theta",)),
        ),
        metadata={"wavelength": Measured(wavelength, "angstrom")},
    )


def nearness(one, other):
    first, second = likeness(one), likeness(other)
    assert first is not None
    assert second is not None
    return compare(first, [second])[0]


def of_file(shared, name, index=0):
    path = shared(name)
    found = likeness(read(Source(path, name=path.name))[1][index])
    assert found is not None
    assert found.kind
    return found


TWINS = [
    ("raman/raman_example.wdf", 0, "raman/raman_example.txt", 0, 0.9999),
    ("xps/Ag_0001.txt", 0, "xps/Ag_0001Ag__001.ibw", 0, 0.9999),
    ("xps/regular.vms", 0, "xps/MgFe2O4_small.xy", 0, 0.9999),
    # kinetic energies in the one, and a scan in two columns in the other
    ("xps/irregular.vms", 0, "xps/MgFe2O4_small.xy", 0, 0.9999),
    ("nmr/jcamp-fix.dx", 0, "nmr/jcamp-difdup.dx", 0, 0.9999),
    ("nmr/o01.jdx", 0, "nmr/o06.jdx", 0, 0.9999),
    # indene, in transmittance and in absorbance, by two people
    ("ftir/dupinc2.jdx", 0, "ftir/fixinc2.jdx", 0, 0.99),
    # one sample, scanned twice
    ("xrd/Scan_C1.xrdml", 0, "xrd/Scan_C2.xrdml", 0, 0.99),
]
OTHERS = (
    *("xrd/TiO2.raw", "xrd/TiOF.brml", "xrd/BT86.raw", "xrd/XRD-918-16_10.xrdml", "xrd/TwoTheta_scan_powder.rasx"),
    *("raman/tannic_acid.jdx", "raman/labspec_raman_example.txt", "ftir/RAMAN.SPC"),
    *("ftir/acetone.jdx", "ftir/ethanol.jdx", "ftir/pacdec1.jdx", "ftir/2024-10-10_FeSO4_ref.asp", "ftir/Ft-ir.spc"),
    *("xps/SnO2_10nm.spe", "xps/XPS_PHI_QUANTERA_survey.spe", "xps/test0.spe", "xps/mjr9_116a.vms", "nmr/1h.dx"),
)


@pytest.mark.parametrize(("one", "i", "other", "k", "least"), TWINS)
def test_the_nearest_of_a_real_file_is_its_twin(shared, one, i, other, k, least):
    mine, twin = of_file(shared, one, i), of_file(shared, other, k)
    others = [of_file(shared, name) for name in OTHERS]
    [to_twin, *to_others] = compare(mine, [twin, *others])
    assert to_twin is not None
    assert to_twin.score >= least
    assert all(each.score < to_twin.score - 0.05 for each in to_others if each is not None)
    # The short forms put it first, too.
    same = [each for each in [twin, *others] if each.kind == mine.kind]
    by_outline = [outline(mine).closeness(outline(each)) or 0.0 for each in same]
    assert max(by_outline) == by_outline[0]
    common = [(max(mine.low, each.low), min(mine.high, each.high)) for each in same]
    by_vector = [finer(mine).closeness(finer(each), *ends) or 0.0 for each, ends in zip(same, common, strict=True)]
    assert max(by_vector) == by_vector[0]


def test_patterns_of_different_anodes_compare():
    copper, molybdenum, cobalt = (
        pattern(wavelength=w, first=f, last=to, step=0.01) for w, f, to in ((CU, 20, 100), (MO, 9, 42), (CO, 23, 125))
    )
    for other in (molybdenum, cobalt):
        found = nearness(copper, other)
        assert found is not None
        assert found.score > 0.95
    germanium, diamond = pattern(GERMANIUM_ANGSTROM, wavelength=MO, first=9, last=42), pattern(DIAMOND_ANGSTROM)
    for other in (germanium, diamond):
        found = nearness(copper, other)
        assert found is None or found.score < 0.3


@given(
    scale=st.floats(1e-3, 1e6),
    slope=st.floats(-0.3, 5.0),
    step=st.sampled_from([0.01, 0.02, 0.04]),
    seed=st.integers(0, 9),
)
def test_scale_background_step_and_noise_change_nothing_much(scale, slope, step, seed):
    other = pattern(scale=scale, slope=slope, step=step, noise=6.0, seed=seed)
    found = nearness(pattern(), other)
    assert found is not None
    assert found.score > 0.9


def test_a_small_displacement_of_the_sample_is_forgiven_and_another_lattice_is_not():
    reading = pattern()
    axis, intensity = reading.variables
    moved = replace(reading, variables=(replace(axis, series=Series(axis.series.values + 0.05, "deg")), intensity))
    found = nearness(reading, moved)
    assert found is not None
    assert 0.9 < found.score < 1.0
    other = nearness(reading, pattern(1.02 * SILICON_ANGSTROM))
    assert other is not None
    assert other.score < 0.6


def test_only_what_was_measured_in_both_is_compared():
    wide, narrow = pattern(), pattern(last=60.0)
    found = nearness(wide, narrow)
    assert found is not None
    assert found.score > 0.999
    assert found.overlap == pytest.approx(1.0, abs=0.01)
    half = nearness(pattern(first=20.0, last=60.0), pattern(first=25.0, last=100.0))
    assert half is not None
    assert 0.8 < half.overlap < 1.0
    # 20-40 degrees and 52-100 degrees have nothing in common.
    assert nearness(pattern(last=40.0), pattern(first=52.0)) is None
    # What is in common holds the weakest of seven lines only.
    assert nearness(pattern(first=60.0, last=80.0), wide) is None


def test_a_reading_that_cannot_be_placed_or_has_no_line_has_nothing_to_be_compared_by():
    nothing = Likeness(kind="", version=1)
    assert likeness(replace(pattern(), metadata={})) == nothing
    reading = pattern()
    axis, intensity = reading.variables
    flat = replace(intensity, series=Series(np.full(axis.series.shape, 7.0), "count"))
    assert likeness(replace(reading, variables=(axis, flat))) == nothing
    noise = np.random.default_rng(1).normal(100.0, 5.0, axis.series.shape)
    noisy = likeness(replace(reading, variables=(axis, replace(intensity, series=Series(noise, "count")))))
    assert noisy is not None
    if noisy.kind:
        assert compare(noisy, [likeness(reading)]) in ([None],) or compare(noisy, [likeness(reading)])[0].score < 0.3
    assert likeness(pattern(first=20.0, last=24.0)) == nothing
    assert likeness(replace(reading, technique="cyclic_voltammetry")) is None
    assert compare(nothing, [nothing]) == [None]
    assert rough(nothing) == finer(nothing).vector == ()
    assert outline(nothing).bits == ""


@given(readings(), st.sampled_from(["xrd", "raman", "ir", "uv_vis", "xps", "photoemission", "nmr"]))
def test_any_reading_gives_a_sound_likeness_or_none(reading, technique):
    found = likeness(replace(reading, technique=technique))
    assert found is not None
    assert len(found.curve) == (PLACES if found.kind else 0)
    if found.kind:
        assert compare(found, [found])[0].score == pytest.approx(1.0)
        assert 0 <= found.low < found.high <= PLACES


def test_rough_vectors_are_exact_in_single_precision(shared):
    pattern, composition = of_file(shared, "xrd/Scan_C1.xrdml"), likeness_of({"Ti": 1 / 3, "O": 2 / 3})
    assert (len(outline(pattern).bits), len(finer(pattern).vector)) == (3 * PLACES // BROAD, PLACES // FINE)
    assert finer(composition).vector == rough(pattern) == ()
    for vector in (finer(pattern).vector, rough(composition)):
        assert min(vector) >= 0
        assert sum(each**2 for each in vector) < 2**24 or vector == rough(composition)
        assert sum(vector) < 2**24


PUBLISHED = [
    # The reference implementation's own examples (github.com/lrcfmd/ElMD, README and tests).
    ("CaTiO3", "SrTiO3", 0.2),
    ("NaCl", "LiCl", 0.5),
    # By hand: Ti and Zr are two steps apart and a third of the atoms, Fe and Al seven and two fifths.
    ("TiO2", "ZrO2", 2 / 3),
    ("Fe2O3", "Al2O3", 2.8),
    ("H2O", "H2O", 0.0),
    ("He", "H", 102.0),
]


@pytest.mark.parametrize(("one", "other", "distance"), PUBLISHED)
def test_the_distance_of_compositions_is_as_published(one, other, distance):
    [found] = compare(likeness_of(amount_fractions(one)), [likeness_of(amount_fractions(other))])
    assert found is not None
    assert found.distance == pytest.approx(distance, abs=1e-12)
    assert found.score == pytest.approx(np.exp(-distance / 10))


amounts = st.dictionaries(st.sampled_from(SCALE), st.floats(0.01, 1.0), min_size=1, max_size=6)


@given(amounts, amounts, amounts)
def test_the_distance_is_a_metric_and_the_rough_one_follows_it(first, second, third):
    one, two, three = (likeness_of(each) for each in (first, second, third))
    [to_self, to_two, to_three] = compare(one, [one, two, three])
    [back], [onward] = compare(two, [one]), compare(two, [three])
    assert to_self.distance == 0.0
    assert back == to_two
    assert to_three.distance <= to_two.distance + onward.distance + 1e-9
    # Roughly no two are farther apart than they are, but for rounding.
    assert float(np.abs(np.subtract(rough(one), rough(two))).sum()) / 1e4 <= to_two.distance + 1e-4 * len(rough(one))


def test_the_nearest_compositions_are_roughly_near():
    chance = random.Random(6)
    many = [
        likeness_of({e: chance.randint(1, 8) for e in chance.sample(SCALE, chance.randint(1, 5))}) for _ in range(3000)
    ]
    for one in many[:5]:
        distances = [each.distance for each in compare(one, many)]
        apart = np.abs(np.subtract([rough(each) for each in many], rough(one))).sum(axis=1)
        assert set(np.argsort(distances)[:10]) <= set(np.argsort(apart)[:100])


def test_a_narrow_range_is_near_by_what_was_measured_in_it():
    whole, narrow, other = a_likeness(300, 700, 900, 1500), a_likeness(300, 700, high=800), a_likeness(300, 900, 1400)
    close = outline(whole).closeness(outline(narrow))
    assert close == outline(narrow).closeness(outline(whole)) == 1.0
    assert 0.0 < outline(whole).closeness(outline(other)) < 1.0
    assert outline(whole).closeness(outline(a_likeness(1000))) is None
    vector = finer(whole)
    assert vector.closeness(finer(narrow), 0, 800) == pytest.approx(1.0, abs=1e-3)
    assert 0.0 < vector.closeness(finer(other), 0, PLACES) < 0.9
    assert vector.closeness(finer(a_likeness(1000)), 0, PLACES) is None
    # Of the whole next to nothing lies there.
    assert vector.closeness(vector, 1000, 1400) is None
    assert outline(whole).closeness(outline(a_likeness(1600, low=1600))) is None


@given(
    st.lists(st.sampled_from(range(0, PLACES, 31)), max_size=9), st.sampled_from([(0, PLACES), (5, 811), (900, 2000)])
)
def test_what_is_counted_up_to_a_stretch_is_what_lies_before_it(lines, ends):
    found = a_likeness(*lines, low=ends[0], high=ends[1])
    for sums, bits in (
        (outline(found).sums(), [int(each) for each in outline(found).bits]),
        (finer(found).sums(), [each**2 for each in finer(found).vector]),
    ):
        n = len(sums) - 1
        assert sums == [sum(sum(bits[start : start + k]) for start in range(0, len(bits), n)) for k in range(n + 1)]
    within = outline(found).within()
    assert len(within) == len(outline(found).bits) == 3 * PLACES // BROAD
    assert within.count("1") == 3 * (-(-ends[1] // BROAD) - ends[0] // BROAD)


def test_an_element_beyond_the_scale_or_none_at_all_cannot_be_compared():
    assert likeness_of({"Og": 1.0}).kind == ""
    assert likeness_of({}).kind == ""
    assert len(SCALE) == len(set(SCALE)) == 103
