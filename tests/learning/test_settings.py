"""What was set, beside what was found out."""

from __future__ import annotations

import pytest

from kiban.errors import InvalidValue
from kiban.learning.settings import Setting, numbers_of, weights, with_settings
from kiban.learning.table import Column, Table
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty

TABLE = Table(
    (Column("sample"), Column("id"), Column("formula"), *(Column(n, "GPa", is_number=True) for n in ("h", "h.u"))),
    (("A", "kb:A", None, 12.0, 0.5), ("B", "kb:B", None, 13.0, None), ("C", "kb:C", None, None, None)),
)  # fmt: skip


def _setting(name: str, value: Measured | str, **said: str) -> Setting:
    return Setting(name=name, value=value, rests_on="kb:P", **said)


def test_three_columns_for_each_setting_in_one_unit() -> None:
    doubt = Uncertainty(value=4.0, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.FILE)
    drawn = with_settings(
        TABLE,
        {
            "kb:A": [_setting("process.x.t", Measured(900.0, "degC", doubt)), _setting("process.x.t", Measured(1.0))],
            "kb:B": [_setting("process.x.t", Measured(1273.15, "K"))],
            "kb:Z": [_setting("process.x.t", Measured(1.0, "degC"))],
        },
    )
    assert [(c.name, c.unit) for c in drawn.columns[3:6]] == [
        ("process.x.t", "degC"),
        ("process.x.t.u", "degC"),
        ("process.x.t.evidence", ""),
    ]
    assert drawn.rows[0] == ("A", "kb:A", None, 900.0, 2.0, "kb:P", 12.0, 0.5)
    assert drawn.rows[1][3] == pytest.approx(1000.0)
    assert drawn.rows[2] == ("C", "kb:C", None, None, None, None, None, None)


def test_what_cannot_be_compared_has_no_number_and_tells_where_it_stands() -> None:
    settings = {"kb:A": [_setting("x", Measured(1.0, "s"), unit="K")], "kb:B": [_setting("x", Measured(2.0, "K"))]}
    drawn = with_settings(TABLE, settings)
    assert [row[3:6] for row in drawn.rows[:2]] == [(None, None, "kb:P"), (2.0, None, "kb:P")]


def test_words_make_a_column_of_words() -> None:
    drawn = with_settings(TABLE, {"kb:A": [_setting("gas", "Ar")], "kb:B": [_setting("gas", Measured(2.0, "%"))]})
    assert not drawn.columns[3].is_number
    assert [row[3] for row in drawn.rows] == ["Ar", "2 %", None]


def test_weights_are_one_over_the_variance() -> None:
    assert weights(TABLE, "h") == (4.0, None, None)
    assert numbers_of(TABLE, "h") == (12.0, 13.0, None)
    with pytest.raises(InvalidValue, match="no column"):
        weights(TABLE, "k")
    with pytest.raises(InvalidValue, match="holds no numbers"):
        numbers_of(TABLE, "sample")
