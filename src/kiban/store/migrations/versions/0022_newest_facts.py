"""Indexes of the facts of each property in the order of their records: the newest that have one are found first."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# With value and scope in them no row is looked at of what nobody asks for, or may see.
_INDEXES = """
CREATE INDEX property_newest ON property (term, evidence) INCLUDE (unit_si, value_si, scope) WHERE is_standing;
CREATE INDEX property_newest_subject ON property (term, subject) INCLUDE (unit_si, value_si, scope) WHERE is_standing;
"""


def upgrade() -> None:
    """Make them."""
    op.execute(_INDEXES)
