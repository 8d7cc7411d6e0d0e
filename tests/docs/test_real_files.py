"""The table of real files: a sample of its rows, made anew, and the judgement that it rests on."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.records.reading import Reading, Role, Variable

from .pages import DOCS, REFERENCE

SAMPLE = (
    "echem/cp.mpr",
    "echem/peis.mpt",
    "ftir/compound.jdx",
    "structure/BaF2.cif",
    "xrd/Scan_C1.xrdml",
    "xrd/TwoTheta_scan_powder.rasx",
    "xrd/XRD_RIGAKU.ras",
    "xrd/format1.raw",
    "xrd/rsm_1.xrdml.bz2",
)
"""Not all: making the whole table takes as long as all files take, and each better reader changes rows of it."""


@pytest.fixture(scope="module", name="maker")
def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reading_table", DOCS / "make_reading_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look there for the names in their annotations
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", SAMPLE)
def test_a_row_is_what_would_be_written_now(path: str, maker: ModuleType, shared: Callable[[str], Path]) -> None:
    data = shared("README.md").parent
    shared(path)
    line = maker.row(data, path, maker.expectations(data)[path]).line()
    assert line in (REFERENCE / "real-files.md").read_text(encoding="utf-8"), "run `make reading-table`"


def _reading() -> Reading:
    x = Variable(name="x", series=Series(np.linspace(25, 60, 3501), "deg"), dimensions=("x",), role=Role.AXIS)
    y = Variable(name="y", series=Series(np.arange(3501) % 4552, "count"), dimensions=("x",))
    cell = {name: Measured(6.2001, "angstrom") for name in "abc"}
    return Reading(technique="xrd", title="t", variables=(x, y), metadata=cell)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        ("own reading: 3501 pts, 25..60 deg, max 3500, sum 6126750", "right: 4 figures"),
        ("3500 pts", "**differs** in 3500 pts of 1 figures"),
        ("25.000..60.00 deg; 60..25 deg", "right: 2 figures"),
        ("25.1..60 deg", "**differs** in 25.1..60 of 1 figures"),
        ("max 3501", "**differs** in max 3501 of 1 figures"),
        ("yadg: {'uts': 3501}, Ewe 0..3500 V", "right: 2 figures"),
        ("csv: 3502 rows (with header) x 2 columns", "right: 1 figure"),
        ("gemmi: a,b,c 6.2001,6.2001,6.2001 A", "right: 1 figure"),
        ("gemmi: a,b,c 6.2,6.2001,6.2002 A", "**differs** in a,b,c 6.2,6.2001,6.2002 of 1 figures"),
        ("by hand: 3501 numeric rows, first '25 0', last '60,000 3500'", "right: 3 figures"),
        ("by hand: 3501 numeric rows, first '26 0'", "**differs** in first row 26 of 2 figures"),
        ("JSON, top keys []", "read; no figure to compare"),
    ],
)
def test_figures_are_judged_within_their_digits(expected: str, verdict: str, maker: ModuleType) -> None:
    assert maker.judged("a", [_reading()], expected) == verdict


def test_what_is_explained_is_a_file_that_has_figures(maker: ModuleType, shared: Callable[[str], Path]) -> None:
    expectations = maker.expectations(shared("README.md").parent)
    for path in maker.EXPLAINED:
        assert list(maker._figures(expectations[path])), path
