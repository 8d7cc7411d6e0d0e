"""What a platform refuses, as the errors that it would be here: problem documents back into `kiban.errors`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiban import errors
from kiban.errors import KibanError


def said(document: Mapping[str, Any], status: int) -> KibanError:
    """The error that a problem document tells of.

    A name that this version does not know (a later server's) gives the family that its status belongs to.
    """
    name = str(document.get("error", ""))
    known = getattr(errors, name, None)
    kind: type[KibanError] = (
        known if isinstance(known, type) and issubclass(known, KibanError) else _BY_STATUS.get(status, KibanError)
    )
    fault = str(document.get("fault") or document.get("detail") or f"The platform answered with status {status}.")
    mend = str(document.get("mend") or "Try again; if it happens again, tell the operator of the platform.")
    # Some kinds put their words together themselves; these words come ready.
    error: KibanError = kind.__new__(kind, fault)
    KibanError.__init__(error, fault, mend=mend)
    for attribute, value in (_EXTRAS.get(kind) or _nothing)(document).items():
        setattr(error, attribute, value)
    return error


def _nothing(document: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001  most errors have no more to say
    return {}


_EXTRAS: dict[type[KibanError], Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    errors.InvalidQuestion: lambda document: {"position": document.get("position")},
    errors.InvalidForm: lambda document: {"places": dict(document.get("parameters") or {})},
    errors.RecordNotFound: lambda document: {"identifier": _between(str(document.get("fault", "")))},
    errors.TooManyAttempts: lambda document: {"wait_s": document.get("wait_s", 5)},
    errors.MissingExtra: lambda document: {"extra": _extra(str(document.get("mend", "")))},
}
_BY_STATUS: dict[int, type[KibanError]] = {
    401: errors.NotLoggedIn,
    403: errors.Refused,
    404: errors.RecordNotFound,
    406: errors.NotExportable,
    409: errors.Conflict,
    412: errors.ChangedSince,
    422: errors.InvalidValue,
    429: errors.TooManyRequests,
    502: errors.NotReached,
    503: errors.StorageError,
    504: errors.NotReached,
}


def _between(fault: str) -> str:
    return fault.removeprefix("There is no record ").removesuffix(".")


def _extra(mend: str) -> str:
    return mend.partition("kiban[")[2].partition("]")[0]
