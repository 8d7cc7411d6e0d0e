"""Readings, quantities and uncertainties for property tests with hypothesis: whatever the records allow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable
from kiban.records.technique import TECHNIQUES
from kiban.testing.rights_examples import rights

_UNITS = ("", "deg", "1/cm", "mA*h/g", "degC", "count", "Ω·m")
_DTYPES = ("f8", "f4", ">f8", "i8", "i4", "u2", ">i2", "u1", "i1", "?", "c16", "c8")


def texts(*, max_size: int = 30) -> SearchStrategy[str]:
    """Text of any script. Zero bytes and halves of characters, which no standard can carry, are left out."""
    return st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=max_size)


def names() -> SearchStrategy[str]:
    """Names that a variable may have."""
    return st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)


def times() -> SearchStrategy[datetime]:
    """Times with and without a zone; zones are offsets of whole minutes."""
    zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    return st.datetimes(timezones=st.one_of(st.none(), zones))


def json_values() -> SearchStrategy[Json]:
    """Any JSON value; its numbers are finite, its integers of any size."""
    leaves = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts()
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts(max_size=12), inner, max_size=4)),
        max_leaves=12,
    )


def headers() -> SearchStrategy[dict[str, Json]]:
    """Headers as readers keep them."""
    return st.dictionaries(texts(max_size=12), json_values(), max_size=5)


@st.composite
def uncertainties_of_one(draw: DrawFn) -> Uncertainty:
    """The uncertainty of one number, of every kind."""
    kind = draw(st.sampled_from(Kind))
    return Uncertainty(
        value=draw(st.floats(0, 1e12)),
        kind=kind,
        origin=draw(st.sampled_from(Origin)),
        distribution=draw(st.sampled_from(Distribution)),
        coverage_factor=draw(st.floats(0.5, 5)) if kind is Kind.EXPANDED else None,
        degrees_of_freedom=draw(st.one_of(st.none(), st.floats(1, 100))),
    )


@st.composite
def quantities(draw: DrawFn) -> Measured:
    """One number with unit and, sometimes, uncertainty."""
    value = draw(st.floats(allow_nan=False, allow_infinity=False))
    return Measured(value, draw(st.sampled_from(_UNITS)), draw(st.one_of(st.none(), uncertainties_of_one())))


def metadata() -> SearchStrategy[Mapping[str, MetadataValue]]:
    """Normalised metadata of every type, mostly under sound names."""
    values: SearchStrategy[Any] = st.one_of(
        texts(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False),
        quantities(),
        times(),
    )
    return st.dictionaries(st.one_of(names(), texts(max_size=8)), values, max_size=6)


@st.composite
def arrays(draw: DrawFn, shape: tuple[int, ...]) -> NDArray[Any]:
    """Numbers of any type that files hold, in an array of the given shape."""
    dtype = np.dtype(draw(st.sampled_from(_DTYPES)))
    # The bytes come from a generator that hypothesis seeds: thousands of drawn numbers would be slow and no better.
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    match dtype.kind:
        case "b":
            return chance.integers(0, 2, shape).astype(dtype)
        case "i" | "u":
            return np.frombuffer(chance.bytes(dtype.itemsize * math.prod(shape)), dtype).reshape(shape)
    numbers = chance.normal(size=shape).astype(dtype)
    has_odd_number = draw(st.booleans())
    if shape and has_odd_number:
        numbers.flat[0] = draw(st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -0.0]))
    return numbers


@st.composite
def uncertainties(draw: DrawFn, shape: tuple[int, ...]) -> Uncertainties:
    """Uncertainties of an array, one for each number or one for all."""
    kind = draw(st.sampled_from(Kind))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    is_uniform = draw(st.booleans())
    return Uncertainties(
        values=chance.exponential(size=(1,) if is_uniform else shape),
        kind=kind,
        origin=draw(st.sampled_from(Origin)),
        distribution=draw(st.sampled_from(Distribution)),
        coverage_factor=2.0 if kind is Kind.EXPANDED else None,
    )


@st.composite
def variables(draw: DrawFn, name: str, dimensions: tuple[str, ...], lengths: Mapping[str, int]) -> Variable:
    """A variable along the given dimensions."""
    shape = tuple(lengths[dimension] for dimension in dimensions)
    unit = draw(st.sampled_from(_UNITS))
    return Variable(
        name=name,
        series=Series(draw(arrays(shape)), unit, draw(st.one_of(st.none(), uncertainties(shape)))),
        dimensions=dimensions,
        role=draw(st.sampled_from(Role)),
        label=draw(texts()),
        unit_as_written=draw(st.one_of(st.just(unit), texts(max_size=8))),
    )


@st.composite
def readings(draw: DrawFn) -> Reading:
    """Readings of every technique, with up to five variables of up to three axes that share dimensions."""
    chosen = draw(st.lists(names(), min_size=1, max_size=5, unique=True))
    pool = draw(st.lists(st.one_of(names(), st.sampled_from(chosen)), min_size=1, max_size=4, unique=True))
    lengths = {dimension: draw(st.sampled_from([1, 2, 5, 40, 700])) for dimension in pool}
    shapes = st.lists(st.sampled_from(pool), max_size=2, unique=True).map(tuple)
    made = tuple(
        draw(variables(name, (name,) if name in pool and draw(st.booleans()) else draw(shapes), lengths))
        for name in chosen
    )
    optional = st.one_of(st.none(), texts())
    return Reading(
        technique=draw(st.sampled_from(tuple(TECHNIQUES))),
        title=draw(texts()),
        variables=made,
        header=draw(headers()),
        metadata=draw(metadata()),
        sample_name=draw(optional),
        operator=draw(optional),
        instrument=draw(optional),
        started_at=draw(st.one_of(st.none(), times())),
        rights=draw(st.one_of(st.none(), rights())),
        doubts=tuple(draw(st.lists(texts(), max_size=3))),
    )
