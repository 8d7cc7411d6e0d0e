"""Bulk export: everything that answers, as a stream, in three forms, inside what one may take along."""

from __future__ import annotations

import io
import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kiban.access.asker_of import anonymous
from kiban.demo.study_patterns import files
from kiban.errors import MissingExtra
from kiban.operations import stream_records as stream_of_records
from kiban.operations.find import find
from kiban.operations.stream_facts import stream_facts
from kiban.operations.stream_records import FIELDS, stream_records
from kiban.platform import local_asker
from kiban.records.record import Record, RecordKind
from kiban.standards.row_stream import MEDIA_TYPES, Field, Kind, write
from kiban.store.catalog import Page

from .conftest import Program


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_lines_have_every_record_and_say_where_they_end(program: Program) -> None:
    answer = program.get("/api/v1/records/stream", params={"q": 'kind = "measurement"'})
    assert answer.headers["content-type"] == "application/x-ndjson"
    *rows, end = _lines(answer.text)
    hits = program.get("/api/v1/records", params={"q": 'kind = "measurement"'}).json()["hits"]
    assert [row["id"] for row in rows] == [hit["id"] for hit in hits]
    assert end == {"end": True, "rows": len(hits)}
    one = next(row for row in rows if row["sample"] == "S-1")
    shown = program.get(f"/api/v1/records/{one['id']}").json()
    assert (one["document"], one["tier"], one["version"]) == (shown["document"], "closed", 1)


def test_arrow_and_parquet_have_the_same_rows(program: Program) -> None:
    *rows, _ = _lines(program.get("/api/v1/records/stream").text)
    arrow = program.get("/api/v1/records/stream", params={"format": "arrow"})
    parquet = program.get("/api/v1/records/stream", params={"format": "parquet"})
    assert arrow.headers["content-type"] == MEDIA_TYPES["arrow"]
    found = pa.ipc.open_stream(arrow.content).read_all().to_pylist()
    assert [{**row, "document": json.loads(row["document"])} for row in found] == rows
    assert pq.read_table(io.BytesIO(parquet.content)).to_pylist() == found
    assert arrow.headers["content-disposition"].startswith('attachment; filename="records.arrows"')


def test_what_one_may_not_see_is_not_among_them(program: Program) -> None:
    nobody = Program(program.resources, by_credentials=True)
    *rows, end = _lines(nobody.get("/api/v1/records/stream").text)
    assert {row["tier"] for row in rows} == {"open"}
    assert end["rows"] == 1
    everything = nobody.get("/api/v1/records/stream").text + nobody.get("/api/v1/facts/stream").text
    assert "S-1" not in everything
    assert nobody.get("/api/v1/records/stream").headers["kiban-left-out"] == "0"


def test_a_question_that_cannot_be_understood_is_told_before_anything_is_streamed(program: Program) -> None:
    answer = program.get("/api/v1/records/stream", params={"q": 'technique = "xrdd"'})
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidQuestion")


def test_head_gives_the_headers_alone(program: Program) -> None:
    answer = program.ask("HEAD", "/api/v1/records/stream")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/x-ndjson"


def test_without_pyarrow_the_extra_is_named(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for address in ("records/stream", "facts/stream", "tables"):
        for form in ("arrow", "parquet"):
            answer = program.get(f"/api/v1/{address}", params={"format": form})
            assert (answer.status_code, answer.json()["error"]) == (406, "MissingExtra")
            assert "kiban[parquet]" in answer.json()["mend"]
    with pytest.raises(MissingExtra):
        write(FIELDS, (), "parquet")
    assert program.get("/api/v1/records/stream").status_code == 200


def test_it_is_in_the_audit_log_before_the_first_row(program: Program) -> None:
    streamed = stream_records(local_asker(program.resources), program.resources, "sweep")
    *_, (_, line) = program.resources.audit.read()
    assert (line.act, line.details["question"]) == ("exported", "sweep")
    assert sum(len(part) for part in streamed.parts) == line.details["n"] > 0


class _Endless:
    """A catalog whose answer to any question is long, and made as it is asked for."""

    def __init__(self, catalog: Any, n: int) -> None:
        self._catalog, self._n = catalog, n
        page = catalog.find(_everything(), _all_of(catalog), limit=500)
        self._pattern = next(r for r in page.records if r.kind is RecordKind.MEASUREMENT)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalog, name)

    def find(self, question: Any, visible: Any, *, limit: int, after: str | None = None) -> Page:
        begin = int(after or 0)
        end = min(begin + limit, self._n)
        rows: list[Record] = [replace(self._pattern, title=f"row {i}") for i in range(begin, end)]
        return Page(tuple(rows), str(end) if end < self._n else None)


def _everything() -> Any:
    from kiban.query.question import EVERYTHING

    return EVERYTHING


