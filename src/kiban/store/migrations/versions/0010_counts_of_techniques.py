"""Counts of the records of some techniques, from the same index: what is not asked for is not gone through."""

# ruff: noqa: S608  put together of our own words

from __future__ import annotations

from alembic import context, op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SCOPES = "(SELECT current_setting('kiban.scopes', true)::varbit)"
_NAME = "records_of_techniques(text[])"
_FUNCTION = f"""
CREATE FUNCTION records_of_techniques(wanted text[]) RETURNS TABLE (scope integer, kind text, technique text, n bigint)
LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 10000
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT r.scope, r.kind, r.technique, count(*) FROM public.record r
    WHERE r.is_current AND NOT r.is_deleted AND r.technique = ANY(wanted) AND r.scope = ANY(ARRAY(
        SELECT number FROM generate_series(0, length({_SCOPES}) - 1) AS number WHERE get_bit({_SCOPES}, number) = 1
    ))
    GROUP BY r.scope, r.kind, r.technique
$$;
"""

# Whoever owns the database counts in the same way, bound like the application; only the function's owner can say so.
_TO_OWNER_TOO = """
DO $$
DECLARE me text := current_user;
BEGIN
    SET LOCAL ROLE {search};
    EXECUTE format('GRANT EXECUTE ON FUNCTION {name} TO %I', me);
    EXECUTE format('SET LOCAL ROLE %I', me);
END
$$
"""


def upgrade() -> None:
    """Make the function."""
    app, search = (context.config.attributes[name] for name in ("app_role", "search_role"))
    # To become a function's owner a role must be able to create in its schema, at that moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {search}")
    op.execute(_FUNCTION)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {_NAME} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_NAME} TO {app}")
    op.execute(f"ALTER FUNCTION {_NAME} OWNER TO {search}")
    op.execute(_TO_OWNER_TOO.format(search=search, name=_NAME))
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {search}")
