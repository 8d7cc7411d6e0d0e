"""What PostgreSQL says went wrong, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from kiban.errors import Conflict, DatabaseUnavailable, DiskFull, InvalidValue, KibanError
from kiban.store.batch_rules import already_there, refused


@contextmanager
def telling_why() -> Iterator[None]:
    """Turn errors of the database into ours.

    Raises
    ------
    DatabaseUnavailable
        If the connection is lost, cannot be made, or PostgreSQL is starting, stopping or short of means.
    DiskFull
    Conflict, Refused, InvalidValue
        As the rows that were written deserve.
    """
    try:
        yield
    except psycopg.Error as e:
        told = translated(e)
        if told is None:
            raise
        raise told from e


def translated(error: psycopg.Error) -> KibanError | None:
    """Find our error for one of psycopg's; `None` for those that only a mistake of ours can cause."""
    match error:
        case errors.DiskFull():
            return DiskFull(
                "There is no room for the database to write.", mend="Make room on its disk; nothing was written."
            )
        case errors.UniqueViolation():
            return _taken(error)
        case errors.InsufficientPrivilege() | errors.ForeignKeyViolation():
            return refused()
        case errors.DeadlockDetected() | errors.LockNotAvailable() | errors.SerializationFailure():
            return Conflict("Another writer was in the way; nothing was written.", mend="Do it again.")
        case errors.ProgramLimitExceeded() | psycopg.DataError():
            return InvalidValue(
                "A text or number is larger than the database takes.", mend="Shorten it; nothing was written."
            )
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return DatabaseUnavailable(
                f"The database does not answer: {_first_line(error)}.",
                mend="It may be starting: try again in a moment. What was kept already is recognised, so that nothing "
                "is kept twice.",
            )
        case _:
            return None


def _taken(error: psycopg.Error) -> Conflict:
    match error.diag.constraint_name:
        case "record_pkey" | "record_current":
            return Conflict(
                "This version of the record is there already.",
                mend="Somebody else may have changed the record: read it again, then change it.",
            )
        case name:
            return already_there(f"The row ({name})")


def _first_line(error: psycopg.Error) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
