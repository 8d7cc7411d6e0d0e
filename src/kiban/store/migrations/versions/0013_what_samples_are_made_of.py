"""Fractions of the mass beside those of atoms, indexes for both, and what samples and processes answer now.

Questions ask for formulas of samples, and for names and parameters of processes. Both are worked out when a record is
written; for those that are there already it is done here, with the function that writes them.
"""

from __future__ import annotations

from alembic import op

from kiban.records.matter.mass_fractions import weights
from kiban.store.answers_again import see_nothing, work_out_again

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = """
ALTER TABLE composition ADD COLUMN mass_fraction double precision;
CREATE INDEX composition_fraction ON composition (element, fraction);
CREATE INDEX composition_mass_fraction ON composition (element, mass_fraction);
CREATE INDEX record_of_process ON record (id) WHERE is_current AND kind = 'process';
"""
# Where an element has no weight, no other's part of the mass is known.
_FILL = """
WITH weight (element, value) AS (VALUES {weights}),
mass (sample, element, value) AS (
    SELECT c.sample, c.element, c.fraction * w.value FROM composition c LEFT JOIN weight w ON w.element = c.element
),
total (sample, value) AS (
    SELECT sample, sum(value) FROM mass GROUP BY sample HAVING count(*) = count(value) AND sum(value) > 0
)
UPDATE composition AS c SET mass_fraction = m.value / t.value
FROM mass m JOIN total t ON t.sample = m.sample WHERE c.sample = m.sample AND c.element = m.element
"""


def upgrade() -> None:
    """Add the column and the indexes, and fill them."""
    op.execute(_TABLES)
    cursor = op.get_bind().connection.cursor()
    # What a crystal structure answers came a little earlier, without a look at those that were there.
    work_out_again(cursor, "kind IN ('sample', 'process') OR technique = 'crystal_structure'")
    listed = ", ".join(f"('{element}', {weight!r}::double precision)" for element, weight in weights().items())
    cursor.execute(_FILL.format(weights=listed))
    see_nothing(cursor)
