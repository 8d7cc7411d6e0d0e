"""The tables as they are now, for whoever reads or changes them.

`migrations` makes them; a test compares the two. Queries are written in SQL (`sql_query`, `sql_catalog`, `sql_writing`)
and do not import this module: loading SQLAlchemy takes a command 0.3 s of CPU, and building a statement with it longer
than PostgreSQL takes to answer it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIT, BYTEA, JSON, JSONB, TSVECTOR, UUID

METADATA = MetaData()


def _required(name: str, kind: Any, *, primary: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=False, primary_key=primary)


def _scope() -> Column[Any]:
    """What decides who may see the row; row-level security tests it."""
    return Column("scope", Integer, ForeignKey("scope.number"), nullable=False)


_CHECKSUM = Text(collation="C")
_TIME = DateTime(timezone=True)
_IS_CURRENT = text("is_current")
_IS_LIVE = text("is_current AND NOT is_deleted")

SCOPE = Table(
    "scope",
    METADATA,
    Column("number", Integer, CheckConstraint("number BETWEEN 0 AND 65535"), primary_key=True, autoincrement=False),
    _required("project", UUID),
    _required("tier", Text),
    Column("agreement", UUID),
    Column("follows", Boolean, nullable=False, server_default=text("false")),
    Column("closed_until", _TIME),
    Column("invitation", UUID),
    Column("export_class", Text, nullable=False, server_default=text("'unjudged'")),
    Column("export_item", Text),
    Index(
        "scope_own",
        *("project", "tier", "agreement", "closed_until", "invitation", "export_class", "export_item"),
        unique=True,
        postgresql_where=text("NOT follows"),
        postgresql_nulls_not_distinct=True,
    ),
    Index(
        "scope_following",
        *("project", "closed_until", "invitation", "export_class", "export_item"),
        unique=True,
        postgresql_where=text("follows"),
        postgresql_nulls_not_distinct=True,
    ),
)

DIRECTORY = Table(
    "directory",
    METADATA,
    Column("change", BigInteger, Identity(always=True), primary_key=True),
    _required("kind", Text),
    _required("id", UUID),
    _required("is_current", Boolean),
    # An entry of `kiban.records.parties`.
    _required("document", JSON),
    _required("changed_at", _TIME),
    _required("changed_by", Text),
    Index("directory_current", "kind", "id", unique=True, postgresql_where=_IS_CURRENT),
)

BLOB = Table("blob", METADATA, _required("checksum", _CHECKSUM, primary=True), _required("size", BigInteger))

RECORD = Table(
    "record",
    METADATA,
    _required("id", UUID, primary=True),
    _required("version", Integer, primary=True),
    _required("is_current", Boolean),
    _required("is_deleted", Boolean),
    _required("pid", Text),
    _required("kind", Text),
    _required("title", Text),
    Column("key", Text),
    # Keys may be longer than an index takes; 128 bits of their SHA-256 stand for them.
    Column("key_hash", UUID),
    Column("sample", UUID),
    _required("project", UUID),
    _required("owner", Text),
    _scope(),
    # Of the document, what is counted and compared most.
    Column("technique", Text),
    Column("sample_name", Text),
    Column("started", _TIME),
    # `json` and not `jsonb`: the text as it was written, see kiban.store.json_text.
    _required("document", JSON),
    # Folded texts and SI numbers by path, see kiban.query.answers.
    _required("answers", JSONB),
    # See kiban.query.words and kiban.store.sql_words.
    _required("words", TSVECTOR),
    _required("created_at", _TIME),
    _required("created_by", Text),
    # When this version came into its scope: written, or moved there.
    Column("arrived_at", _TIME, nullable=False, server_default=text("clock_timestamp()")),
    # What titles are sorted by, see kiban.query.sorting.
    Column("title_key", Text(collation="C"), Computed("left(answers -> 'title' ->> 0, 200)", persisted=True)),
    Index("record_arrived", "arrived_at", "id", postgresql_where=_IS_CURRENT),
    Index("record_current", "id", unique=True, postgresql_where=_IS_CURRENT),
    Index("record_pid", "pid", unique=True, postgresql_where=_IS_CURRENT),
    Index(
        "record_key",
        *("project", "kind", "key_hash"),
        postgresql_where=_IS_LIVE,
    ),
    Index("record_scope", "scope", "id", postgresql_where=_IS_CURRENT),
    Index("record_counted", "scope", "kind", "technique", postgresql_where=_IS_LIVE),
    Index("record_technique", "technique", "id", postgresql_include=["scope"], postgresql_where=_IS_LIVE),
    Index("record_kind", "kind", "id", postgresql_include=["scope"], postgresql_where=_IS_LIVE),
    Index("record_newest", "id", postgresql_include=["scope", "sample"], postgresql_where=_IS_LIVE),
    Index("record_sample", "sample", postgresql_where=_IS_CURRENT),
    Index("record_of_sample", "id", postgresql_where=text("is_current AND kind = 'sample'")),
    Index("record_of_process", "id", postgresql_where=text("is_current AND kind = 'process'")),
    Index(
        "record_started",
        "started",
        postgresql_include=["id", "scope"],
        postgresql_where=_IS_LIVE,
    ),
    Index("record_title", "title_key", text("id DESC"), postgresql_include=["scope"], postgresql_where=_IS_LIVE),
    Index("record_created", "created_at", "id", postgresql_include=["scope"], postgresql_where=_IS_LIVE),
    Index(
        "record_answers",
        "answers",
        postgresql_using="gin",
        postgresql_ops={"answers": "jsonb_path_ops"},
        postgresql_where=_IS_CURRENT,
    ),
    Index("record_words", "words", postgresql_using="gin", postgresql_where=_IS_CURRENT),
)

DERIVATION = Table(
    "derivation",
    METADATA,
    # One row.
    Column("is_one", Boolean, CheckConstraint("is_one"), primary_key=True, server_default=text("true")),
    # The rules that `answers` and `words` of all records follow, see kiban.query.derived.
    _required("version", Integer),
    # Those that the records up to that one follow already.
    _required("target", Integer),
    Column("upto", UUID),
)

PROJECT_RIGHTS = Table(
    "project_rights",
    METADATA,
    # The project's record, and the project whose records have these rights where they state none.
    _required("record", UUID, primary=True),
    _required("project", UUID),
    _required("rights", JSON),
    Index("project_rights_project", "project"),
)

LINK = Table(
    "link",
    METADATA,
    _required("subject", UUID, primary=True),
    _required("predicate", Text, primary=True),
    _required("object", UUID, primary=True),
    _scope(),
    Index("link_object", "object"),
)

PROPERTY = Table(
    "property",
    METADATA,
    _required("id", UUID, primary=True),
    _required("term", Text),
    # As given.
    _required("value", Double),
    _required("unit", Text),
    Column("uncertainty", JSON),
    # In the coherent SI unit; null where the unit is not known to us. The uncertainty is the standard one.
    Column("value_si", Double),
    Column("unit_si", Text),
    Column("uncertainty_si", Double),
    _required("condition", JSON),
    _required("method", Text),
    Column("subject", UUID),
    _required("evidence", UUID),
    # False while the measurement it rests on is deleted, and for good once it is retired.
    _required("is_standing", Boolean),
    _scope(),
    # A later version of the measurement has put others in its place.
    Column("is_retired", Boolean, nullable=False, server_default=text("false")),
    Index(
        "property_term",
        *("term", "unit_si", "value_si"),
        postgresql_include=["evidence", "subject", "scope"],
        postgresql_where=text("is_standing"),
    ),
    *(
        Index(
            f"property_newest{of}",
            *("term", column),
            postgresql_include=["unit_si", "value_si", "scope"],
            postgresql_where=text("is_standing"),
        )
        for of, column in (("", "evidence"), ("_subject", "subject"))
    ),
    Index("property_evidence", "evidence"),
    Index("property_subject", "subject"),
)

COMPOSITION = Table(
    "composition",
    METADATA,
    _required("sample", UUID, primary=True),
    _required("element", Text, primary=True),
    _required("fraction", Double),
    _scope(),
    # Null where the atomic weight of one of the sample's elements is not known.
    Column("mass_fraction", Double),
    Index("composition_element", "element", "sample", postgresql_include=["fraction", "mass_fraction", "scope"]),
    *(
        Index(f"composition_{number}", "element", number, postgresql_include=["sample", "scope"])
        for number in ("fraction", "mass_fraction")
    ),
)

ENTRY = Table(
    "entry",
    METADATA,
    _required("record", UUID),
    # See kiban.store.sql_entries.
    _required("name", UUID),
    _required("value_si", Double),
    _scope(),
    Index("entry_record", "record"),
    Index("entry_value", "name", "value_si", postgresql_include=["record", "scope"]),
)

FILE = Table(
    "file",
    METADATA,
    _required("id", UUID, primary=True),
    _required("path", Text),
    _required("checksum", _CHECKSUM),
    # Path and checksum together, as 128 bits of their SHA-256.
    _required("place", UUID),
    _required("size", BigInteger),
    _required("media_type", Text),
    _required("status", Text),
    Column("reader", Text),
    Column("reader_version", Integer),
    _required("reason", Text),
    _required("project", UUID),
    _scope(),
    Column("archive", UUID),
    _required("deposited_at", _TIME),
    _required("deposited_by", Text),
    Index("file_place", "project", "place"),
    Index("file_checksum", "checksum"),
    Index("file_status", "status", "id"),
)

FILE_RECORD = Table(
    "file_record",
    METADATA,
    _required("file", UUID, primary=True),
    _required("record", UUID, primary=True),
    _scope(),
    Index("file_record_record", "record"),
)

LIKENESS = Table(
    "likeness",
    METADATA,
    _required("record", UUID, primary=True),
    # Empty where it was found out that there is nothing to be compared by.
    _required("kind", Text),
    _required("version", Integer),
    _required("low", Integer),
    _required("high", Integer),
    # See kiban.analysis.similarity.rough: bits and whole numbers, in a form that PostgreSQL knows without an extension.
    _required("outline", BIT(varying=True)),
    _required("rough", ARRAY(REAL)),
    _required("finer", ARRAY(REAL)),
    _required("curve", BYTEA),
    # False while the record is deleted.
    _required("is_standing", Boolean),
    _scope(),
    Index("likeness_kind", "kind", "version", postgresql_where=text("is_standing")),
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _required("at", _TIME),
    _required("actor", Text),
    _required("action", Text),
    Column("subject", UUID),
    _scope(),
    _required("details", JSON),
    Index("event_at", "at", "id"),
    Index("event_subject", "subject"),
)

ACCOUNT_PASSWORD = Table(
    "account_password",
    METADATA,
    _required("person", UUID, primary=True),
    # By Argon2, with salt and parameters.
    _required("hash", Text),
    _required("set_at", _TIME),
)

SECOND_FACTOR = Table(
    "second_factor",
    METADATA,
    _required("person", UUID, primary=True),
    # See kiban.store.sealing.
    _required("sealed", LargeBinary),
    _required("made_at", _TIME),
    Column("confirmed_at", _TIME),
    Column("last_step", BigInteger, nullable=False, server_default=text("0")),
)

RECOVERY_CODE = Table(
    "recovery_code",
    METADATA,
    _required("person", UUID, primary=True),
    _required("secret", LargeBinary, primary=True),
)

LOGIN_SESSION = Table(
    "login_session",
    METADATA,
    _required("id", UUID, primary=True),
    # The SHA-256 of what the browser shows.
    _required("secret", LargeBinary),
    _required("person", UUID),
    _required("way", Text),
    _required("made_at", _TIME),
    _required("used_at", _TIME),
    _required("ends_at", _TIME),
    _required("agent", Text),
    _required("address", Text),
    Column("project", UUID),
    Column("ended_at", _TIME),
    Index("login_session_secret", "secret", unique=True),
    Index("login_session_person", "person", "used_at"),
)

TOKEN = Table(
    "token",
    METADATA,
    _required("id", UUID, primary=True),
    _required("secret", LargeBinary),
    _required("person", UUID),
    _required("name", Text),
    _required("acts", ARRAY(Text)),
    Column("project", UUID),
    _required("made_at", _TIME),
    _required("made_by", Text),
    _required("expires_at", _TIME),
    Column("used_at", _TIME),
    Column("revoked_at", _TIME),
    Index("token_secret", "secret", unique=True),
    Index("token_person", "person", "made_at"),
)

LOGIN_LINK = Table(
    "login_link",
    METADATA,
    _required("secret", LargeBinary, primary=True),
    _required("person", UUID),
    _required("purpose", Text),
    _required("made_at", _TIME),
    _required("expires_at", _TIME),
    _required("made_by", Text),
    Index("login_link_person", "person"),
)

SAVED_SEARCH = Table(
    "saved_search",
    METADATA,
    _required("id", UUID, primary=True),
    _required("person", UUID),
    _required("name", Text),
    _required("question", Text),
    _required("is_notified", Boolean),
    # What the person had seen of it: all that was there then, in these scopes, and the values in those.
    _required("looked_at", _TIME),
    _required("scopes", ARRAY(Integer)),
    _required("data", ARRAY(Integer)),
    _required("made_at", _TIME),
    Column("removed_at", _TIME),
    Index("saved_search_name", "person", "name", unique=True, postgresql_where=text("removed_at IS NULL")),
    Index("saved_search_person", "person"),
)

LOGIN_ATTEMPT = Table(
    "login_attempt",
    METADATA,
    # The SHA-256 of what attempts are counted by.
    _required("key", LargeBinary, primary=True),
    _required("n_made", Integer),
    _required("last_at", _TIME),
    Index("login_attempt_last_at", "last_at"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _required("at", _TIME),
    _required("actor", Text),
    _required("act", Text),
    _required("subject", Text),
    # Of all records that an answer was made of; row-level security tests them.
    _required("scopes", ARRAY(Integer)),
    _required("rule", Text),
    _required("address", Text),
    # JSON as text: every byte of it is in the hash.
    _required("details", Text),
    _required("previous", BYTEA),
    _required("hash", BYTEA),
)

HARVEST = Table(
    "harvest",
    METADATA,
    # No key of `record`: that something was open stays known, whatever becomes of it.
    Column("record", UUID, primary_key=True),
    Column("pid", Text, nullable=False, unique=True),
    _required("mark", Text),
    _required("sets", ARRAY(Text)),
    _required("datestamp", _TIME),
    _required("is_gone", Boolean),
    Index("harvest_in_order", "datestamp", "record"),
)
