"""What a form of a page sends, as a tree: `steps.2.temperature` is the temperature in the third row of the steps.

The numbers only tell rows apart; their order is the order in which the browser sends them, which is that of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from kiban.errors import WrongUsage
from kiban.web.multipart import PartBegins, PartData, form_events

_MOST_BYTES = 16 << 20
_MOST_FIELDS = 200_000
DEEPEST = 20
"""So many points a name may have."""
_MEND = "Fill in the form on Kiban's own page."


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """A file in a form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A form that arrived."""

    tree: dict[str, Any]
    files: dict[str, GivenFile] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text in a field of the first level; empty where there is none."""
        found = self.tree.get(name, "")
        return found.strip() if isinstance(found, str) else ""

    def part(self, name: str) -> dict[str, Any]:
        """The fields below a name of the first level."""
        found = self.tree.get(name, {})
        return found if isinstance(found, dict) else {}


async def read_form(request: Request) -> Given:
    """Take a form in, however the browser wrote it.

    Raises
    ------
    WrongUsage
        If it is too large, damaged, or holds zero characters.
    """
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await _of_parts(request)
    body = b""
    async for chunk in request.stream():
        body += chunk
        _check_size(len(body))
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError as e:
        raise WrongUsage("The form cannot be taken apart.", mend=_MEND) from e
    return Given(tree=tree(pairs))


SentForm = Annotated[Given, Depends(read_form)]


async def _of_parts(request: Request) -> Given:
    pairs: list[tuple[str, str]] = []
    files: dict[str, GivenFile] = {}
    content, n_bytes = bytearray(), 0
    part: PartBegins | None = None
    async for event in form_events(request.headers.get("content-type", ""), request.stream()):
        if isinstance(event, PartBegins):
            part, content = event, bytearray()
        elif isinstance(event, PartData):
            n_bytes += len(event.content)
            _check_size(n_bytes)
            content += event.content
        elif part is not None and part.file_name is not None:
            files[part.field] = GivenFile(name=part.file_name, content=bytes(content))
        elif part is not None:
            pairs.append((part.field, content.decode("utf-8", "replace")))
            if len(pairs) > _MOST_FIELDS:
                raise WrongUsage(f"The form has more than {_MOST_FIELDS} fields.", mend=_MEND)
    return Given(tree=tree(pairs), files=files)


def _check_size(n_bytes: int) -> None:
    if n_bytes > _MOST_BYTES:
        raise WrongUsage(
            f"The form is larger than {_MOST_BYTES >> 20} MB.", mend="Deposit large tables and files as files."
        )


def tree(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Put names with points into one another. Where a name comes twice, the last one counts.

    Raises
    ------
    WrongUsage
        If a name is both a field and a group of fields, or a text holds a zero character.
    """
    root: dict[str, Any] = {}
    for name, value in pairs:
        if "\0" in value or "\0" in name:
            raise WrongUsage("A field of the form holds a zero character.", mend="Leave it out.")
        *above, last = name.split(".")
        place: Any = root if len(above) <= DEEPEST else None
        for part in above:
            place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if not isinstance(place, dict) or isinstance(place.get(last), dict):
            raise WrongUsage(f"'{name[:80]}' does not fit the other fields of the form.", mend=_MEND)
        place[last] = value.replace("\r\n", "\n")
    return {key: _listed(value) for key, value in root.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    return list(inner.values()) if all(key.isdecimal() for key in inner) else inner


def depth(value: Any) -> int:
    """How deep lists and groups stand in one another; it is not counted beyond twice what a form may have."""
    level, found = [value], 0
    while level and found <= 2 * DEEPEST:
        inside = [list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level, found = [each for one in inside for each in one], found + 1
    return found


def texts(value: Any) -> Iterator[str]:
    """All texts and names in a tree that is not too deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def pruned(value: Any) -> Any:
    """Without what was left empty: a group in which nothing was typed is as good as none. Rows keep their places."""
    if isinstance(value, dict):
        inner = {key: pruned(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one not in ("", {}, [])}
    if isinstance(value, list):
        rows = [pruned(one) for one in value]
        return rows if any(row not in ("", {}, []) for row in rows) else []
    return value if not isinstance(value, str) or value.strip() else ""
