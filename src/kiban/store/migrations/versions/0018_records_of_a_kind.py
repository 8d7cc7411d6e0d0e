"""An index of the live records of each kind: of some, as terms and templates, there are few among very many."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# A plan that is kept knows of no kind how many records it has, and would go through all of them for the few terms that
# there are.
_INDEX = "CREATE INDEX record_kind ON record (kind, id) INCLUDE (scope) WHERE is_current AND NOT is_deleted"


def upgrade() -> None:
    """Make it."""
    op.execute(_INDEX)
