"""Columns of dates and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.readers.tables.date_columns import looks_like, read_date, read_dates


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-01-31", datetime(2024, 1, 31)),
        ("2024/1/31 9:05", datetime(2024, 1, 31, 9, 5)),
        ("2024-01-31T12:00:05.5Z", datetime(2024, 1, 31, 12, 0, 5, 500000, tzinfo=UTC)),
        ("2022-08-06 12:46:36+02:00", datetime(2022, 8, 6, 12, 46, 36, tzinfo=timezone(timedelta(hours=2)))),
        ("31.01.2024 12:00:01", datetime(2024, 1, 31, 12, 0, 1)),
        ("1/31/2024 3:16:14 PM", datetime(2024, 1, 31, 15, 16, 14)),
        ("31/1/2024", datetime(2024, 1, 31)),
        ("20/May/2021 15:55", datetime(2021, 5, 20, 15, 55)),
        ("2024年1月5日 12:34:56", datetime(2024, 1, 5, 12, 34, 56)),
        ("2024年1月5日12時34分", datetime(2024, 1, 5, 12, 34)),
        ("1/2/2024", None),
        ("2024-02-30", None),
        ("12:00:00", None),
        ("yesterday", None),
    ],
)
def test_a_date(text: str, date: datetime | None) -> None:
    assert read_date(text) == date


def test_seconds_count_from_the_earliest_date() -> None:
    column = read_dates(["2024-01-01 00:01:00", "", "2024-01-01 00:00:00"])
    assert column is not None
    assert np.array_equal(column.seconds, [60.0, np.nan, 0.0], equal_nan=True)
    assert column.started_at == datetime(2024, 1, 1)


def test_the_whole_column_tells_day_from_month() -> None:
    column = read_dates(["1/2/2024", "13/2/2024"])
    assert column is not None
    assert column.started_at == datetime(2024, 2, 1)
    assert read_dates(["1/2/2024", "3/4/2024"]) is None
    assert read_dates(["13/2/2024", "2/13/2024"]) is None


def test_times_of_day_run_over_midnight() -> None:
    column = read_dates(["23:59:00", "00:01:00", "00:02:30"])
    assert column is not None
    assert column.seconds.tolist() == [0.0, 120.0, 210.0]
    assert column.started_at is None


def test_elapsed_hours_may_exceed_a_day() -> None:
    column = read_dates(["23:59:00", "25:00:00"])
    assert column is not None
    assert column.seconds.tolist() == [0.0, 3660.0]


@pytest.mark.parametrize("text", ["50:50", "1:2", "1.5", "2022-0505-0844", "10/11", "A:B", "192.168.0.1"])
def test_other_texts_do_not_look_like_dates(text: str) -> None:
    assert not looks_like(text)


@given(st.lists(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)), min_size=1, max_size=20))
def test_iso_dates_come_back(dates: list[datetime]) -> None:
    column = read_dates([date.isoformat(" ") for date in dates])
    assert column is not None
    assert column.started_at is not None
    first = min(dates)
    assert abs((column.started_at - first).total_seconds()) < 1e-5
    assert np.allclose(column.seconds, [(date - first).total_seconds() for date in dates], rtol=0, atol=2e-5)
