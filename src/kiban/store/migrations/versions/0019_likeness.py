"""What records are compared by, for questions after what is similar.

The vectors are arrays of numbers, which every PostgreSQL has. Where the extension `vector` is there, or may be made, it
compares them; where it is not, plain SQL does, about ten times slower. What was there before is derived afterwards, by
`kiban.store.derivation`: the numbers of measurements are not in the database.
"""

from __future__ import annotations

from alembic import context, op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE likeness (
    record uuid PRIMARY KEY,
    kind text NOT NULL,
    version integer NOT NULL,
    low integer NOT NULL,
    high integer NOT NULL,
    rough real[] NOT NULL,
    curve bytea NOT NULL,
    is_standing boolean NOT NULL,
    scope integer NOT NULL REFERENCES scope (number)
);
CREATE INDEX likeness_kind ON likeness (kind, version) WHERE is_standing;
-- All of the one are looked at, and of few the other.
ALTER TABLE likeness ALTER COLUMN rough SET STORAGE PLAIN, ALTER COLUMN curve SET STORAGE EXTERNAL;
ALTER TABLE likeness ENABLE ROW LEVEL SECURITY;
ALTER TABLE likeness FORCE ROW LEVEL SECURITY;
"""
# Who owns a managed database often may not make an extension; its administrator can at any time.
_EXTENSION = """
DO $do$ BEGIN
    CREATE EXTENSION IF NOT EXISTS vector;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN NULL;
END $do$
"""


def upgrade() -> None:
    """Make the table, guarded like those of all values."""
    app = context.config.attributes["app_role"]
    op.execute(_TABLE)
    op.execute(_EXTENSION)
    seen, written = _is_in("data"), _is_in("writes")
    op.execute(f"CREATE POLICY seen ON likeness FOR SELECT USING ({seen})")
    op.execute(f"CREATE POLICY added ON likeness FOR INSERT WITH CHECK ({written})")
    op.execute(f"CREATE POLICY changed ON likeness FOR UPDATE USING ({written}) WITH CHECK ({written})")
    op.execute(f"CREATE POLICY removed ON likeness FOR DELETE USING ({written})")
    op.execute(f"GRANT SELECT, INSERT, DELETE, UPDATE (scope, is_standing) ON likeness TO {app}")


def _is_in(setting: str) -> str:
    """The test of a row's scope; see the first migration for why it is written in this way."""
    bits = f"(SELECT current_setting('kiban.{setting}', true)::varbit)"
    return f"CASE WHEN scope < length({bits}) THEN get_bit({bits}, scope) = 1 ELSE false END"
