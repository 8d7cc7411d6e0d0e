"""Data sets for the tests of their exports: one with everything, one with as little as can be."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.dataset import Dataset, DatasetState, Member
from kiban.records.document import to_json
from kiban.records.field import Label
from kiban.records.identity import new_pid, new_uuid
from kiban.records.measurement import Measurement
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.records.related import Related, RelatedKind, Relation
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.rights import Contributor, Funding, Rights, RightsHolder
from kiban.records.sample import Sample
from kiban.standards.dataset_contract import DatasetExportable, Held, HeldFile, OtherVersion

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
PROJECT = UUID("0190a2d0-0000-7000-8000-000000000001")
ADDRESS = "https://kiban.example.org/"
RIGHTS = Rights(
    licence="CC-BY-4.0",
    rights_holder=RightsHolder(name="Example University", ror="057zh3y96"),
    contributors=(
        Contributor(
            name="Sato Hanako",
            orcid="0000-0002-1825-0097",
            affiliation="Example University",
            ror="057zh3y96",
            roles=(CreditRole.INVESTIGATION, CreditRole.DATA_CURATION, CreditRole.SOFTWARE),
        ),
        Contributor(name="阿部 太郎 <Abe & Co>"),
    ),
    funding=(
        Funding(funder="JSPS", funder_id="10.13039/501100001691", award_number="JP00H00000", award_title="膜の研究"),
        Funding(funder="Example Fund", funder_id="057zh3y96"),
        Funding(funder="A fund without identifier"),
    ),
)


def _record(kind: RecordKind, title: str, document: object) -> Record:
    return Record(
        id=new_uuid(),
        pid=new_pid(),
        kind=kind,
        title=title,
        project=PROJECT,
        owner="operator",
        scope=0,
        document=to_json(document),
        created_at=AT,
        created_by="operator",
    )


def small() -> DatasetExportable:
    """One sample, the least that can be cited, and no DOI."""
    sample = _record(RecordKind.SAMPLE, "film", Sample(name="film"))
    dataset = Dataset(
        title=Label(ja="膜"),
        members=(Member(id=sample.pid, version=1, uuid=sample.id),),
        publisher="Example Institute",
        rights=Rights(licence="LicenseRef-Ours", contributors=(Contributor(name="Sato"),)),
    )
    return DatasetExportable(
        record=_record(RecordKind.DATASET, "膜", dataset),
        dataset=dataset,
        members=(Held(record=sample),),
        rights=dataset.rights,
        address=ADDRESS,
    )


def full() -> DatasetExportable:
    """A sample, a measurement with its raw and normalised file and a value, both languages, related works, versions."""
    raw, normalised = b"# theta, counts\n1, 2\n", b"\x89HDF\r\n\x1a\n made up"
    sample = _record(RecordKind.SAMPLE, "film & <1>", Sample(name="film & <1>", formula="TiO2"))
    measurement = _record(
        RecordKind.MEASUREMENT,
        "scan",
        Measurement(
            technique="xrd",
            title="scan",
            file_checksum=hashlib.sha256(raw).hexdigest(),
            file_name="scan 1.txt",
            reading_index=0,
            reader="delimited_text",
            reader_version=1,
            why="",
            normalised=hashlib.sha256(normalised).hexdigest(),
        ),
    )
    files = (_file("raw/scan 1.txt", raw, "text/plain"), _file("normalised.nxs", normalised, "application/x-hdf5"))
    uncertainty = Uncertainty(value=0.002, origin=Origin.FILE)
    spacing = Property(
        term="d_spacing",
        value=Measured(3.52, "angstrom", uncertainty),
        condition={"peak": 1, "hkl": "=1+1"},
        method="powder_xrd/1",
    )
    members = (Held(record=sample, rights=RIGHTS), Held(record=measurement, files=files, rights=RIGHTS))
    dataset = Dataset(
        title=Label(en="Titania films & their <patterns>", ja="酸化チタン膜とその回折"),
        description=Label(en='Annealed in air.\n"Quoted" & <b>marked</b>.', ja="大気中で焼成した。"),
        members=tuple(Member(id=m.record.pid, version=1, uuid=m.record.id) for m in members),
        question='technique = "xrd"',
        keywords=("oxide", "薄膜", "a & b"),
        publisher="Example Institute",
        publisher_ror="057zh3y96",
        published_on="2026-11-27",
        published_at="2026-11-27T09:00:00+00:00",
        related=(
            *(Related(identifier="10.1000/XYZ", relation=relation) for relation in Relation),
            Related(identifier="https://example.org/a?b=1&c=2", kind=RelatedKind.URL, relation=Relation.REFERENCES),
            Related(identifier="IEXAMPLE1", kind=RelatedKind.IGSN, relation=Relation.IS_DERIVED_FROM),
        ),
        doi="10.5072/films-1",
        rights=RIGHTS,
        techniques=("xrd",),
        number=2,
        state=DatasetState.FROZEN,
        frozen_at="2026-11-26T09:00:00+00:00",
        frozen_by="operator",
    )
    return DatasetExportable(
        record=_record(RecordKind.DATASET, dataset.name, dataset),
        dataset=dataset,
        members=members,
        rights=RIGHTS,
        facts=(Fact(id=new_uuid(), property=spacing, subject=sample.id, evidence=measurement.id, scope=0),),
        before=OtherVersion(pid=new_pid(), doi="10.5072/films-0", number=1),
        after=OtherVersion(pid=new_pid(), doi="", number=3),
        address=ADDRESS,
    )


def withdrawn() -> DatasetExportable:
    """The full one, withdrawn."""
    given = full()
    gone = replace(
        given.dataset,
        state=DatasetState.WITHDRAWN,
        withdrawn_at="2026-12-01T00:00:00+00:00",
        reason="The furnace was miscalibrated & <hot>.",
    )
    return replace(given, dataset=gone)


def _file(path: str, content: bytes, media_type: str) -> HeldFile:
    return HeldFile(
        path=path,
        checksum=hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type=media_type,
        open=partial(io.BytesIO, content),
        is_raw=path.startswith("raw/"),
    )
