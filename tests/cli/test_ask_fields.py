"""Values asked for on the terminal, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.cli.ask_fields import ask
from kiban.records.field import Field, FieldKind, Label, Need, Option
from kiban.records.filled import fill
from kiban.records.record import RecordKind
from kiban.records.template import Template
from kiban.testing.template_strategies import templates

STEPS = Field(
    key="steps",
    kind=FieldKind.TABLE,
    fields=(
        Field(key="temperature", kind=FieldKind.QUANTITY, unit="degC", need=Need.REQUIRED),
        Field(key="gas", kind=FieldKind.TEXT, default="air"),
    ),
)
TEMPLATE = Template(
    name="anneal",
    label=Label(en="Anneal", ja="焼鈍"),
    applies_to=RecordKind.PROCESS,
    fields=(
        Field(
            key="peak", kind=FieldKind.QUANTITY, unit="degC", maximum=1200, need=Need.REQUIRED,
            label=Label(en="Peak temperature", ja="最高温度"),
        ),
        Field(
            key="mode", kind=FieldKind.CHOICE, options=(Option(key="slow", label=Label(ja="遅い")), Option(key="fast"))
        ),
        STEPS,
        Field(key="marks", kind=FieldKind.TEXT, many=True),
        Field(
            key="furnace", kind=FieldKind.GROUP, fields=(Field(key="maker", kind=FieldKind.TEXT, need=Need.REQUIRED),)
        ),
    ),
)  # fmt: skip


class Terminal:
    """Types lines, and keeps what was shown."""

    def __init__(self, *lines: str) -> None:
        self._lines: Iterator[str] = iter(lines)
        self.shown: list[str] = []

    def read(self, prompt: str) -> str:
        self.shown.append(prompt)
        try:
            return next(self._lines)
        except StopIteration:
            raise EOFError from None

    def ask(self, template: Template, language: str = "en") -> dict[str, Any]:
        return ask(template, language, read=self.read, say=self.shown.append)


def test_every_field_is_asked_for_and_what_is_wrong_again() -> None:
    terminal = Terminal(
        "", "2000", "900(5)", "slowly", "遅い",
        "300 degC", "", "873.15 K", "N2", "",
        "a", "b", "",
        "y", "Nabertherm",
    )  # fmt: skip
    values = terminal.ask(TEMPLATE)
    assert values["peak"]["value"] == 900
    assert values["peak"]["uncertainty"]["value"] == 5
    assert values["mode"] == "slow"
    assert [(row["temperature"]["value"], row["gas"]) for row in values["steps"]] == [(300, "air"), (873.15, "N2")]
    assert values["marks"] == ["a", "b"]
    assert values["furnace"] == {"maker": "Nabertherm"}
    shown = "\n".join(terminal.shown)
    for said in ("It must be filled in", "2000 degC is too high", "'slowly' is not among the answers", "[air]"):
        assert said in shown, said


def test_it_speaks_japanese() -> None:
    terminal = Terminal("900", "", "", "", "n")
    assert terminal.ask(TEMPLATE, "ja") == {"peak": {"value": 900.0, "unit": "degC"}}
    assert terminal.shown[0] == "最高温度 (degC, 必須): "


def test_the_end_of_the_input_is_no_answer() -> None:
    with pytest.raises(EOFError):
        Terminal("900").ask(TEMPLATE)


@given(
    template=templates(), lines=st.lists(st.sampled_from(["", "1", "y", "x", "true", "2026-01-01", "a"]), max_size=80)
)
def test_what_is_asked_for_is_sound(template: Template, lines: list[str]) -> None:
    try:
        values = Terminal(*lines).ask(template)
    except EOFError:
        return
    filled = fill(template.fields, values)
    # A group or table that is needed and was left empty is told by the deed; every value that was taken is sound.
    assert {problem.fault for problem in filled.problems} <= {"Nothing stands here."}
