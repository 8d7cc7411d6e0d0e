"""A laboratory that is spoken to over HTTP.

Settings: `url`, the address that its paths begin with; `token_file`, a file with a token that is sent as
`Authorization: Bearer`; `timeout_s`, how long an answer may take (5 s unless told).

The laboratory answers to

- `PUT /submissions/IDENTITY`, with what to set and to measure as JSON, as the folder driver writes it: begins with it.
  What has that identity already is left as it is.
- `GET /submissions/IDENTITY`: `{"identity": ..., "status": ...}`, the status being `waiting`, `running`, `done` or
  `cancelled`; 404 where it was never given.
- `GET /submissions/IDENTITY/result`: a result, as the folder driver reads it.
- `GET /submissions/IDENTITY/files/NAME`: the file that a result names. It is taken if size and checksum are right.
- `DELETE /submissions/IDENTITY`: breaks it off; 404 and 409 say that there is nothing to be broken off.

Redirections are not followed, and no proxy is used. 429 and 5xx count as not being reached, and are asked again.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from kiban.errors import IllegalMove, InvalidSetting, InvalidValue, KibanError, NotReached
from kiban.laboratory.contract import LARGEST_FILE_BYTES, Result, Standing, Submission, check_identity
from kiban.laboratory.result_document import json_in, named_file, result_in
from kiban.laboratory.settings_of import Given
from kiban.laboratory.submission_document import submission_to_json

_LARGEST_JSON_BYTES = 1 << 20
_PART_BYTES = 1 << 16
_TOO_MANY, _NOT_FOUND, _CONFLICT = 429, 404, 409
_REFUSED = (401, 403)


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """A token is for one address alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """See `HTTPRedirectHandler`: nothing is followed."""


