"""Counts of records by scope, kind and technique, from an index, without a test of every row.

Of a count over everything the test of each row's scope would be the dearer part. The function may see all rows; it goes
through the scopes that its asker may see, and counts in each what is there.
"""

from __future__ import annotations

from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEX = "CREATE INDEX record_counted ON record (scope, kind, technique) WHERE is_current AND NOT is_deleted"
_SCOPES = "(SELECT current_setting('kiban.scopes', true)::varbit)"
_FUNCTION = f"""
CREATE FUNCTION records_counted() RETURNS TABLE (scope integer, kind text, technique text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT r.scope, r.kind, r.technique, count(*) FROM public.record r
    WHERE r.is_current AND NOT r.is_deleted AND r.scope = ANY(ARRAY(
        SELECT number FROM generate_series(0, length({_SCOPES}) - 1) AS number WHERE get_bit({_SCOPES}, number) = 1
    ))
    GROUP BY r.scope, r.kind, r.technique
$$;
"""  # noqa: S608  put together of our own words

# Whoever owns the database counts in the same way, bound like the application; only the function's owner can say so.
_TO_OWNER_TOO = """
DO $$
DECLARE me text := current_user;
BEGIN
    SET LOCAL ROLE {search};
    EXECUTE format('GRANT EXECUTE ON FUNCTION records_counted() TO %I', me);
    EXECUTE format('SET LOCAL ROLE %I', me);
END
$$
"""


def upgrade() -> None:
    """Make index and function."""
    app, search = (context.config.attributes[name] for name in ("app_role", "search_role"))
    op.execute(_INDEX)
    op.execute(f"GRANT SELECT (kind, technique) ON record TO {search}")
    op.execute(_FUNCTION)
    op.execute("REVOKE EXECUTE ON FUNCTION records_counted() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION records_counted() TO {app}")
    # To become a function's owner a role must be able to create in its schema, at that moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {search}")
    op.execute(f"ALTER FUNCTION records_counted() OWNER TO {search}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {search}")
    op.execute(_TO_OWNER_TOO.format(search=search))
