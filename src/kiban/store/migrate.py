"""Bring a database to the tables this version needs. Run at every start; safe when several start at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.errors import DatabaseUnavailable, InvalidSetting

if TYPE_CHECKING:
    from psycopg import Connection

_STEPS = Path(__file__).parent / "migrations" / "versions"
_LOCK = 0x6B6962616E  # "kiban": one number for all that migrate


def migrate(conninfo: str, *, app_role: str) -> None:
    """Make or update the tables and the application's role.

    Parameters
    ----------
    conninfo : str
        How to connect as a user who may create tables and roles; a libpq string or URL.
    app_role : str
        The role that the application works as. It may log in, and may do nothing but what the steps grant it.

    Raises
    ------
    DatabaseUnavailable
        If the server does not answer.
    InvalidSetting
        If the database was made by a later version, or the user may not do what is needed.
    """
    import psycopg

    try:
        # One look without alembic, which takes longer to load than everything else that a warm start does.
        with psycopg.connect(conninfo, autocommit=True) as connection:
            if _version(connection) == head():
                return
            connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            found = _version(connection)
            if found is not None and found > head():
                raise InvalidSetting(
                    f"The database has tables of step {found}; this version of Kiban knows steps up to {head()}.",
                    mend="Use the version of Kiban that made it, or a later one.",
                )
            if found != head():
                _make_role(connection, app_role)
                _run_steps(conninfo, app_role)
    except psycopg.errors.InsufficientPrivilege as e:
        raise InvalidSetting(
            f"The database user may not prepare the database: {e}.",
            mend="Give it the rights to create tables and roles in this database (CREATE, CREATEROLE).",
        ) from e
    except psycopg.OperationalError as e:
        raise DatabaseUnavailable(
            f"PostgreSQL does not answer: {e}.", mend="See that it runs and that KIBAN_DATABASE_URL is right."
        ) from e


def head() -> str:
    """The number of the last step that this version has."""
    return max(match[1] for path in _STEPS.iterdir() if (match := re.match(r"(\d{4})_\w+\.py$", path.name)))


def _version(connection: Connection[tuple[Any, ...]]) -> str | None:
    exists = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if exists is None or not exists[0]:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row is not None else None


def _make_role(connection: Connection[tuple[Any, ...]], app_role: str) -> None:
    from psycopg import sql

    role = sql.Identifier(app_role)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app_role]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(role))
    # So that a user who is not a superuser can work as the role (SET ROLE) on a database of his own.
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))


def _run_steps(conninfo: str, app_role: str) -> None:
    import psycopg
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool, future=True
    )
    config = Config()
    config.set_main_option("script_location", str(_STEPS.parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["application"] = app_role
        command.upgrade(config, "head")
    engine.dispose()
