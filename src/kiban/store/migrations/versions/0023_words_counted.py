"""All records with some words, with what they are counted by, from the index: no row is looked up a second time.

As `records_with_words` of the first migration, it asks the index before the policy has spoken, and applies the policy's
own test. Of a record with a template that the asker does not see, the fields of the template are none of its words.
"""

# ruff: noqa: S608  put together of our own words

from __future__ import annotations

from alembic import context, op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_BITS = "(SELECT current_setting('kiban.scopes', true)::varbit)"
# The identifier of the template comes last among the answers, folded. The words are asked last: they lie beside the
# table, and to read them takes longer than all else.
_USED = "r.answers -> 'template' ->> -1"
_SEARCH = f"""
CREATE FUNCTION counted_with_words(wanted tsquery, without_fields tsquery, templates text[])
RETURNS TABLE (
    id uuid, scope integer, kind text, technique text, sample uuid, sample_name text, started timestamptz,
    created_at timestamptz, project uuid
)
LANGUAGE sql STABLE STRICT SECURITY DEFINER ROWS 10000
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
AS $$
    SELECT r.id, r.scope, r.kind, r.technique, r.sample, r.sample_name, r.started, r.created_at, r.project
    FROM public.record r
    WHERE r.is_current AND NOT r.is_deleted AND r.words @@ wanted
    AND CASE WHEN r.scope < length({_BITS}) THEN get_bit({_BITS}, r.scope) = 1 ELSE false END
    AND ({_USED} IS NULL OR {_USED} = ANY(templates) OR r.words @@ without_fields)
$$;
"""
_SIGNATURE = "counted_with_words(tsquery, tsquery, text[])"


def upgrade() -> None:
    """Make the function."""
    app, search = (context.config.attributes[name] for name in ("app_role", "search_role"))
    op.execute(f"GRANT SELECT (sample, sample_name, started, created_at, project) ON record TO {search}")
    op.execute(_SEARCH)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {_SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO {app}")
    # To become a function's owner a role must be able to create in its schema, at that moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {search}")
    op.execute(f"ALTER FUNCTION {_SIGNATURE} OWNER TO {search}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {search}")
