"""Answers in the order of their titles and times: a column to sort by, and indexes in that order.

The column follows from what a record answers, so that whatever writes or works out answers keeps it right.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# A title may be longer than an index takes. Questions sort by the first 200 characters of any text.
_ORDER = """
ALTER TABLE record ADD COLUMN title_key text COLLATE "C"
    GENERATED ALWAYS AS (left(answers -> 'title' ->> 0, 200)) STORED;
CREATE INDEX record_title ON record (title_key, id DESC) INCLUDE (scope) WHERE is_current AND NOT is_deleted;
CREATE INDEX record_created ON record (created_at, id) INCLUDE (scope) WHERE is_current AND NOT is_deleted;
"""


def upgrade() -> None:
    """Make the column and the indexes."""
    op.execute(_ORDER)