def _all_of(catalog: Any) -> Any:
    from kiban.records.scope import Visible

    return Visible.of(catalog.scopes())


def _peak(program: Program, form: str, n: int) -> tuple[int, int]:
    resources = replace(program.resources, catalog=_Endless(program.resources.catalog, n))  # type: ignore[arg-type]
    streamed = stream_records(local_asker(program.resources), resources, "")
    n_bytes = 0
    tracemalloc.start()
    for piece in write(streamed.fields, streamed.parts, form):
        n_bytes += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak, n_bytes


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_ten_times_the_rows_take_no_more_memory(program: Program, form: str) -> None:
    # Parquet collects a group of rows before it is written: the smaller run is larger than one.
    _peak(program, form, 100)  # what is loaded once
    few, _ = _peak(program, form, 3_000)
    many, n_bytes = _peak(program, form, 30_000)
    assert many < 1.5 * few + (1 << 20), f"{few} bytes for 3,000 rows, {many} for 30,000"
    assert n_bytes > 0


def test_units_of_fields_are_in_the_schema_and_empty_answers_are_whole() -> None:
    fields = (Field("name"), Field("mass", Kind.NUMBER, unit="mg"))
    found = pa.ipc.open_stream(b"".join(write(fields, [[("a", 1.5)], []], "arrow"))).read_all()
    assert found.schema.field("mass").metadata == {b"unit": b"mg"}
    for form in ("arrow", "parquet"):
        content = b"".join(write(fields, [], form))
        read = pa.ipc.open_stream(content).read_all() if form == "arrow" else pq.read_table(io.BytesIO(content))
        assert (read.num_rows, read.column_names) == (0, ["name", "mass"])
    assert b"".join(write(fields, [], "jsonl")) == b'{"end":true,"rows":0}\n'


def test_each_value_comes_once_however_its_sample_and_measurement_answer(empty: Program) -> None:
    patterns = files(datetime(2026, 4, 1, 9, tzinfo=UTC))
    for (name, content), sample in zip(patterns, ("A", "B"), strict=False):
        assert empty.deposit(name, content, sample=sample)["status"] == "structured"
    rows = [row for part in _facts(empty, "") for row in part]
    ids = [row[0] for row in rows]
    assert len(ids) == len(set(ids)) > 0
    of_samples = {row[0] for part in _facts(empty, 'kind = "sample"') for row in part}
    of_measurements = {row[0] for part in _facts(empty, 'kind = "measurement"') for row in part}
    assert of_samples == of_measurements == set(ids)
    # A sample and the measurement of another one: what rests on each comes.
    mixed = {row[0] for part in _facts(empty, 'sample = "A" AND kind = "sample" OR sample = "B"') for row in part}
    assert mixed == set(ids)
    table = empty.get("/api/v1/tables", params={"all_values": "true", "format": "json"}).json()
    assert len(table["rows"]) == len(ids)
    *lines, _ = _lines(empty.get("/api/v1/facts/stream", params={"q": "a_axis IS KNOWN OR d_spacing IS KNOWN"}).text)
    one = next(line for line in lines if line["term"] == "d_spacing")
    assert one["unit"] in {"angstrom", "nm"}
    assert one["si_unit"] == "m"
    assert 0.5e-10 < one["si_value"] < 5e-10
    assert one["standard_uncertainty"] > 0


def _facts(program: Program, question: str) -> Any:
    return stream_facts(local_asker(program.resources), program.resources, question).parts


def test_the_stream_is_what_find_finds(program: Program) -> None:
    asker = local_asker(program.resources)
    for question in ("", 'tier = "open"', 'kind = "sample" OR technique = "table"', "NOT sweep"):
        streamed = [row[0] for part in stream_records(asker, program.resources, question).parts for row in part]
        assert streamed == [hit.id for hit in find(asker, program.resources, question, limit=500).hits]


def test_what_is_closed_amid_a_stream_is_not_in_the_rest_of_it(empty: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_of_records, "PART", 1)
    for i in range(3):
        empty.ask("POST", "/api/v1/samples", json={"name": f"S-{i}", "tier": "open"})
    nobody = anonymous(empty.resources.directory.load(), datetime.now(UTC))
    parts = stream_records(nobody, empty.resources, 'kind = "sample"').parts
    assert next(parts)[0][3] == "S-2"
    last = find(nobody, empty.resources, "S-0").hits[0].id
    seen = empty.ask("POST", "/api/v1/tiers", json={"id": last, "tier": "closed"}).json()
    made = empty.ask("POST", "/api/v1/tiers", json={"id": last, "tier": "closed", "mark": seen["mark"]})
    assert made.status_code == 200
    # And what is opened meanwhile was not asked for: the audit log has what was allowed at the beginning.
    assert [row[3] for part in parts for row in part] == ["S-1"]
