"""By which rules it was worked out what records are found by, and how far that has come; the newest with some words.

Homes that were there before were worked out by rules 0; `kiban.store.derivation` does it again.
"""

# ruff: noqa: S608  put together of our own words

from __future__ import annotations

from alembic import context, op

revision = "0017"
down_revision = "0016"
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

_BITS = "(SELECT current_setting('kiban.scopes', true)::varbit)"
# As `records_with_words` of the first migration: it asks the index before the policy has spoken, and applies the
# policy's own test. It looks at no more than `at_most` records, and says how many it looked at.
_SEARCH = f"""
CREATE FUNCTION newest_with_words(wanted tsquery, most integer, at_most integer) RETURNS TABLE (id uuid, n bigint)
LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 500
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
AS $$
    SELECT f.id, count(*) OVER () FROM (
        SELECT r.id FROM public.record r WHERE r.is_current AND NOT r.is_deleted AND r.words @@ wanted
        AND CASE WHEN r.scope < length({_BITS}) THEN get_bit({_BITS}, r.scope) = 1 ELSE false END LIMIT at_most
    ) f ORDER BY f.id DESC LIMIT most
$$;
"""
_SIGNATURE = "newest_with_words(tsquery, integer, integer)"


def upgrade() -> None:
    """Make the table with its one row, and the function."""
    app, search = (context.config.attributes[name] for name in ("app_role", "search_role"))
    op.execute(_TABLE)
    op.execute(f"GRANT SELECT ON derivation TO {app}")
    op.execute(_SEARCH)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {_SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO {app}")
    # To become a function's owner a role must be able to create in its schema, at that moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {search}")
    op.execute(f"ALTER FUNCTION {_SIGNATURE} OWNER TO {search}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {search}")
