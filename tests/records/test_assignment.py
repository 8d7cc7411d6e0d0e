"""Values of a form given one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue
from kiban.records.assignment import assigned, assignment_of
from kiban.records.filled import Problem


def put(values: dict[str, Any], *texts: str) -> dict[str, Any]:
    return assigned(values, [assignment_of(text) for text in texts])


def test_values_are_put_into_groups_and_rows() -> None:
    assert put(
        {"gas": "Ar"},
        "temperature=900degC",
        "furnace.zone.setting = 5 = five",
        "steps[1].hold=2h",
        "steps[2].hold=3h",
        "steps[1].ramp=5 K/min",
        "tags[1]=a",
        "gas=",
    ) == {
        "gas": None,
        "temperature": "900degC",
        "furnace": {"zone": {"setting": "5 = five"}},
        "steps": [{"hold": "2h", "ramp": "5 K/min"}, {"hold": "3h"}],
        "tags": ["a"],
    }


def test_what_was_given_stays_as_it_is() -> None:
    before = {"steps": [{"hold": "2h"}]}
    assert put(before, "steps[1].hold=9h", "steps[2].hold=1h") == {"steps": [{"hold": "9h"}, {"hold": "1h"}]}
    assert before == {"steps": [{"hold": "2h"}]}


def test_the_last_word_counts() -> None:
    assert put({}, "a=1", "a=2") == {"a": "2"}


@pytest.mark.parametrize(
    "text", ["", "temperature", "=5", ".a=5", "a.=5", "a[=5", "a[x]=5", "a[-1]=5", "[1]=5", "a b=5", "a[0]=5"]
)
def test_what_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        assignment_of(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("steps[3].hold=1h", "there is 1 row, so the next is [2]"),
        ("gas.kind=Ar", "has no fields such as kind"),
        ("gas[1]=Ar", "is not a list"),
        ("steps.hold=1h", "has no fields such as hold"),
        ("new[2]=1", "there are 0 rows, so the next is [1]"),
    ],
)
def test_a_place_that_leads_nowhere_is_named(text: str, fault: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        put({"gas": "Ar", "steps": [{"hold": "2h"}]}, text)
    assert fault in refused.value.fault
    assert refused.value.fault.startswith(text.partition("=")[0])


PATHS = st.tuples(
    st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True),
    st.lists(st.one_of(st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True), st.integers(0, 99)), max_size=4),
).map(lambda parts: (parts[0], *parts[1]))


@given(path=PATHS, text=st.text().map(str.strip))
def test_a_place_is_written_as_a_problem_names_it(path: tuple[str | int, ...], text: str) -> None:
    place = Problem(path=path, fault="", mend="").place
    read = assignment_of(f"{place}={text}")
    assert (read.path, read.text, read.place) == (path, text, place)
