"""Forms with files, part by part as they arrive: a file is never held in memory or in a temporary file of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from kiban.errors import WrongUsage

_LONGEST_HEADERS = 16 << 10
_MEND = "Send a form as a browser or `curl -F file=@scan.ras` does."


@dataclass(frozen=True, slots=True)
class PartBegins:
    """A field, or a file if it has a file name."""

    field: str
    file_name: str | None


@dataclass(frozen=True, slots=True)
class PartData:
    """The next bytes of it."""

    content: bytes


@dataclass(frozen=True, slots=True)
class PartEnds:
    """It is whole."""


FormEvent = PartBegins | PartData | PartEnds


async def form_events(content_type: str, body: AsyncIterator[bytes]) -> AsyncIterator[FormEvent]:
    """Take a form apart.

    Raises
    ------
    WrongUsage
        If it is no such form, or ends before its end.
    """
    from python_multipart.exceptions import FormParserError

    listener = _Listener()
    try:
        parser = _parser(content_type, listener)
        async for chunk in body:
            parser.write(chunk)
            events, listener.events = listener.events, []
            for event in events:
                yield event
    except FormParserError as e:
        raise WrongUsage(f"The form cannot be taken apart: {e}.", mend=_MEND) from e
    if not listener.is_finished:
        raise WrongUsage("The form ended before its last part was whole.", mend="Send it again.")


def _parser(content_type: str, listener: _Listener):  # type: ignore[no-untyped-def]  # its module has to be loaded late
    from python_multipart.multipart import MultipartParser, parse_options_header

    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise WrongUsage("The form does not say where its parts begin (no boundary).", mend=_MEND)
    return MultipartParser(
        boundary,
        {
            "on_part_begin": listener.part_begins,
            "on_header_field": listener.header_field,
            "on_header_value": listener.header_value,
            "on_header_end": listener.header_ends,
            "on_headers_finished": listener.headers_end,
            "on_part_data": listener.part_data,
            "on_part_end": lambda: listener.events.append(PartEnds()),
            "on_end": listener.form_ends,
        },
    )


class _Listener:
    """Hears what the parser finds."""

    def __init__(self) -> None:
        self.events: list[FormEvent] = []
        self.is_finished = False
        self._name = self._value = b""
        self._disposition = b""
        self._n_header_bytes = 0

    def part_begins(self) -> None:
        self._disposition = b""
        self._n_header_bytes = 0

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _count(self, n_bytes: int) -> None:
        self._n_header_bytes += n_bytes
        if self._n_header_bytes > _LONGEST_HEADERS:
            raise WrongUsage("The head of a part of the form is too long.", mend=_MEND)

    def header_ends(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def headers_end(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise WrongUsage("A part of the form has no name.", mend=_MEND)
        file_name = options.get(b"filename")
        self.events.append(PartBegins(_text(options[b"name"]), _text(file_name) if file_name is not None else None))

    def part_data(self, data: bytes, start: int, end: int) -> None:
        self.events.append(PartData(data[start:end]))

    def form_ends(self) -> None:
        self.is_finished = True


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
