"""Facts that a later version of their measurement has replaced."""

from __future__ import annotations

from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark. With a constant default PostgreSQL does not touch the rows."""
    app = context.config.attributes["app_role"]
    op.execute("ALTER TABLE property ADD COLUMN is_retired boolean NOT NULL DEFAULT false")
    op.execute(f"GRANT UPDATE (is_retired) ON property TO {app}")
