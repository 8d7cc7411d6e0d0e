"""A name or file is taken by what its writer sees. A rule of the tables would tell of what is hidden, and stop moves.

Who writes holds the project's lock and looks first, so that two at once still make one record. Records that are moved
may meet another one with their key: whoever judges or closes one must neither be stopped by it nor learn of it.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put indexes for looking in the place of those that refused."""
    op.execute("DROP INDEX record_key")
    op.execute("CREATE INDEX record_key ON record (project, kind, key_hash) WHERE is_current AND NOT is_deleted")
    op.execute("ALTER TABLE file DROP CONSTRAINT file_place")
    op.execute("CREATE INDEX file_place ON file (project, place)")
