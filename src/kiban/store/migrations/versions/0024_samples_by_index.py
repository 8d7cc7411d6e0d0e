"""Indexes that hold all that is asked: of what samples are made of, and which samples the newest records are on.

Of a sample with an element no row is looked at any more, neither for its fraction nor for its scope; among a million
records these rows lie all over the table. Nor is the row of each record that a search for elements comes across.
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_INDEXES = """
DROP INDEX record_newest, composition_element, composition_fraction, composition_mass_fraction;
CREATE INDEX composition_element ON composition (element, sample) INCLUDE (fraction, mass_fraction, scope);
CREATE INDEX composition_fraction ON composition (element, fraction) INCLUDE (sample, scope);
CREATE INDEX composition_mass_fraction ON composition (element, mass_fraction) INCLUDE (sample, scope);
CREATE INDEX record_newest ON record (id) INCLUDE (scope, sample) WHERE is_current AND NOT is_deleted;
"""


def upgrade() -> None:
    """Make them in place of those without."""
    op.execute(_INDEXES)
