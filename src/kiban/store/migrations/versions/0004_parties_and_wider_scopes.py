"""Scopes say more, people and agreements have a table, and the second wall tells reading from writing.

Row-level security tests three strings of bits: `kiban.scopes` for what describes a record, `kiban.data` for its values
and files, `kiban.writes` for what is added, changed or taken away.
"""

from __future__ import annotations

from alembic import context, op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = """
ALTER TABLE scope
    ADD COLUMN follows boolean NOT NULL DEFAULT false,
    ADD COLUMN closed_until timestamptz,
    ADD COLUMN invitation uuid,
    ADD COLUMN export_class text NOT NULL DEFAULT 'unjudged',
    ADD COLUMN export_item text,
    DROP CONSTRAINT scope_meaning;
CREATE UNIQUE INDEX scope_own
    ON scope (project, tier, agreement, closed_until, invitation, export_class, export_item)
    NULLS NOT DISTINCT WHERE NOT follows;
CREATE UNIQUE INDEX scope_following
    ON scope (project, closed_until, invitation, export_class, export_item)
    NULLS NOT DISTINCT WHERE follows;

CREATE TABLE directory (
    change bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    id uuid NOT NULL,
    is_current boolean NOT NULL,
    document json NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);
CREATE UNIQUE INDEX directory_current ON directory (kind, id) WHERE is_current;

CREATE FUNCTION follow_project(of_project uuid, new_tier text, new_agreement uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE public.scope SET tier = new_tier, agreement = new_agreement WHERE project = of_project AND follows
$$;
"""

_READ_BY = {
    "record": "scopes",
    "link": "scopes",
    "event": "scopes",
    "property": "data",
    "composition": "data",
    "file": "data",
    "file_record": "data",
}


def upgrade() -> None:
    """Bring the tables and policies of an existing database up to date; nobody sees more than before."""
    app = context.config.attributes["app_role"]
    op.execute(_TABLES)
    for table, setting in _READ_BY.items():
        seen, written = _is_in(setting), _is_in("writes")
        op.execute(f"DROP POLICY visible ON {table}")
        op.execute(f"CREATE POLICY seen ON {table} FOR SELECT USING ({seen})")
        op.execute(f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({written})")
        op.execute(f"CREATE POLICY changed ON {table} FOR UPDATE USING ({written}) WITH CHECK ({written})")
        op.execute(f"CREATE POLICY removed ON {table} FOR DELETE USING ({written})")
    op.execute(f"GRANT UPDATE (scope) ON record TO {app}")
    op.execute(f"GRANT SELECT, INSERT ON directory TO {app}")
    op.execute(f"GRANT UPDATE (is_current) ON directory TO {app}")
    op.execute("REVOKE EXECUTE ON FUNCTION follow_project(uuid, text, uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION follow_project(uuid, text, uuid) TO {app}")


def _is_in(setting: str) -> str:
    """The test of a row's scope; see the first migration for why it is written in this way."""
    bits = f"(SELECT current_setting('kiban.{setting}', true)::varbit)"
    return f"CASE WHEN scope < length({bits}) THEN get_bit({bits}, scope) = 1 ELSE false END"
