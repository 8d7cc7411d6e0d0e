"""Records that move to another scope take a file along only where all records made of it go, seen or not.

What an asker does not see must not be opened by what it moves: the function may see all ties of files with records. It
gives away no scope that the asker may not write to.
"""

from __future__ import annotations

from alembic import context, op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WRITES = "(SELECT current_setting('kiban.writes', true)::varbit)"
_FUNCTION = f"""
CREATE FUNCTION files_in_one_scope(of_records uuid[]) RETURNS TABLE (file uuid, scope integer)
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT m.file, m.scope FROM (
        SELECT t.file, min(t.scope) AS scope FROM public.file_record t
        WHERE t.file IN (SELECT o.file FROM public.file_record o WHERE o.record = ANY(of_records))
        GROUP BY t.file HAVING min(t.scope) = max(t.scope)
    ) AS m
    WHERE CASE WHEN m.scope < length({_WRITES}) THEN get_bit({_WRITES}, m.scope) = 1 ELSE false END
$$;
"""  # noqa: S608  put together of our own words


def upgrade() -> None:
    """Make the function."""
    app, search = (context.config.attributes[name] for name in ("app_role", "search_role"))
    op.execute(f"CREATE POLICY searched ON file_record FOR SELECT TO {search} USING (true)")
    op.execute(f"GRANT SELECT ON file_record TO {search}")
    op.execute(_FUNCTION)
    op.execute("REVOKE EXECUTE ON FUNCTION files_in_one_scope(uuid[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION files_in_one_scope(uuid[]) TO {app}")
    # To become a function's owner a role must be able to create in its schema, at that moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {search}")
    op.execute(f"ALTER FUNCTION files_in_one_scope(uuid[]) OWNER TO {search}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {search}")
