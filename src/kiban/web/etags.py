"""Entity tags: a program that has an answer asks whether it is still the same, and says which one it changes.

The tag of an answer is a digest of its bytes. So it says all that the asker was shown, its version and what hangs on
it, and nothing of what the asker was not shown. It is strong: the same tag means the same bytes. What is compressed has
a tag of its own (see `compressed`).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, Annotated

from fastapi import Header

from kiban.errors import ChangedSince, KibanError, WrongUsage
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.web.json_response import Json
from kiban.web.refusal import is_for_programs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from kiban.web.asker import Desk

SUFFIX = "-gzip"
"""What the tag of the compressed form ends with."""
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_LONGEST = 2000
_LARGE_BYTES = 1 << 20
"""Of more the digest is worked out in a thread, so that others are answered meanwhile."""

IfMatch = Annotated[
    str | None,
    Header(
        max_length=_LONGEST,
        description="The `ETag` of the record as it was shown: refused with 412 if it is shown otherwise now.",
    ),
]


def tag_of(content: bytes) -> str:
    """The tag of an answer with these bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_among(tag: str, header: str, *, weakly: bool = False) -> bool:
    """Say whether a tag is in an `If-Match` or `If-None-Match` header.

    Parameters
    ----------
    weakly : bool
        Tags that are marked as weak (as proxies do) count too.

    Raises
    ------
    WrongUsage
        If the header is no list of tags.
    """
    if header.strip() == "*":
        return True
    found = _TAG.findall(header)
    if not found or _TAG.sub("", header).strip(" ,\t"):
        raise WrongUsage(f"'{header[:80]}' is no list of entity tags.", mend='Send an ETag as it came, as "1f3a".')
    wanted = tag.strip('"')
    return any(value.removesuffix(SUFFIX) == wanted and (weakly or not weak) for weak, value in found)


def matched_version(desk: Desk, identifier: str, if_match: str | None, expected: int | None) -> int | None:
    """The version that a change is made on: what `expected` says, once the record is shown as `If-Match` says.

    Raises
    ------
    ChangedSince
        If the asker would be shown something else now.
    RecordNotFound
        If there is none that the asker may see, whatever was sent.
    """
    if if_match is None:
        return expected
    shown = show(desk.asker, desk.resources, identifier)
    if not is_among(tag_of(bytes(Json(shown_as_json(shown)).body)), if_match):
        raise ChangedSince(
            f"{shown.record.pid} is not what If-Match says it was: it is at version {shown.record.version}, "
            "or what hangs on it has changed.",
            mend="Get it again, look at what changed, and send the change with the new ETag.",
        )
    # What somebody else does between this look and the change is told by the version.
    return expected if expected is not None else shown.record.version


class EntityTags:
    """An ASGI application around another one: tags whole answers to GET under /api, and answers 304 where it may."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "GET" or not is_for_programs(scope):
            await self._app(scope, receive, send)
            return
        asked = [value.decode("latin-1") for name, value in scope["headers"] if name == b"if-none-match"]
        start: Message | None = None
        unchanged = False

        async def tagged_send(message: Message) -> None:
            nonlocal start, unchanged
            if message["type"] == "http.response.start":
                start = message
                return
            if start is None:
                if not unchanged:
                    await send(message)
                return
            begun, start = start, None
            if begun["status"] == 200 and not message.get("more_body") and not _has_tag(begun):
                body = message.get("body", b"")
                tag = tag_of(body) if len(body) < _LARGE_BYTES else await asyncio.to_thread(tag_of, body)
                known = _known(tag, ",".join(asked))
                begun = {**begun, "headers": [*begun["headers"], (b"etag", (known or tag).encode())]}
                if known is not None:
                    begun, message, unchanged = _not_modified(begun), {**message, "body": b""}, True
            await send(begun)
            await send(message)

        await self._app(scope, receive, tagged_send)


def _known(tag: str, asked: str) -> str | None:
    """The tag as the program has it, of the compressed form or not; `None` where it has another one, or none."""
    try:
        if not asked or not is_among(tag, asked, weakly=True):
            return None
    except KibanError:
        return None  # a header that cannot be read is passed over: the answer is whole
    compressed = f'{tag[:-1]}{SUFFIX}"'
    return compressed if compressed in asked else tag


def _has_tag(start: Message) -> bool:
    return any(name.lower() == b"etag" for name, _ in start["headers"])


def _not_modified(start: Message) -> Message:
    kept = [
        (name, value) for name, value in start["headers"] if name.lower() not in {b"content-length", b"content-type"}
    ]
    return {**start, "status": 304, "headers": kept}
