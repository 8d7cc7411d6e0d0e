"""The first tables, with row-level security from the first day."""

from __future__ import annotations

from alembic import context, op

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE scope (
    number    integer PRIMARY KEY,
    project   uuid NOT NULL,
    tier      text NOT NULL,
    agreement uuid,
    CONSTRAINT scope_once UNIQUE NULLS NOT DISTINCT (project, tier, agreement)
);
CREATE TABLE blob (
    checksum text PRIMARY KEY,
    size     bigint NOT NULL
);
CREATE TABLE record (
    id         uuid NOT NULL,
    version    integer NOT NULL,
    current    boolean NOT NULL,
    pid        text NOT NULL,
    kind       text NOT NULL,
    title      text NOT NULL,
    key        text,
    sample     uuid,
    technique  text,
    project    uuid NOT NULL,
    owner      text NOT NULL,
    scope      integer NOT NULL REFERENCES scope,
    document   jsonb NOT NULL,
    search     tsvector NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    deleted    boolean NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX record_pid ON record (pid) WHERE version = 1;
CREATE UNIQUE INDEX record_current ON record (id) WHERE current;
CREATE INDEX record_kind ON record (kind, id) WHERE current AND NOT deleted;
CREATE INDEX record_technique ON record (technique, id) WHERE current AND NOT deleted;
CREATE INDEX record_sample ON record (sample) WHERE current AND NOT deleted;
CREATE UNIQUE INDEX record_key ON record (project, kind, key) WHERE current AND NOT deleted AND key IS NOT NULL;
CREATE INDEX record_search ON record USING gin (search) WHERE current AND NOT deleted;
CREATE TABLE link (
    subject   uuid NOT NULL,
    predicate text NOT NULL,
    object    uuid NOT NULL,
    scope     integer NOT NULL REFERENCES scope,
    PRIMARY KEY (subject, predicate, object)
);
CREATE INDEX link_object ON link (object);
CREATE TABLE property (
    id             uuid PRIMARY KEY,
    term           text NOT NULL,
    value          double precision NOT NULL,
    unit           text NOT NULL,
    value_si       double precision,
    uncertainty_si double precision,
    uncertainty    jsonb,
    condition      jsonb NOT NULL,
    method         text NOT NULL,
    subject        uuid,
    evidence       uuid NOT NULL,
    scope          integer NOT NULL REFERENCES scope
);
CREATE INDEX property_term ON property (term, value_si);
CREATE INDEX property_evidence ON property (evidence);
CREATE INDEX property_subject ON property (subject);
CREATE TABLE composition (
    sample   uuid NOT NULL,
    element  text NOT NULL,
    fraction double precision NOT NULL,
    scope    integer NOT NULL REFERENCES scope,
    PRIMARY KEY (sample, element)
);
CREATE INDEX composition_element ON composition (element, fraction);
CREATE TABLE file (
    id             uuid PRIMARY KEY,
    path           text NOT NULL,
    checksum       text NOT NULL REFERENCES blob,
    size           bigint NOT NULL,
    media_type     text NOT NULL,
    status         text NOT NULL,
    reader         text,
    reader_version integer,
    reason         text NOT NULL,
    project        uuid NOT NULL,
    scope          integer NOT NULL REFERENCES scope,
    archive        uuid,
    deposited_at   timestamptz NOT NULL,
    deposited_by   text NOT NULL
);
CREATE UNIQUE INDEX file_once ON file (project, checksum, md5(path));
CREATE INDEX file_status ON file (status, id);
CREATE INDEX file_checksum ON file (checksum);
CREATE TABLE file_record (
    file   uuid NOT NULL,
    record uuid NOT NULL,
    scope  integer NOT NULL REFERENCES scope,
    PRIMARY KEY (file, record)
);
CREATE INDEX file_record_record ON file_record (record);
CREATE TABLE event (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    action  text NOT NULL,
    subject uuid,
    scope   integer NOT NULL REFERENCES scope,
    details jsonb NOT NULL
);
CREATE INDEX event_subject ON event (subject, id);
"""

_GUARDED = ("record", "link", "property", "composition", "file", "file_record", "event")

# The asker's scopes are a string of bits, set for the transaction. The sub-select makes PostgreSQL work it out once for
# a query instead of once for a row. Where it is not set, and for a scope beyond its end, nothing is visible.
_BITS = "(SELECT coalesce(nullif(current_setting('kiban.scopes', true), ''), '0')::varbit)"
_VISIBLE = f"CASE WHEN scope < length({_BITS}) THEN get_bit({_BITS}, scope) = 1 ELSE false END"

_RIGHTS = {
    "scope": "SELECT, INSERT",
    "blob": "SELECT, INSERT",
    "record": "SELECT, INSERT, UPDATE (current)",
    "link": "SELECT, INSERT",
    "property": "SELECT, INSERT",
    "composition": "SELECT, INSERT, DELETE",
    "file": "SELECT, INSERT, UPDATE (status, reader, reader_version, reason)",
    "file_record": "SELECT, INSERT",
    "event": "SELECT, INSERT",
}


def upgrade() -> None:
    """Make the tables and hand the application what it needs of them: nothing is ever overwritten or truncated."""
    application = context.config.attributes["application"]
    op.execute(_TABLES)
    for table in _GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # The tables' owner is bound too: only a superuser is not, and no part of Kiban runs as one after this.
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope_is_visible ON {table} USING ({_VISIBLE}) WITH CHECK ({_VISIBLE})")
    for table, rights in _RIGHTS.items():
        op.execute(f'GRANT {rights} ON {table} TO "{application}"')
