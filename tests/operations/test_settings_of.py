"""From a file to a table and to trials: the numbers that were written are the numbers that come out."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.compute.fence import Fence
from kiban.learning.table import Table
from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.processes import record_process
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.samples import divide_sample, register_sample
from kiban.operations.table import table
from kiban.operations.templates import define_template
from kiban.planning.trials_of_table import trials_of
from kiban.quantity.measured import Measured
from kiban.readers.experiments.meaning import Mapping, Meaning, Role
from kiban.records.field import Field, FieldKind, Label
from kiban.records.matter.composition import Basis
from kiban.records.parties.right import Role as Standing
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform

ASKER = Asker(party="operator", roles={FIRST_PROJECT: Standing.OWNER})
MAPPING = Mapping(
    columns=(
        Meaning(header="no", role=Role.SAMPLE),
        Meaning(header="T", role=Role.PARAMETER, key="temperature", unit="degC"),
        Meaning(header="gas", role=Role.PARAMETER, key="gas", is_text=True),
        Meaning(header="a", role=Role.COMPONENT, key="PVDF", unit="percent", basis=Basis.MASS),
        Meaning(header="b", role=Role.COMPONENT, key="carbon black", unit="percent", basis=Basis.MASS),
        Meaning(header="score", role=Role.PROPERTY, key="own_score", unit="mA*h/g"),
        Meaning(header="±", role=Role.UNCERTAINTY, key="own_score"),
    )
)
_NUMBERS = st.floats(min_value=-1e9, max_value=1e9).filter(lambda n: n == 0 or abs(n) > 1e-9)
_ROWS = st.lists(
    st.tuples(
        _NUMBERS,
        st.sampled_from(["Ar", "N2", "真空"]),
        st.integers(0, 100),
        st.one_of(st.none(), _NUMBERS),
        st.one_of(st.none(), st.floats(min_value=1e-6, max_value=1e3)),
    ),
    min_size=1,
    max_size=6,
)


def _cells(drawn: Table) -> dict[str, dict[str, object]]:
    names = [column.name for column in drawn.columns]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in drawn.rows}


@settings(max_examples=40, deadline=None)
@given(rows=_ROWS)
def test_what_stands_in_the_file_stands_in_the_table(
    fence: Fence, rows: list[tuple[float, str, int, float | None, float | None]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["no", "T", "gas", "a", "b", "score", "±"])
    for i, (temperature, gas, share, score, doubt) in enumerate(rows):
        doubts = "" if score is None or doubt is None else repr(doubt)
        writer.writerow(
            [f"S{i}", repr(temperature), gas, share, 100 - share, "" if score is None else repr(score), doubts]
        )
    with tempfile.TemporaryDirectory() as folder:
        resources = memory_platform(ObjectFolder(Path(folder) / "objects"), fence)
        file = TableFile(content=text.getvalue().encode(), name="t.csv", mapping=MAPPING)
        assert len(keep_experiments(ASKER, resources, file).rows) == len(rows)
        drawn = table(ASKER, resources, 'kind = "sample"', settings=True)
    units = {column.name: column.unit for column in drawn.columns}
    assert units["process.t.temperature"] == "degC"
    found = _cells(drawn)
    for i, (temperature, gas, share, score, doubt) in enumerate(rows):
        row = found[f"S{i}"]
        assert (row["process.t.temperature"], row["process.t.gas"]) == (temperature, gas)
        assert str(row["process.t.temperature.evidence"]).startswith("kb:")
        assert row.get("nominal.mass.PVDF", 0.0) == share
        assert row.get("nominal.mass.carbon black", 0.0) == 100 - share
        if score is None:
            assert row.get("own_score") is None
        else:
            assert (row["own_score"], row["own_score.u"], units["own_score"]) == (score, doubt, "mA*h/g")
            assert str(row["own_score.evidence"]).startswith("kb:")
    if any(row[3] is not None for row in rows):
        taken = trials_of(drawn, {"T": "process.t.temperature", "gas": "process.t.gas"}, ["own_score"])
        assert len(taken.trials) == sum(row[3] is not None for row in rows)
        known = {(row[0], row[1], row[3]) for row in rows}
        for trial in taken.trials:
            at = trial.point["T"]
            assert isinstance(at, Measured)
            assert (at.value, trial.point["gas"], trial.outcomes["own_score"].value) in known


def test_parameters_come_from_all_steps_back_what_was_done_before_what_was_meant(
    asker: Asker, resources: Resources
) -> None:
    fields = (
        Field(key="temperature", kind=FieldKind.QUANTITY, unit="degC"),
        Field(key="hold", kind=FieldKind.QUANTITY, unit="h"),
        Field(key="steps", kind=FieldKind.QUANTITY, unit="K", many=True),
        Field(key="ok", kind=FieldKind.TRUTH),
    )
    label = Label(en="Anneal")
    define_template(
        asker, resources, Template(name="anneal", label=label, applies_to=RecordKind.PROCESS, fields=fields)
    )
    ore = register_sample(asker, resources, Sample(name="ore"))
    made = record_process(
        asker,
        resources,
        Process(name="run 1"),
        template="anneal",
        meant={"temperature": "900 degC", "hold": "2 h", "steps": ["1 K", "2 K"], "ok": True},
        done={"temperature": "905 degC"},
        inputs=[ore.pid],
        outputs=[Sample(name="pellet")],
    )
    divide_sample(asker, resources, made.outputs[0].pid, ["piece"])
    drawn = table(asker, resources, 'kind = "sample"', settings=True)
    rows = _cells(drawn)
    for name in ("pellet", "piece"):
        assert rows[name]["process.anneal.temperature"] == pytest.approx(905.0)
        assert rows[name]["process.anneal.hold"] == pytest.approx(2.0)
        assert rows[name]["process.anneal.ok"] == "true"
        assert rows[name]["process.anneal.hold.evidence"] == made.process.pid
    assert rows["ore"]["process.anneal.temperature"] is None
    assert not any("steps" in column.name for column in drawn.columns)
    plain = table(asker, resources, 'kind = "sample"')
    assert not any(column.name.startswith("process.") for column in plain.columns)
