import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin
from kiban.readers.experiments.cells import (
    CellFault,
    decimal_mark,
    is_nothing,
    read_day,
    read_doubt,
    read_quantity,
    read_share,
    unit_of,
)


@pytest.mark.parametrize(
    ("cell", "unit", "value", "doubt"),
    [
        ("900", "degC", 900.0, None),
        ("９００", "degC", 900.0, None),
        ("900 ℃", "degC", 900.0, None),
        ("1173.15 K", "degC", 900.0, None),
        ("2 h", "min", 120.0, None),
        ("1.2±0.1", "GPa", 1.2, 0.1),
        ("1.2 +/- 0.1", "GPa", 1.2, 0.1),
        ("1.2(3)", "GPa", 1.2, 0.3),
        ("1.25(13)", "GPa", 1.25, 0.13),
        ("3.0 ± 0.2 MPa", "GPa", 0.003, 0.0002),
        ("1.5×10⁻³", "m", 0.0015, None),
        ("1.5 x 10^-3", "m", 0.0015, None),
        ("−5", "degC", -5.0, None),
        ("1,234.5", "", 1234.5, None),
        ("12 %", "", 0.12, None),
        ("1e-3", "s", 0.001, None),
    ],
)
def test_a_number_with_what_stands_with_it(cell: str, unit: str, value: float, doubt: float | None) -> None:
    found = read_quantity(cell, unit)
    assert found is not None
    assert (found.value, found.unit) == (pytest.approx(value, rel=1e-12), unit)
    if doubt is None:
        assert found.uncertainty is None
    else:
        assert found.uncertainty is not None
        assert found.uncertainty.standard == pytest.approx(doubt, rel=1e-12)
        assert found.uncertainty.origin is Origin.FILE


@pytest.mark.parametrize(
    "cell", ["", " ", "n.d.", "N.D.", "ｎ．ｄ．", "-", "—", "NA", "nan", "未測定", "なし", "not measured"]
)
def test_no_value(cell: str) -> None:
    assert is_nothing(cell)
    assert read_quantity(cell, "GPa") is None


@pytest.mark.parametrize("cell", ["<5", "< 5", "＜5", "≥ 3", "~10", "約10", "5以下", "10未満"])
def test_a_bound_is_no_value(cell: str) -> None:
    with pytest.raises(CellFault) as told:
        read_quantity(cell, "GPa")
    assert (told.value.expected, told.value.found) == ("a number in GPa", cell)
    assert "bound" in told.value.mend


@pytest.mark.parametrize(
    ("cell", "unit"),
    [("abc", "s"), ("5 kg", "s"), ("5 s", ""), ("1e400", "s"), ("1 200", "s"), ("2024-01-05", "s"), ("1.2±0", "s")],
)
def test_what_is_no_such_number_is_refused(cell: str, unit: str) -> None:
    with pytest.raises(CellFault):
        read_quantity(cell, unit)


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.5", "2"], "."),
        (["1,5", "2"], ","),
        (["1,5", "1,234"], ","),
        (["0,123"], ","),
        (["1,234.5", "1,234"], "."),
        (["1,234"], "?"),
        (["1,234", "900"], "?"),
        ([], "."),
    ],
)
def test_the_decimal_mark_of_a_column(cells: list[str], mark: str) -> None:
    assert decimal_mark(cells) == mark


def test_a_comma_that_may_be_either_is_named_until_somebody_says_which() -> None:
    with pytest.raises(CellFault, match="decimal mark"):
        read_quantity("1,234", "", decimal="?")
    assert read_quantity("1,234", "", decimal=",") == Measured(1.234)
    assert read_quantity("1,234", "", decimal=".") == Measured(1234.0)
    assert read_quantity("1.234,5", "", decimal=",") == Measured(1234.5)


def test_an_uncertainty_is_a_difference() -> None:
    found = read_doubt("± 5 K", "degC", None)
    assert found is not None
    assert (found.value, found.kind) == (pytest.approx(5.0), Kind.STANDARD)
    expanded = read_doubt("0.4", "GPa", 2.0)
    assert expanded is not None
    assert (expanded.kind, expanded.standard) == (Kind.EXPANDED, pytest.approx(0.2))
    assert read_doubt("", "GPa", None) is None
    with pytest.raises(CellFault, match="above 0"):
        read_doubt("0", "GPa", None)


def test_the_rest_of_a_composition() -> None:
    assert read_share("Bal.", "percent") == "balance"
    assert read_share("残部", "percent") == "balance"
    with pytest.raises(CellFault):
        read_share("-1", "percent")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-01-05", "2024-01-05"),
        ("2024/1/5", "2024-01-05"),
        ("２０２４年１月５日", "2024-01-05"),
        ("2024-01-05 00:00:00", "2024-01-05"),
        ("2024-01-05 10:30", "2024-01-05T10:30:00"),
        ("31/1/2024", "2024-01-31"),
        ("令和5年4月1日", "2023-04-01"),
        ("令和元年５月１日", "2019-05-01"),
        ("R5.4.1", "2023-04-01"),
        ("H31/4/30", "2019-04-30"),
        ("昭和64年1月7日", "1989-01-07"),
        ("", None),
    ],
)
def test_days(cell: str, day: str | None) -> None:
    assert read_day(cell) == day


def test_a_day_that_may_be_another_is_named() -> None:
    with pytest.raises(CellFault, match="exchanged"):
        read_day("1/2/2024")


def test_the_unit_of_a_cell() -> None:
    assert unit_of("900 ℃") == "degC"
    assert unit_of("1.2±0.1 GPa") == "GPa"
    assert unit_of("900") is None
    assert unit_of("A900") is None


_NUMBERS = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).filter(lambda n: n == 0 or abs(n) > 1e-12)


@given(_NUMBERS, st.sampled_from(["", "GPa", "degC", "mA*h/g", "percent"]), st.booleans(), st.booleans())
def test_what_is_written_is_what_is_read(number: float, unit: str, with_unit: bool, full_width: bool) -> None:
    text = f"{number!r} {unit}" if with_unit and unit else repr(number)
    if full_width:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.-+"})
    assert read_quantity(text, unit) == Measured(number, unit)


@given(_NUMBERS.filter(lambda n: "e" not in repr(n)))
def test_decimal_commas_are_read_as_points_are(number: float) -> None:
    assert read_quantity(repr(number).replace(".", ","), "s", decimal=",") == Measured(number, "s")


@given(st.text(max_size=40), st.sampled_from(["", "GPa", "degC"]), st.sampled_from([".", ",", "?"]))
def test_any_cell_is_a_finite_number_nothing_or_named(cell: str, unit: str, mark: str) -> None:
    try:
        found = read_quantity(cell, unit, decimal=mark)
    except CellFault as fault:
        told = fault
    else:
        assert found is None or (math.isfinite(found.value) and found.unit == unit)
        return
    assert told.found == cell
    assert told.expected
    assert told.mend
