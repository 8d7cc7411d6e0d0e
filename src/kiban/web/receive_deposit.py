"""Uploads become deposits: the same for REST and for the page that works without scripts."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from kiban.errors import WrongUsage
from kiban.operations.deposit import deposit_stream
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, placement_of
from kiban.web.multipart import FormEvent, PartBegins, PartData, form_events
from kiban.web.placement_choice import chosen
from kiban.web.upload import Upload

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiban.web.asker import Desk

LONGEST_NAME = 1000
LONGEST_SAMPLE = 200
_MOST_FILES = 10_000
_MOST_FIELDS = 1000
_LONGEST_FIELD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the depositor says of the files."""

    sample: str | None = None
    placement: Placement = AS_THE_PROJECT_SAYS
    typed: Mapping[str, str] = field(default_factory=dict)
    """What fields of a form said of the placement before the file came."""


def wishes(sample: str | None, placement: Placement = AS_THE_PROJECT_SAYS) -> Wishes:
    """Check what the depositor says. Raises WrongUsage."""
    name = " ".join((sample or "").split())
    if len(name) > LONGEST_SAMPLE or not name.isprintable():
        raise WrongUsage(
            "The name of the sample is too long or holds characters that cannot be printed.",
            mend=f"Give at most {LONGEST_SAMPLE} printable characters.",
        )
    return Wishes(sample=name or None, placement=placement)


async def receive_body(desk: Desk, request: Request, *, name: str, wishes: Wishes) -> Outcome:
    """Deposit the body of the request as one file. Raises as `deposit_stream`, and WrongUsage if it breaks off."""
    upload = _begin(desk, name, wishes)
    try:
        async for chunk in request.stream():
            await upload.write(chunk)
        return await upload.finish()
    except (ClientDisconnect, HTTPException):  # gone, or too large or too slow
        await upload.abandon()
        raise
    except asyncio.CancelledError:
        await upload.abandon()
        raise _stopping() from None


async def receive_form(desk: Desk, request: Request, *, wishes: Wishes) -> list[Outcome]:
    """Deposit the files of a form, in their order.

    Fields named `sample`, `tier`, `agreement` and `embargo` count for the files after them.

    Raises
    ------
    WrongUsage
        If the form is damaged or holds no file. Files before the damage are safe.
    """
    outcomes: list[Outcome] = []
    events = form_events(request.headers.get("content-type", ""), request.stream())
    n_files = n_fields = 0
    async for event in events:
        if not isinstance(event, PartBegins):
            continue
        if not event.file_name:
            n_fields += 1
            if n_fields > _MOST_FIELDS:
                raise WrongUsage(
                    f"The form holds more than {_MOST_FIELDS} fields.", mend="Send only files, sample and tier."
                )
            wishes = _with_field(wishes, event, await _field_text(events))
            continue
        n_files += 1
        if n_files > _MOST_FILES:
            raise WrongUsage(f"The form holds more than {_MOST_FILES} files.", mend="Send them in several forms.")
        outcomes.append(await _file(desk, event.file_name, events, wishes))
    if not n_files:
        raise WrongUsage("The form holds no file.", mend="Choose at least one file.")
    return outcomes


async def _file(desk: Desk, name: str, events: AsyncIterator[FormEvent], wishes: Wishes) -> Outcome:
    upload = _begin(desk, name, wishes)
    try:
        async for event in events:
            if not isinstance(event, PartData):
                return await upload.finish()
            await upload.write(event.content)
    except (ClientDisconnect, HTTPException, WrongUsage):
        await upload.abandon()
        raise
    except asyncio.CancelledError:
        await upload.abandon()
        raise _stopping() from None
    await upload.abandon()
    raise WrongUsage("The form ended inside a file.", mend="Send it again.")


def _stopping() -> HTTPException:
    # The server cancels what is still arriving when its time to stop is up. The sender gets an answer all the same.
    return HTTPException(503)


async def _field_text(events: AsyncIterator[FormEvent]) -> str:
    content = b""
    async for event in events:
        if not isinstance(event, PartData):
            break
        content += event.content
        if len(content) > _LONGEST_FIELD:
            raise WrongUsage("A field of the form is too long.", mend="Files need a file name in their part.")
    return content.decode("utf-8", "replace")


def _with_field(before: Wishes, part: PartBegins, text: str) -> Wishes:
    if part.field == "sample":
        return replace(before, sample=wishes(text).sample)
    if part.field in {"tier", "agreement", "embargo"}:
        return replace(before, typed={**before.typed, part.field: text})
    return before


def _placement(desk: Desk, wanted: Wishes) -> Placement:
    """What the fields before a file said, or else what the address said. Raises WrongUsage."""
    typed = wanted.typed
    if not typed:
        return wanted.placement
    tier, embargo = typed.get("tier", ""), typed.get("embargo", "")
    if "agreement" in typed:
        return placement_of(tier, typed["agreement"], embargo, desk.asker.at)
    return chosen(desk, tier, embargo)


def _begin(desk: Desk, name: str, wishes: Wishes) -> Upload[Outcome]:
    path = clean_path(name)
    placement = _placement(desk, wishes)

    def deed(chunks: Iterable[bytes]) -> Outcome:
        return deposit_stream(desk.asker, desk.resources, chunks, path=path, placement=placement, sample=wishes.sample)

    return Upload(deed)


def clean_path(name: str) -> str:
    """The path under which an upload is catalogued: below nothing, with `/`, composed (NFC), not too long to show.

    It never becomes a path on a disk. What cannot be printed is written as an escape by the deposit.

    Raises
    ------
    WrongUsage
        If nothing is left.
    """
    # A Mac sends é and が as two characters each; a question for the name would not find it.
    composed = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = [part for part in composed.split("/") if part.strip() not in {"", ".", ".."}]
    path = "/".join(parts)
    if not path or len(path) > LONGEST_NAME:
        raise WrongUsage(
            "The file has no name, or one that is too long.", mend=f"Give a name of 1 to {LONGEST_NAME} characters."
        )
    return path
