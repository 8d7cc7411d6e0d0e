"""Errors as RFC 9457 says them: `application/problem+json`, from the tree of `kiban.errors`."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from kiban import errors
from kiban.errors import KibanError

if TYPE_CHECKING:
    from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"

_STATUS: dict[type[KibanError], int] = {
    errors.RecordNotFound: 404,
    errors.InvalidIdentifier: 404,
    errors.InvalidQuestion: 422,
    errors.InvalidValue: 422,
    errors.WrongUsage: 422,
    errors.NothingAllowed: 422,
    errors.SpaceTooLarge: 422,
    # Unlike other settings, which are the operator's, its name came with the request.
    errors.NoSuchLaboratory: 422,
    errors.NotLoggedIn: 401,
    errors.Refused: 403,
    errors.TooManyAttempts: 429,
    errors.ProviderUnavailable: 503,
    errors.ChangedSince: 412,
    errors.Conflict: 409,
    errors.TooManyRequests: 429,
    errors.MissingExtra: 406,
    errors.NotExportable: 406,
    errors.DiskFull: 507,
    errors.DatabaseUnavailable: 503,
    # What is read here are our own stored bytes; files of strangers are read by a deposit, which never raises these.
    errors.UnreadableFile: 500,
    # But for a measurement that never had numbers.
    errors.NothingMeasured: 422,
    errors.StorageError: 500,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a request was not answered, and what can be done.

    What it quotes of the request may be half of a character, which JSON can name and UTF-8 cannot write: it stands
    there as JSON names it.
    """

    status: int
    error: str
    """Name of the error, as in `kiban.errors`."""
    fault: str
    mend: str
    position: int | None = None
    """Where in the question the trouble starts, in characters from 0."""
    parameters: dict[str, str] = field(default_factory=dict)
    """Name of each parameter (or place in the body) that cannot be used, and what is wrong with it."""
    wait_s: int | None = None
    """Of too many attempts: how long until the next."""

    def __post_init__(self) -> None:
        for name in ("fault", "mend"):
            object.__setattr__(self, name, _writable(getattr(self, name)))
        places = {_writable(place): _writable(wrong) for place, wrong in self.parameters.items()}
        object.__setattr__(self, "parameters", places)

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457, then ours."""
        document: dict[str, Any] = {
            "type": f"urn:kiban:error:{self.error}",
            "title": title(self.status),
            "status": self.status,
            "detail": f"{self.fault} {self.mend}".strip(),
            "error": self.error,
            "fault": self.fault,
            "mend": self.mend,
        }
        if self.position is not None:
            document["position"] = self.position
        if self.parameters:
            document["parameters"] = self.parameters
        return document


def _writable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def title(status: int) -> str:
    """The name of an HTTP status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def of_error(error: KibanError) -> Problem:
    """Say an error of ours in HTTP."""
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    position = error.position if isinstance(error, errors.InvalidQuestion) else None
    places = error.places if isinstance(error, errors.InvalidForm) else {}
    wait_s = error.wait_s if isinstance(error, errors.TooManyAttempts) else None
    return Problem(
        status=status,
        error=error.name,
        fault=error.fault,
        mend=error.mend,
        position=position,
        parameters=places,
        wait_s=wait_s,
    )


def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The response that says it."""
    from kiban.web.json_response import Json

    return Json(
        problem.as_json(), status_code=problem.status, media_type=MEDIA_TYPE, headers=_headers(problem, headers)
    )


def _headers(problem: Problem, headers: dict[str, str] | None) -> dict[str, str]:
    usual = {
        401: {"www-authenticate": 'Bearer realm="kiban"'},
        429: {"retry-after": str(problem.wait_s or 5)},
        503: {"retry-after": "5"},
    }.get(problem.status, {})
    return {"cache-control": "no-store", **usual, **(headers or {})}
