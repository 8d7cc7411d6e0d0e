"""Outlines of curves, by which all of them are looked at, and finer vectors, for those that are nearest by these.

Finer vectors and curves lie beside the table: of a record that is not near, only the outline is read. What is compared
is worked out again when the home is opened (`kiban.store.derivation`).
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_FINER = """
TRUNCATE likeness;
ALTER TABLE likeness ADD COLUMN outline varbit NOT NULL, ADD COLUMN finer real[] NOT NULL;
ALTER TABLE likeness ALTER COLUMN outline SET STORAGE PLAIN, ALTER COLUMN finer SET STORAGE EXTERNAL,
    SET (toast_tuple_target = 128);
"""


def upgrade() -> None:
    """Begin with none of today."""
    op.execute(_FINER)
