"""Which reader gets a file, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from kiban import plugins
from kiban.errors import DamagedFile, LimitExceeded, UnknownFormat, UnreadableFile
from kiban.readers.contract import Confidence, Reader, Recognition, lacks
from kiban.readers.source import Source
from kiban.records.reading import Reading


@dataclass(frozen=True, slots=True)
class Choice:
    """The reader chosen for a file, the reason, and the bytes it will see (unpacked where they were packed)."""

    reader: Reader
    why: str
    source: Source


def readers() -> tuple[Reader, ...]:
    """All readers that are installed, ours and those of other packages."""
    return cast(tuple[Reader, ...], plugins.find("kiban.readers", "READER", check=lacks))


def companions() -> dict[str, list[tuple[str, ...]]]:
    """File names by which readers know a measurement of several files, and the patterns of the others: a list of them
    for each reader that knows the name."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for reader in readers():
        for name, patterns in getattr(reader, "companions", {}).items():
            if patterns and patterns not in found.setdefault(name, []):
                found[name].append(patterns)
    return found


def survey() -> plugins.Survey:
    """The same with the packages they come from, and those that cannot be used."""
    return plugins.survey("kiban.readers", "READER", check=lacks)


def choose(source: Source) -> Choice:
    """Let every reader look at the file and give it to the surest.

    Raises
    ------
    UnknownFormat
        If no reader claims it; the fault says what it looks like instead.
    UnreadableFile
        If it is packed and cannot be unpacked within the limits.
    """
    claims, failed = _claims(source)
    if not claims:
        inner = source.unpacked()
        if inner is not None:
            choice = choose(inner)
            return Choice(choice.reader, f"{choice.why}, inside {inner.packed_as}", choice.source)
        raise UnknownFormat(
            f"No reader recognises {source.name or 'the file'}: it {describe(source)}.{_in_brackets(failed)}",
            mend="It is kept as it came, and read as soon as a reader for it is installed.",
        )
    claim, reader = max(claims, key=lambda pair: pair[0].confidence)
    return Choice(reader, claim.why + _in_brackets(failed), source)


def _claims(source: Source) -> tuple[list[tuple[Recognition, Reader]], list[str]]:
    """Ask the readers, those first whose files are usually called so: nothing is surer than a signature, so the first
    who finds his own ends the round. The suffix decides nothing, it only saves asking the others.

    Readers that fail when asked, against their contract, are left out, and named with the reason."""
    claims: list[tuple[Recognition, Reader]] = []
    failed: list[str] = []
    for reader in _by_suffix("." + source.name.rpartition(".")[2].lower()):
        try:
            claim = reader.recognise(source)
        except Exception as e:  # noqa: BLE001  one reader's fault must not keep the others from the file
            failed.append(f"The reader {reader.name} failed when it was asked ({type(e).__name__}: {e}).")
            continue
        if claim is not None:
            claims.append((claim, reader))
            if claim.confidence is Confidence.CERTAIN:
                break
    return claims, failed


def _by_suffix(suffix: str) -> Iterator[Reader]:
    """Those whose files are usually called so, then the others."""
    others: list[Reader] = []
    for reader in readers():
        if suffix in reader.suffixes:
            yield reader
        else:
            others.append(reader)
    yield from others


def _in_brackets(sentences: list[str]) -> str:
    return f" ({' '.join(sentences)})" if sentences else ""


def read(source: Source) -> tuple[Choice, list[Reading]]:
    """Choose a reader and read the file with it.

    Raises
    ------
    UnreadableFile
        Whatever is wrong with the file; nothing else comes out of a reader, whatever bytes it was given.
    """
    choice = choose(source)
    try:
        return choice, _read(choice, source)
    except UnreadableFile as e:
        e.reader = choice.reader.name
        raise


def _read(choice: Choice, source: Source) -> list[Reading]:
    try:
        readings = choice.reader.read(choice.source)
    except UnreadableFile:
        raise
    except MemoryError as e:
        raise LimitExceeded(
            f"{source.name}: reading it takes more memory than allowed.",
            mend="Export a smaller part of the measurement. The file is kept as it came.",
        ) from e
    except Exception as e:
        raise DamagedFile(
            f"{source.name}: the reader {choice.reader.name} met what the format forbids ({type(e).__name__}: {e}).",
            mend="If another program reads the file, report it with the file; it is kept as it came.",
        ) from e
    if not readings:
        raise DamagedFile(
            f"{source.name}: {choice.reader.title} was recognised but nothing in it could be read.",
            mend="Export the measurement again; the file is kept as it came.",
        )
    return readings


def describe(source: Source) -> str:
    """Say in a few words what the first bytes look like."""
    head = source.head
    if not head:
        return "is empty"
    if not head.strip(b"\0"):
        return "begins with nothing but zero bytes"
    for magic, words in _LOOKS:
        if head.startswith(magic):
            return f"begins like {words}"
    if b"\0" in head[:1024]:
        return f"is binary and begins with the bytes {head[:8].hex(' ')}"
    return f"is text that begins {head[:40].decode('utf-8', 'replace')!r}"


_LOOKS = (
    (b"PK\x03\x04", "a zip archive"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"\xd0\xcf\x11\xe0", "an OLE container"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"<?xml", "XML"),
    (b"{", "JSON"),
)
