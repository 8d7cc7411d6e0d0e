"""The rights that are stated of a whole project, and count for those of its records that state none of their own."""

from __future__ import annotations

from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE project_rights (
    record uuid PRIMARY KEY,
    project uuid NOT NULL,
    rights json NOT NULL
);
CREATE INDEX project_rights_project ON project_rights (project);
ALTER TABLE project_rights ENABLE ROW LEVEL SECURITY;
ALTER TABLE project_rights FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Add the table. No project has stated rights yet."""
    op.execute(_TABLE)
    # Whoever may see a scope of the project may see the rights that come with what is in it.
    op.execute(f"CREATE POLICY seen ON project_rights FOR SELECT USING ({_has_one_in('scopes')})")
    op.execute(f"CREATE POLICY added ON project_rights FOR INSERT WITH CHECK ({_has_one_in('writes')})")
    op.execute(f"CREATE POLICY removed ON project_rights FOR DELETE USING ({_has_one_in('writes')})")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON project_rights TO {context.config.attributes['app_role']}")


def _has_one_in(setting: str) -> str:
    """The test of the scopes of a row's project; see the first migration for why it is written in this way."""
    bits = f"(SELECT current_setting('kiban.{setting}', true)::varbit)"
    is_in = f"CASE WHEN s.number < length({bits}) THEN get_bit({bits}, s.number) = 1 ELSE false END"
    return f"EXISTS (SELECT FROM scope s WHERE s.project = project_rights.project AND {is_in})"
