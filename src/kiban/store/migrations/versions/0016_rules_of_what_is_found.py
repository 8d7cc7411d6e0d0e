"""By which rules it was worked out what records are found by, and how far that has come.

Homes that were there before were worked out by rules 0; `kiban.store.derivation` does it again.
"""

from __future__ import annotations

from alembic import context, op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE derivation (
    is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    version integer NOT NULL,
    target integer NOT NULL,
    upto uuid
);
INSERT INTO derivation (version, target) VALUES (0, 0);
"""


def upgrade() -> None:
    """Make the table and its one row."""
    op.execute(_TABLE)
    op.execute(f"GRANT SELECT ON derivation TO {context.config.attributes['app_role']}")
