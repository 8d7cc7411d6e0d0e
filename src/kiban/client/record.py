"""One record of a platform, with its numbers, files, exports and provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kiban.client.exchange import Exchange
from kiban.client.found import Hit
from kiban.client.numbers import Numbers
from kiban.client.rows import save
from kiban.errors import RecordNotFound, WrongUsage
from kiban.records.document import from_json
from kiban.records.property import Property


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another record, by name."""

    id: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """A file that a record was made of."""

    path: str
    sha256: str
    size: int
    """Bytes."""
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A record on the way of a provenance."""

    id: str
    kind: str
    title: str
    version: int
    depth: int
    """Links from the record that was asked about, which is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A link; it leads from what came later to what it rests on."""

    subject: str
    predicate: str
    object: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a record rests on, or what came of it; nearest first."""

    records: tuple[Step, ...]
    links: tuple[Edge, ...]
    is_cut: bool
    """There is more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearRecord(Hit):
    """A record that is like another one."""

    overlap: float
    """How much of the shorter of both ranges was measured in both, from 0 to 1."""
    distance: float | None = None
    """Of compositions, in steps along the modified Pettifor scale."""


class RemoteRecord:
    """A record as it was shown to the asker; `refresh` asks again."""

    def __init__(self, exchange: Exchange, identifier: str, *, version: int | None = None) -> None:
        self._exchange = exchange
        self._address = f"records/{quote(identifier, safe='')}"
        self.shown: Mapping[str, Any] = exchange.get(self._address, version=version)
        """All that the platform says of it, as REST has it."""

    def refresh(self) -> None:
        """Ask again, for its current version."""
        self.shown = self._exchange.get(self._address)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id} {self.title!r}, version {self.version}>"

    @property
    def id(self) -> str:
        """Its short identifier."""
        return str(self.shown["id"])

    @property
    def kind(self) -> str:
        """`sample`, `measurement`, `process`, ..."""
        return str(self.shown["kind"])

    @property
    def title(self) -> str:
        """Its name."""
        return str(self.shown["title"])

    @property
    def version(self) -> int:
        """Which version was shown."""
        return int(self.shown["version"])

    @property
    def tier(self) -> str:
        """How far it may travel."""
        return str(self.shown["tier"])

    @property
    def document(self) -> Mapping[str, Any]:
        """The noun itself."""
        return dict(self.shown["document"])

    @property
    def sample(self) -> Reference | None:
        """Of what sample it is."""
        import msgspec

        return msgspec.convert(self.shown["sample"], Reference | None)

    @property
    def files(self) -> tuple[FileInfo, ...]:
        """What it was made of, as far as it may be had."""
        import msgspec

        return msgspec.convert(self.shown["files"], tuple[FileInfo, ...])

    @property
    def properties(self) -> tuple[Property, ...]:
        """The values that are claimed for it or rest on it, with units and uncertainties."""
        every = ({k: v for k, v in each.items() if k != "evidence"} for each in self.shown["properties"])
        return tuple(from_json(each, Property) for each in every)

    def similar(self, *, at_least: float = 0.8, limit: int = 10) -> tuple[NearRecord, ...]:
        """What is like it: spectra and patterns of its technique, or compositions; the nearest first.

        Parameters
        ----------
        at_least : float
            The least score, above 0 and up to 1.
        limit : int
            At most so many, up to 50.
        """
        import msgspec

        found = self._exchange.get(f"records/{quote(self.id, safe='')}/similar", at_least=at_least, limit=limit)
        return msgspec.convert(found["similar"], tuple[NearRecord, ...])

    def numbers(self, *, points: int | None = None) -> Numbers:
        """The arrays of a measurement.

        Parameters
        ----------
        points : int, optional
            About so many along each axis, with every peak kept; all unless given.
        """
        return Numbers.of(self._exchange.get(f"{self._address}/numbers", points=points, whole=True))

    def header(self) -> dict[str, Any]:
        """The whole header of the file, as written."""
        return dict(self._exchange.get(f"{self._address}/header"))

    def file(self, path: str | Path | None = None, *, number: int = 0) -> bytes | Path:
        """The bytes as they were deposited: as they are, or written to a path.

        Raises
        ------
        RecordNotFound
            If there is no file that may be had.
        CutShort
            If the connection ended on the way; no file is written then.
        """
        if not 0 <= number < len(self.files):
            raise RecordNotFound(f"{self.id}, file {number}")
        return self._fetched(f"files/{self.files[number].sha256}/content", path)

    def export(self, standard: str, path: str | Path | None = None) -> bytes | Path:
        """The record as a file of a standard: `nexus`, `maiml`, ...; `exports` lists them.

        Raises
        ------
        NotExportable
            If the standard has no place for what was measured.
        """
        return self._fetched(f"{self._address}/export", path, **{"as": standard})

    def exports(self) -> dict[str, tuple[str, ...]]:
        """The standards that have a place for it, each with what it could not carry."""
        return {each["name"]: tuple(each["losses"]) for each in self._exchange.get(f"{self._address}/exports")}

    def provenance(self, direction: str = "back") -> Provenance:
        """What it rests on (`back`), or what came of it (`forward`)."""
        import msgspec

        return msgspec.convert(self._exchange.get(f"{self._address}/provenance", direction=direction), Provenance)

    def change(self, **said: Any) -> None:
        """Say something else of a sample or process, by the fields that REST takes; it becomes the next version.

        Raises
        ------
        Conflict
            If somebody else has changed it since it was shown here.
        WrongUsage
            If it is neither.
        """
        places = {"sample": "samples", "process": "processes"}
        if self.kind not in places:
            raise WrongUsage(f"{self.id} is a {self.kind}.", mend="Samples and processes can be changed.")
        address = f"{places[self.kind]}/{quote(self.id, safe='')}"
        self._exchange.send("PATCH", address, {**said, "expected": self.version})
        self.refresh()

    def _fetched(self, address: str, path: str | Path | None, **parameters: Any) -> bytes | Path:
        if path is None:
            return self._exchange.content(address, **parameters)
        return save(self._exchange, address, Path(path), **parameters)
