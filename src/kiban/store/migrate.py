"""Bringing a database to the shape that this version needs. Run at every start."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.sql import SQL, Identifier

from kiban.errors import InvalidSetting
from kiban.store.sql_errors import telling_why

if TYPE_CHECKING:
    from sqlalchemy import Connection

APP_ROLE = "kiban_app"
_OLDEST = 160000
"""PostgreSQL 16 is the first in which a role can hand things to another one without inheriting its rights."""
_LOCK = 0x6B69_6261_6E01
_FOLDER = Path(__file__).parent / "migrations"
_VERSION_FILE = re.compile(r"(\d{4})_\w+\.py")
_CONNECT_S = 30


def migrate(owner_conninfo: str, *, app_role: str = APP_ROLE) -> None:
    """Make the tables and roles, or bring them up to date. Safe when several do it at once; quick if nothing is to do.

    Parameters
    ----------
    owner_conninfo : str
        Connection string, as libpq takes it, of the role that owns the tables. It must be able to make roles the first
        time, unless they have been made for it.
    app_role : str
        The role that the application works as: row-level security binds it, and it cannot change tables. A second
        role, `<app_role>_search`, owns the functions that may ask an index first; nobody can log in as it.

    Raises
    ------
    DatabaseUnavailable
        If PostgreSQL does not answer.
    InvalidSetting
        If the database is older than PostgreSQL 16 or not in UTF-8, was made by a later version of Kiban, or the owner
        may not make what is needed.
    """
    known = revisions()
    with telling_why():
        try:
            with _connect(owner_conninfo) as connection:
                _check_server(connection)
                found = _revision(connection)
        except psycopg.ProgrammingError as e:
            raise _unreadable() from e
        if found == known[-1]:
            return
        if found is not None and found not in known:
            raise InvalidSetting(
                f"The database has shape {found}; this version of Kiban knows {', '.join(known)}.",
                mend="Use the version of Kiban that made it, or a later one.",
            )
        _upgrade(owner_conninfo, app_role)


def revisions() -> tuple[str, ...]:
    """The shapes that there have been, the newest last, as the names of the files in `migrations/versions` say."""
    found = (_VERSION_FILE.fullmatch(file.name) for file in (_FOLDER / "versions").iterdir())
    return tuple(sorted(match[1] for match in found if match))


def _connect(conninfo: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(conninfo, autocommit=True, connect_timeout=_CONNECT_S)


def _check_server(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    version, encoding = connection.info.server_version, connection.info.parameter_status("server_encoding")
    if version < _OLDEST or encoding != "UTF8":
        raise InvalidSetting(
            f"The database is PostgreSQL {version // 10000} in {encoding}.",
            mend="Use PostgreSQL 16 or later, and a database made with ENCODING 'UTF8'.",
        )


def _revision(connection: psycopg.Connection[tuple[Any, ...]]) -> str | None:
    """The shape the database has. Asked without Alembic, which takes half a second of CPU to load."""
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchall() == [(None,)]:
        return None
    row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return None if row is None else str(row[0])


def _upgrade(conninfo: str, app_role: str) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo, connect_timeout=_CONNECT_S),
        poolclass=NullPool,
    )
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    search_role = f"{app_role}_search"
    config.attributes.update(app_role=f'"{app_role}"', search_role=f'"{search_role}"')
    try:
        # One transaction: the database has the new shape, or is untouched.
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            for role, may_log_in in ((app_role, True), (search_role, False)):
                _ensure_role(connection, role, may_log_in=may_log_in)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (DBAPIError, psycopg.Error) as e:
        cause = e.orig if isinstance(e, DBAPIError) and isinstance(e.orig, psycopg.Error) else e
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            raise InvalidSetting(
                f"The owner of the database may not make its tables or roles: {str(cause).splitlines()[0]}.",
                mend=f"Give it CREATEROLE and the database; or make the roles {app_role} (LOGIN) and {search_role} "
                "(NOLOGIN) and grant both to the owner WITH INHERIT FALSE, SET TRUE.",
            ) from e
        raise cause from e


def _ensure_role(connection: Connection, role: str, *, may_log_in: bool) -> None:
    cursor = connection.connection.cursor()
    name = Identifier(role)
    kind = SQL("LOGIN" if may_log_in else "NOLOGIN")
    rights = SQL("NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS")
    # Roles belong to all databases of a server, so another database may be making the same one at this moment.
    cursor.execute(
        SQL(
            "DO $do$ BEGIN CREATE ROLE {} {} {}; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $do$"
        ).format(name, kind, rights)
    )
    # An owner who is no superuser must be able to become the role, to hand things over to it.
    # It must not inherit: what the search role may see would be open to it.
    cursor.execute("SELECT pg_has_role(current_user, %s, 'SET')", [role])
    if cursor.fetchone() == (False,):
        cursor.execute(SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(name))


def _unreadable() -> InvalidSetting:
    return InvalidSetting(
        "The address of the database cannot be read.",
        mend="Write it as postgresql://user:password@host/database (KIBAN_DATABASE_URL).",
    )
