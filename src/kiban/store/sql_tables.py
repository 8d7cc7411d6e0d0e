"""The tables as they are today. The migrations make them; a test holds the two against each other.

Hot paths speak plain SQL through psycopg, because loading SQLAlchemy takes longer than most commands run.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

metadata = MetaData()


def _scope() -> Column[int]:
    """What row-level security tests. The foreign key makes sure that no row hides in a scope that is not listed."""
    return Column("scope", Integer, ForeignKey("scope.number"), nullable=False)


scope = Table(
    "scope",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("project", Uuid, nullable=False),
    Column("tier", Text, nullable=False),
    Column("agreement", Uuid),
    UniqueConstraint("project", "tier", "agreement", name="scope_once", postgresql_nulls_not_distinct=True),
)

blob = Table(
    "blob",
    metadata,
    Column("checksum", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("pid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("key", Text),
    Column("sample", Uuid),
    Column("technique", Text),
    Column("project", Uuid, nullable=False),
    Column("owner", Text, nullable=False),
    _scope(),
    Column("document", JSONB, nullable=False),
    Column("search", TSVECTOR, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    PrimaryKeyConstraint("id", "version"),
    Index("record_pid", "pid", unique=True, postgresql_where=text("version = 1")),
    Index("record_current", "id", unique=True, postgresql_where=text("current")),
    Index("record_kind", "kind", "id", postgresql_where=text("current AND NOT deleted")),
    Index("record_technique", "technique", "id", postgresql_where=text("current AND NOT deleted")),
    Index("record_sample", "sample", postgresql_where=text("current AND NOT deleted")),
    # A withdrawn record gives its key free: depositing the file again makes a new one.
    Index(
        "record_key",
        "project",
        "kind",
        "key",
        unique=True,
        postgresql_where=text("current AND NOT deleted AND key IS NOT NULL"),
    ),
    Index("record_search", "search", postgresql_using="gin", postgresql_where=text("current AND NOT deleted")),
)

link = Table(
    "link",
    metadata,
    Column("subject", Uuid, nullable=False),
    Column("predicate", Text, nullable=False),
    Column("object", Uuid, nullable=False),
    _scope(),
    PrimaryKeyConstraint("subject", "predicate", "object"),
    Index("link_object", "object"),
)

property_ = Table(
    "property",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("term", Text, nullable=False),
    Column("value", Float, nullable=False),
    Column("unit", Text, nullable=False),
    Column("value_si", Float),  # none where the unit is not known to us
    Column("uncertainty_si", Float),  # standard, in the same unit
    Column("uncertainty", JSONB),
    Column("condition", JSONB, nullable=False),
    Column("method", Text, nullable=False),
    Column("subject", Uuid),
    Column("evidence", Uuid, nullable=False),
    _scope(),
    Index("property_term", "term", "value_si"),
    Index("property_evidence", "evidence"),
    Index("property_subject", "subject"),
)

composition = Table(
    "composition",
    metadata,
    Column("sample", Uuid, nullable=False),
    Column("element", Text, nullable=False),
    Column("fraction", Float, nullable=False),
    _scope(),
    PrimaryKeyConstraint("sample", "element"),
    Index("composition_element", "element", "fraction"),
)

file = Table(
    "file",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("path", Text, nullable=False),
    Column("checksum", Text, ForeignKey("blob.checksum"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reader", Text),
    Column("reader_version", Integer),
    Column("reason", Text, nullable=False),
    Column("project", Uuid, nullable=False),
    _scope(),
    Column("archive", Uuid),
    Column("deposited_at", DateTime(timezone=True), nullable=False),
    Column("deposited_by", Text, nullable=False),
    # A path can be longer than an index takes, so its digest stands for it.
    Index("file_once", "project", "checksum", text("md5(path)"), unique=True),
    Index("file_status", "status", "id"),
    Index("file_checksum", "checksum"),
)

file_record = Table(
    "file_record",
    metadata,
    Column("file", Uuid, nullable=False),
    Column("record", Uuid, nullable=False),
    _scope(),
    PrimaryKeyConstraint("file", "record"),
    Index("file_record_record", "record"),
)

event = Table(
    "event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Uuid),
    _scope(),
    Column("details", JSONB, nullable=False),
    Index("event_subject", "subject", "id"),
)
