"""Indexes of what samples are made of that hold all that is asked of them: fractions, and whom they may be told.

Of a sample with an element no row is looked at any more, neither for its fraction nor for its scope; among a million
records these rows lie all over the table.
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_INDEXES = """
DROP INDEX composition_element, composition_fraction, composition_mass_fraction;
CREATE INDEX composition_element ON composition (element, sample) INCLUDE (fraction, mass_fraction, scope);
CREATE INDEX composition_fraction ON composition (element, fraction) INCLUDE (sample, scope);
CREATE INDEX composition_mass_fraction ON composition (element, mass_fraction) INCLUDE (sample, scope);
"""


def upgrade() -> None:
    """Make them in place of those without."""
    op.execute(_INDEXES)