class HttpLaboratory:
    """See the module."""

    def __init__(self, url: str, *, token: str, timeout_s: float) -> None:
        self._url = url
        self._token = token
        self._timeout_s = timeout_s
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirection())

    def submit(self, submission: Submission) -> None:
        """See `Laboratory`."""
        body = json.dumps(submission_to_json(submission), ensure_ascii=False).encode()
        self._ask("PUT", submission.identity, body=body)

    def status(self, identity: str) -> Standing:
        """See `Laboratory`."""
        content = self._ask("GET", check_identity(identity), missing=(_NOT_FOUND,))
        if content is None:
            return Standing.UNKNOWN
        document = _json(content, f"The status of {identity}")
        said = document.get("status") if isinstance(document, Mapping) else None
        standings = {each.value: each for each in Standing if each is not Standing.UNKNOWN}
        if not isinstance(document, Mapping) or document.get("identity") != identity or str(said) not in standings:
            raise InvalidValue(
                f"The laboratory says of {identity}: {content[:200]!r}.",
                mend=f"It should give its identity, and as status one of: {', '.join(standings)}.",
            )
        return standings[str(said)]

    def result(self, identity: str) -> Result:
        """See `Laboratory`."""
        if (standing := self.status(identity)) is not Standing.DONE:
            raise IllegalMove(f"The submission {identity} is {standing}.", mend="Ask for its result when it is done.")
        where = f"The result of {identity}"
        content = self._ask("GET", f"{identity}/result") or b""
        file = named_file(_json(content, where), where, identity)
        if file is None:
            return result_in(content, where, identity, beside=lambda _: b"")
        written = self._ask("GET", f"{identity}/files/{quote(file.name)}", most=LARGEST_FILE_BYTES) or b""
        if len(written) != file.size or hashlib.sha256(written).hexdigest() != file.sha256:
            raise NotReached(
                f"{file.name} of {identity} came with {len(written)} bytes that are not the {file.size} it names.",
                mend="Look whether the laboratory changes it after it is done.",
            )
        return result_in(content, where, identity, beside=lambda _: written)

    def cancel(self, identity: str) -> None:
        """See `Laboratory`."""
        self._ask("DELETE", check_identity(identity), missing=(_NOT_FOUND, _CONFLICT))

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        missing: tuple[int, ...] = (),
        most: int = _LARGEST_JSON_BYTES,
    ) -> bytes | None:
        """What the laboratory answers; `None` for one of the statuses that mean that there is nothing."""
        headers = {"Accept": "*/*", "User-Agent": "Kiban"}
        headers |= {"Authorization": f"Bearer {self._token}"} if self._token else {}
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        address = f"{self._url}/submissions/{path}"
        # The scheme was checked when the settings were read.
        request = urllib.request.Request(address, data=body, headers=headers, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                content = self._read(answer, most)
        except urllib.error.HTTPError as e:
            e.close()
            if e.code in missing:
                return None
            raise self._refused(e.code, method, address) from e
        except (OSError, http.client.HTTPException) as e:
            raise self._away(f"{method} {address} has no answer: {e}") from e
        if len(content) > most:
            raise InvalidValue(f"{address} answers with more than {most} bytes.", mend="Have it answer with less.")
        return content

    def _read(self, answer: http.client.HTTPResponse, most: int) -> bytes:
        """Its body, up to one byte more than `most`. A JSON that comes drop by drop is none: it would hold us up."""
        begin, parts, size = time.monotonic(), list[bytes](), 0
        while size <= most and (part := answer.read1(min(_PART_BYTES, most + 1 - size))):
            parts.append(part)
            size += len(part)
            if most == _LARGEST_JSON_BYTES and time.monotonic() - begin > self._timeout_s:
                raise TimeoutError(f"it was not whole after {self._timeout_s:g} s")
        if size <= most and answer.length:
            raise http.client.IncompleteRead(b"".join(parts), answer.length)
        return b"".join(parts)

    def _refused(self, code: int, method: str, address: str) -> KibanError:
        if code == _TOO_MANY or code >= http.client.INTERNAL_SERVER_ERROR:
            return self._away(f"{method} {address} is answered with {code}")
        if code in _REFUSED:
            return InvalidSetting(
                f"The laboratory does not let us in: {method} {address} is answered with {code}.",
                mend="Look at the token in token_file.",
            )
        return InvalidValue(
            f"{method} {address} is answered with {code}.", mend="Look at the url, and at the log of the laboratory."
        )

    def _away(self, fault: str) -> NotReached:
        return NotReached(f"{fault}.", mend="Look whether the laboratory runs and the network is there.")


def _json(content: bytes, where: str) -> object:
    try:
        return json_in(content)
    except ValueError as e:
        raise InvalidValue(f"{where} is no JSON: {content[:80]!r}.", mend="Have the laboratory answer in JSON.") from e


class HttpDriver:
    """See the module."""

    name = "http"
    version = 1
    title = "Laboratory that speaks HTTP"
    settings: tuple[str, ...] = ("url", "token_file", "timeout_s")

    def connect(self, settings: Mapping[str, Any], *, folder: Path) -> HttpLaboratory:
        """See `Driver`."""
        given = Given(self.name, settings, self.settings, folder)
        url = settings.get("url")
        if not isinstance(url, str) or not _is_address(url):
            raise given.refusal("url", url, "Give an address that begins with http:// or https://, without ? and #.")
        token = _token(given) if given.has("token_file") else ""
        return HttpLaboratory(url.rstrip("/"), token=token, timeout_s=given.number("timeout_s", 5.0, low=0.1, high=600))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    is_writable = url.isascii() and url.isprintable() and " " not in url
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_plain and is_writable


def _token(given: Given) -> str:
    path = given.path("token_file")
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise given.refusal("token_file", str(path), "Name a file that holds the token and nothing else.") from e
    if not token or not token.isprintable() or " " in token:
        raise given.refusal("token_file", str(path), "Name a file that holds the token and nothing else.")
    return token


DRIVER = HttpDriver()
