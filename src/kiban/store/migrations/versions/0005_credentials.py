"""What lets people in: passwords, second factors, sessions, tokens, links, and how often somebody has tried.

Of everything secret there are hashes here, or what a key outside the database has sealed.
"""

from __future__ import annotations

from alembic import context, op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE account_password (
    person uuid PRIMARY KEY,
    hash text NOT NULL,
    set_at timestamptz NOT NULL
);
CREATE TABLE second_factor (
    person uuid PRIMARY KEY,
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0
);
CREATE TABLE recovery_code (
    person uuid NOT NULL,
    secret bytea NOT NULL,
    PRIMARY KEY (person, secret)
);
CREATE TABLE login_session (
    id uuid PRIMARY KEY,
    secret bytea NOT NULL,
    person uuid NOT NULL,
    way text NOT NULL,
    made_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    agent text NOT NULL,
    address text NOT NULL,
    project uuid,
    ended_at timestamptz
);
CREATE UNIQUE INDEX login_session_secret ON login_session (secret);
CREATE INDEX login_session_person ON login_session (person, used_at);
CREATE TABLE token (
    id uuid PRIMARY KEY,
    secret bytea NOT NULL,
    person uuid NOT NULL,
    name text NOT NULL,
    acts text[] NOT NULL,
    project uuid,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX token_secret ON token (secret);
CREATE INDEX token_person ON token (person, made_at);
CREATE TABLE login_link (
    secret bytea PRIMARY KEY,
    person uuid NOT NULL,
    purpose text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    made_by text NOT NULL
);
CREATE INDEX login_link_person ON login_link (person);
CREATE TABLE login_attempt (
    key bytea PRIMARY KEY,
    n_made integer NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE INDEX login_attempt_last_at ON login_attempt (last_at);
"""

# What the application may do with each; nobody's token is changed into another one's.
_GRANTS = (
    "SELECT, INSERT, DELETE, UPDATE (hash, set_at) ON account_password",
    "SELECT, INSERT, DELETE, UPDATE (confirmed_at, last_step) ON second_factor",
    "SELECT, INSERT, DELETE ON recovery_code",
    "SELECT, INSERT, DELETE, UPDATE (used_at, address, project, ended_at) ON login_session",
    "SELECT, INSERT, UPDATE (used_at, revoked_at) ON token",
    "SELECT, INSERT, DELETE ON login_link",
    "SELECT, INSERT, DELETE, UPDATE (n_made, last_at) ON login_attempt",
)


def upgrade() -> None:
    """Make the tables."""
    op.execute(_TABLES)
    for grant in _GRANTS:
        op.execute(f"GRANT {grant} TO {context.config.attributes['app_role']}")
