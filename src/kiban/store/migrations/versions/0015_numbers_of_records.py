"""A table of the numbers that records answer, so that questions for a range of them are answered by an index.

Numbers of metadata, of fields, and the parameters of processes stood among the answers of each record, where no index
finds what lies between two ends. Those that are there already are taken from the answers.
"""

from __future__ import annotations

from alembic import context, op

from kiban.store.answers_again import see_everything, see_nothing

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE entry (
    record uuid NOT NULL,
    name uuid NOT NULL,
    value_si double precision NOT NULL,
    scope integer NOT NULL
)
"""
# As kiban.store.sql_entries.name_of: half of the SHA-256 of path and unit.
_FILL = """
INSERT INTO entry (record, name, value_si, scope)
SELECT r.id, substr(encode(sha256(convert_to(p.key || ' ' || (a.value ->> 'unit'), 'UTF8')), 'hex'), 1, 32)::uuid,
    (a.value ->> 'si')::double precision, r.scope
FROM record r, jsonb_each(r.answers) AS p, jsonb_array_elements(p.value) AS a
WHERE r.is_current AND NOT r.is_deleted AND jsonb_typeof(a.value) = 'object'
"""
_INDEXES = """
ALTER TABLE entry ADD FOREIGN KEY (scope) REFERENCES scope;
CREATE INDEX entry_record ON entry (record);
CREATE INDEX entry_value ON entry (name, value_si) INCLUDE (record, scope);
DROP INDEX property_term;
CREATE INDEX property_term ON property (term, unit_si, value_si) INCLUDE (evidence, subject, scope) WHERE is_standing;
"""


def upgrade() -> None:
    """Make the table, fill it, and put policies on it."""
    app = context.config.attributes["app_role"]
    op.execute(_TABLE)
    cursor = op.get_bind().connection.cursor()
    see_everything(cursor)
    cursor.execute(_FILL)
    see_nothing(cursor)
    cursor.execute(_INDEXES)
    seen, written = _is_in("scopes"), _is_in("writes")
    op.execute("ALTER TABLE entry ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE entry FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON entry FOR SELECT USING ({seen})")
    op.execute(f"CREATE POLICY added ON entry FOR INSERT WITH CHECK ({written})")
    op.execute(f"CREATE POLICY changed ON entry FOR UPDATE USING ({written}) WITH CHECK ({written})")
    op.execute(f"CREATE POLICY removed ON entry FOR DELETE USING ({written})")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON entry TO {app}")
    op.execute(f"GRANT UPDATE (scope) ON entry TO {app}")


def _is_in(setting: str) -> str:
    """The test of a row's scope; see the first migration for why it is written in this way."""
    bits = f"(SELECT current_setting('kiban.{setting}', true)::varbit)"
    return f"CASE WHEN scope < length({bits}) THEN get_bit({bits}, scope) = 1 ELSE false END"
