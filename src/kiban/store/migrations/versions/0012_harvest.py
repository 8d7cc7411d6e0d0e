"""What harvesters were told: of each data set that was open once its identifier, its sets and when that was seen.

Nothing else is in it, and everything in it was open to everybody: it needs no row-level security.
"""

from __future__ import annotations

from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE harvest (
    record uuid PRIMARY KEY,
    pid text NOT NULL UNIQUE,
    mark text NOT NULL,
    sets text[] NOT NULL,
    datestamp timestamptz NOT NULL,
    is_gone boolean NOT NULL
);
CREATE INDEX harvest_in_order ON harvest (datestamp, record);
"""


def upgrade() -> None:
    """Make the table. Nothing is removed from it: that something was open stays known."""
    op.execute(_TABLE)
    app = context.config.attributes["app_role"]
    op.execute(f"GRANT SELECT, INSERT, UPDATE (mark, sets, datestamp, is_gone) ON harvest TO {app}")
