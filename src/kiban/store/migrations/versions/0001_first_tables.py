"""The first tables, their indexes, and the second wall: row-level security.

Written as SQL and not through `kiban.store.sql_tables`, because a migration goes on saying what it said.
"""

# ruff: noqa: S608  the statements are put together of our own words; values go over as parameters

from __future__ import annotations

from alembic import context, op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE scope (
    number integer PRIMARY KEY CHECK (number BETWEEN 0 AND 65535),
    project uuid NOT NULL,
    tier text NOT NULL,
    agreement uuid,
    CONSTRAINT scope_meaning UNIQUE NULLS NOT DISTINCT (project, tier, agreement)
);

CREATE TABLE blob (
    checksum text COLLATE "C" PRIMARY KEY,
    size bigint NOT NULL
);

CREATE TABLE record (
    id uuid NOT NULL,
    version integer NOT NULL,
    is_current boolean NOT NULL,
    is_deleted boolean NOT NULL,
    pid text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    key text,
    key_hash uuid,
    sample uuid,
    project uuid NOT NULL,
    owner text NOT NULL,
    scope integer NOT NULL REFERENCES scope,
    technique text,
    sample_name text,
    started timestamptz,
    document json NOT NULL,
    answers jsonb NOT NULL,
    words tsvector NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX record_current ON record (id) WHERE is_current;
CREATE UNIQUE INDEX record_pid ON record (pid) WHERE is_current;
CREATE UNIQUE INDEX record_key ON record (project, kind, key_hash) WHERE is_current AND NOT is_deleted;
CREATE INDEX record_scope ON record (scope, id) WHERE is_current;
CREATE INDEX record_technique ON record (technique, id) WHERE is_current;
CREATE INDEX record_sample ON record (sample) WHERE is_current;
CREATE INDEX record_of_sample ON record (id) WHERE is_current AND kind = 'sample';
CREATE INDEX record_started ON record (started) WHERE is_current;
CREATE INDEX record_answers ON record USING gin (answers jsonb_path_ops) WHERE is_current;
CREATE INDEX record_words ON record USING gin (words) WHERE is_current;

CREATE TABLE link (
    subject uuid NOT NULL,
    predicate text NOT NULL,
    object uuid NOT NULL,
    scope integer NOT NULL REFERENCES scope,
    PRIMARY KEY (subject, predicate, object)
);
CREATE INDEX link_object ON link (object);

CREATE TABLE property (
    id uuid PRIMARY KEY,
    term text NOT NULL,
    value double precision NOT NULL,
    unit text NOT NULL,
    uncertainty json,
    value_si double precision,
    unit_si text,
    uncertainty_si double precision,
    condition json NOT NULL,
    method text NOT NULL,
    subject uuid,
    evidence uuid NOT NULL,
    is_standing boolean NOT NULL,
    scope integer NOT NULL REFERENCES scope
);
CREATE INDEX property_term ON property (term, value_si);
CREATE INDEX property_evidence ON property (evidence);
CREATE INDEX property_subject ON property (subject);

CREATE TABLE composition (
    sample uuid NOT NULL,
    element text NOT NULL,
    fraction double precision NOT NULL,
    scope integer NOT NULL REFERENCES scope,
    PRIMARY KEY (sample, element)
);
CREATE INDEX composition_element ON composition (element, sample);

CREATE TABLE file (
    id uuid PRIMARY KEY,
    path text NOT NULL,
    checksum text COLLATE "C" NOT NULL,
    place uuid NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    status text NOT NULL,
    reader text,
    reader_version integer,
    reason text NOT NULL,
    project uuid NOT NULL,
    scope integer NOT NULL REFERENCES scope,
    archive uuid,
    deposited_at timestamptz NOT NULL,
    deposited_by text NOT NULL,
    CONSTRAINT file_place UNIQUE (project, place)
);
CREATE INDEX file_checksum ON file (checksum);
CREATE INDEX file_status ON file (status, id);

CREATE TABLE file_record (
    file uuid NOT NULL,
    record uuid NOT NULL,
    scope integer NOT NULL REFERENCES scope,
    PRIMARY KEY (file, record)
);
CREATE INDEX file_record_record ON file_record (record);

CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject uuid,
    scope integer NOT NULL REFERENCES scope,
    details json NOT NULL
);
CREATE INDEX event_at ON event (at, id);
CREATE INDEX event_subject ON event (subject);
"""

_GUARDED = ("record", "link", "property", "composition", "file", "file_record", "event")

# The sub-selects are worked out once for a query, not once for a row. CASE keeps a number beyond the end of the string
# from being an error, and makes the planner expect half of the rows: of a bare `get_bit(...) = 1` it expects one in two
# hundred, and then joins facts with records row by row. Without the setting, or after it, nothing is visible.
_VISIBLE = """
    CASE WHEN scope < length((SELECT current_setting('kiban.scopes', true)::varbit))
    THEN get_bit((SELECT current_setting('kiban.scopes', true)::varbit), scope) = 1
    ELSE false END
"""

# PostgreSQL does not ask an index on words or answers before the policy has spoken, because it cannot know that their
# operators keep a row's contents to themselves: it would look at every row. These two functions may see all rows, ask
# the index, apply the policy's own test, and give nothing away but identifiers.
_SEARCHES = f"""
CREATE FUNCTION records_with_words(wanted tsquery, at_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
AS $$
    SELECT id FROM public.record
    WHERE is_current AND NOT is_deleted AND words @@ wanted AND {_VISIBLE} LIMIT at_most
$$;
CREATE FUNCTION records_with_answers(wanted jsonb, at_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
AS $$
    SELECT id FROM public.record
    WHERE is_current AND NOT is_deleted AND answers @> wanted AND {_VISIBLE} LIMIT at_most
$$;
"""

_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {app}",
    "GRANT SELECT, INSERT ON scope, blob, record, link, property, composition, file, file_record, event TO {app}",
    "GRANT UPDATE (is_current) ON record TO {app}",
    "GRANT UPDATE (scope) ON link, composition, file_record TO {app}",
    "GRANT UPDATE (scope, is_standing) ON property TO {app}",
    "GRANT DELETE ON composition TO {app}",
    "GRANT UPDATE (status, media_type, reader, reader_version, reason, scope) ON file TO {app}",
)


def upgrade() -> None:
    """Make the tables of a new database."""
    app, search = (context.config.attributes[name] for name in ("app_role", "search_role"))
    op.execute(_TABLES)
    for table in _GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY visible ON {table} USING ({_VISIBLE}) WITH CHECK ({_VISIBLE})")
    for grant in _GRANTS:
        op.execute(grant.format(app=app))
    _make_searches(app, search)


def _make_searches(app: str, search: str) -> None:
    op.execute(f"CREATE POLICY searched ON record FOR SELECT TO {search} USING (true)")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {search}")
    op.execute(f"GRANT SELECT (id, is_current, is_deleted, scope, words, answers) ON record TO {search}")
    op.execute(_SEARCHES)
    # To become a function's owner a role must be able to create in its schema, at that moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {search}")
    for function in ("records_with_words(tsquery, integer)", "records_with_answers(jsonb, integer)"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {app}")
        op.execute(f"ALTER FUNCTION {function} OWNER TO {search}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {search}")
