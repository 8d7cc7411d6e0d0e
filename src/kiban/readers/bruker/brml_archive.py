"""The members of a BRML archive: which raw data belong to which experiment, and in what order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.xml import parse
from kiban.readers.xml_header import children, descend, local_name
from kiban.readers.zipped import Zipped

if TYPE_CHECKING:
    from lxml.etree import _Element

MEMBER = re.compile(
    r"(?:(?P<above>.*)/)?Experiment(?P<experiment>\d{1,9})/(?:DataContainer|RawData(?P<number>\d{1,9}))\.xml"
)
MEND = "Save the measurement again in DIFFRAC, or copy the archive again; it is kept as it came."


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment: the names of its raw data in order, and its container where it has one."""

    container: _Element | None
    raw_data: tuple[str, ...]


class Archive:
    """The archive by names with forward slashes."""

    def __init__(self, zipped: Zipped, file: str) -> None:
        self.file = file
        self._zipped = zipped
        self._names = {name.replace("\\", "/"): name for name in zipped.names}

    def place(self, path: str) -> str:
        """Name a member for messages."""
        return f"{self.file}!/{path}"

    def xml(self, path: str, root: str) -> _Element:
        """Parse a member. Raises DamagedFile where its root element has another name, else as `parse`."""
        element = parse(self.read(path), name=self.place(path))
        if local_name(element) != root:
            raise DamagedFile(
                f"{self.place(path)}: the root element <{root}> was expected; <{local_name(element)}> was found.",
                mend=MEND,
            )
        return element

    def read(self, path: str) -> bytes:
        """Unpack a member.

        Raises
        ------
        DamagedFile
            If it is not there, or cannot be unpacked.
        HostileFile, LimitExceeded
        """
        if path not in self._names:
            raise DamagedFile(f"{self.file}: {path} was expected in the archive; it is missing.", mend=MEND)
        return self._zipped.read(self._names[path])

    def experiments(self) -> list[Experiment]:
        """All experiments with raw data, in the order of their numbers. Raises NothingMeasured where there is none."""
        folders: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for path in self._names:
            if match := MEMBER.fullmatch(path):
                key = (match["above"] or "", int(match["experiment"]))
                found = folders.setdefault(key, [])
                if match["number"]:
                    found.append((int(match["number"]), path))
        experiments = [self._experiment(path, numbered) for path, numbered in sorted(folders.items())]
        filled = [experiment for experiment in experiments if experiment.raw_data]
        if not filled:
            raise NothingMeasured(
                f"{self.file} is a BRML archive without raw data: nothing has been measured yet.",
                mend="If it was measured, save it again in DIFFRAC. It is kept as it came.",
            )
        return filled

    def _experiment(self, folder: tuple[str, int], numbered: list[tuple[int, str]]) -> Experiment:
        above, number = folder
        path = f"{above}/Experiment{number}".lstrip("/")
        # Leading zeros are in no file seen, but the member's own name tells.
        container_path = next((n for n in self._names if n == f"{path}/DataContainer.xml"), "")
        if not container_path:
            return Experiment(container=None, raw_data=tuple(name for _, name in sorted(numbered)))
        container = self.xml(container_path, "DataContainer")
        references = descend(container, "RawDataReferenceList")
        listed = [
            (entry.text or "").strip().replace("\\", "/")
            for entry in (children(references, "string") if references is not None else ())
        ]
        prefix = f"{above}/" if above else ""
        return Experiment(container=container, raw_data=tuple(prefix + name for name in listed if name))
