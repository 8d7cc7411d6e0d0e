"""Saved searches, and when each record came into the scope in which it is: what is new to whom.

What was there before has arrived before anybody could look.
"""

from __future__ import annotations

from alembic import context, op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ARRIVED = """
-- A default that is the same for all rows is not written into each of them.
ALTER TABLE record ADD COLUMN arrived_at timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE record ALTER COLUMN arrived_at SET DEFAULT clock_timestamp();
CREATE INDEX record_arrived ON record (arrived_at, id) WHERE is_current;
"""
_TABLE = """
CREATE TABLE saved_search (
    id uuid PRIMARY KEY,
    person uuid NOT NULL,
    name text NOT NULL,
    question text NOT NULL,
    is_notified boolean NOT NULL,
    looked_at timestamptz NOT NULL,
    scopes integer[] NOT NULL,
    data integer[] NOT NULL,
    made_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE UNIQUE INDEX saved_search_name ON saved_search (person, name) WHERE removed_at IS NULL;
CREATE INDEX saved_search_person ON saved_search (person);
"""

# Nobody's search is given to another person.
_GRANTS = (
    "UPDATE (arrived_at) ON record",
    "SELECT, INSERT, DELETE ON saved_search",
    "UPDATE (name, question, is_notified, looked_at, scopes, data, removed_at) ON saved_search",
)


def upgrade() -> None:
    """Make the column, its index and the table."""
    op.execute(_ARRIVED)
    op.execute(_TABLE)
    for grant in _GRANTS:
        op.execute(f"GRANT {grant} TO {context.config.attributes['app_role']}")
