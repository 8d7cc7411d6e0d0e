"""Counts of records by scope, kind and technique, from an index, without a test of every row.

Of a count over everything the test of each row's scope would be the dearer part. The functions may see all rows; they
go through the scopes that their asker may see, and count in each what is there.
"""

# ruff: noqa: S608  put together of our own words

from __future__ import annotations

from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEX = "CREATE INDEX record_counted ON record (scope, kind, technique) WHERE is_current AND NOT is_deleted"
_SCOPES = "(SELECT current_setting('kiban.scopes', true)::varbit)"
_COUNT = f"""
    FROM public.record r WHERE r.is_current AND NOT r.is_deleted AND r.scope = ANY(ARRAY(
        SELECT number FROM generate_series(0, length({_SCOPES}) - 1) AS number WHERE get_bit({_SCOPES}, number) = 1
    ))
"""
_FUNCTIONS = {
    "records_counted": f"""
CREATE FUNCTION records_counted() RETURNS TABLE (scope integer, kind text, technique text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10000
SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT r.scope, r.kind, r.technique, count(*) {_COUNT} GROUP BY r.scope, r.kind, r.technique $$;
""",
    "records_in_scopes": f"""
CREATE FUNCTION records_in_scopes() RETURNS TABLE (scope integer, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1000
SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT r.scope, count(*) {_COUNT} GROUP BY r.scope $$;
""",
}

# Whoever owns the database counts in the same way, bound like the application; only the function's owner can say so.
_TO_OWNER_TOO = """
DO $$
DECLARE me text := current_user;
BEGIN
    SET LOCAL ROLE {search};
    EXECUTE format('GRANT EXECUTE ON FUNCTION {name}() TO %I', me);
    EXECUTE format('SET LOCAL ROLE %I', me);
END
$$
"""


def upgrade() -> None:
    """Make index and functions."""
    app, search = (context.config.attributes[name] for name in ("app_role", "search_role"))
    op.execute(_INDEX)
    op.execute(f"GRANT SELECT (kind, technique) ON record TO {search}")
    # To become a function's owner a role must be able to create in its schema, at that moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {search}")
    for name, function in _FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name}() FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name}() TO {app}")
        op.execute(f"ALTER FUNCTION {name}() OWNER TO {search}")
        op.execute(_TO_OWNER_TOO.format(search=search, name=name))
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {search}")
