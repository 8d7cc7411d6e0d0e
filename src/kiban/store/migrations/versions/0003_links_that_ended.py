"""Links that no longer hold, because a new version of their subject brings its own, are taken away."""

from __future__ import annotations

from alembic import context, op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the application take links away. What they said stands in the versions and events of their subjects."""
    op.execute(f"GRANT DELETE ON link TO {context.config.attributes['app_role']}")
