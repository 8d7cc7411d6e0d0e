"""The audit log: a chain of hashes that the application can lengthen and read, and nothing else.

Lines come in through one function, which numbers and hashes them: a mistake in the application cannot leave a line out
of the chain, fork it or change it. Who may read which lines, row-level security decides by two settings: `kiban.audit`
is `all` for those who may read every line; else `kiban.audit_scopes` holds the scopes whose lines may be read.
"""

from __future__ import annotations

from alembic import context, op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE audit (
    number bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    subject text NOT NULL,
    scopes integer[] NOT NULL,
    rule text NOT NULL,
    address text NOT NULL,
    details text NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
"""

# The number of the lock is the letters of `kiban` and a 3. It is held to the end of the transaction, so that the next
# line is linked to one that is sure to be there; whoever appends does so last.
_APPEND = r"""
CREATE FUNCTION audit_part(part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN octet_length(part) || ':' || part || ',';

CREATE FUNCTION audit_append(
    ats timestamptz[], actors text[], acts text[], subjects text[], all_scopes text[], rules text[], addresses text[],
    all_details text[], OUT last_number bigint, OUT last_hash bytea
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    before bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(x'6b6962616e03'::bigint);
    SELECT number, hash INTO last_number, last_hash FROM public.audit ORDER BY number DESC LIMIT 1;
    last_number := coalesce(last_number, 0);
    last_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
    FOR i IN 1 .. cardinality(ats) LOOP
        last_number := last_number + 1;
        before := last_hash;
        last_hash := sha256(convert_to(
            public.audit_part(last_number::text)
            || public.audit_part(to_char(ats[i] AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
            || public.audit_part(actors[i]) || public.audit_part(acts[i]) || public.audit_part(subjects[i])
            || public.audit_part(all_scopes[i]) || public.audit_part(rules[i]) || public.audit_part(addresses[i])
            || public.audit_part(all_details[i]) || public.audit_part(encode(before, 'hex')), 'UTF8'));
        INSERT INTO public.audit VALUES (
            last_number, ats[i], actors[i], acts[i], subjects[i], string_to_array(all_scopes[i], ',')::integer[],
            rules[i], addresses[i], all_details[i], before, last_hash);
    END LOOP;
END
$$;

CREATE FUNCTION audit_is_for_ever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lines of the audit log are not changed or removed';
END
$$;
CREATE TRIGGER for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_for_ever();
"""
_APPEND_SIGNATURE = "audit_append(timestamptz[], text[], text[], text[], text[], text[], text[], text[])"
_MAY_READ = """
    CASE WHEN (SELECT current_setting('kiban.audit', true)) = 'all' THEN true
    ELSE scopes && (SELECT nullif(current_setting('kiban.audit_scopes', true), '')::integer[]) END
"""


def upgrade() -> None:
    """Make the table and the only way into it."""
    app = context.config.attributes["app_role"]
    op.execute(_TABLE)
    op.execute(_APPEND)
    op.execute("ALTER TABLE audit ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY read ON audit FOR SELECT USING ({_MAY_READ})")
    op.execute(f"GRANT SELECT ON audit TO {app}")
    op.execute(f"REVOKE EXECUTE ON FUNCTION {_APPEND_SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_APPEND_SIGNATURE} TO {app}")
