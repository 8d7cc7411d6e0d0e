"""Indexes of the live records that have their scopes: a search looks at no row of what its asker may not see."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INDEXES = """
DROP INDEX record_started;
CREATE INDEX record_started ON record (started) INCLUDE (id, scope) WHERE is_current AND NOT is_deleted;
DROP INDEX record_technique;
CREATE INDEX record_technique ON record (technique, id) INCLUDE (scope) WHERE is_current AND NOT is_deleted;
CREATE INDEX record_newest ON record (id) INCLUDE (scope) WHERE is_current AND NOT is_deleted;
"""


def upgrade() -> None:
    """Put them in the place of those that were without."""
    op.execute(_INDEXES)
