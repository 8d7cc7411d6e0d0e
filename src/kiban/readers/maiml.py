"""MaiML 1.0 (JIS K 0200), the Japanese standard for measured data.

Instrument
----------
Any: converters and instruments of Japanese makers write it (`.maiml`, `.mai`), also with files beside it in a zip
archive (`.maiml.zip`). So does Kiban: `kiban export ID --as maiml`.

What is read
------------
Of a document that Kiban wrote, the Reading that it was made of: numbers in the same types, units, uncertainties, roles,
metadata, rights, header, doubts.

Of other documents, for each result

- its lists of numbers (`content`): those of one group and one length give one Reading, the first as the axis (shape
  (n,)), the others as signals; names follow their keys, labels their `axis` or description;
- groups of properties beside each other that have a number in common (elements of a quantitative analysis): one Reading
  of technique `table`, a row for each group;
- single numbers of results: one Reading of technique `table` with a row for each group of results and a column for each
  number of its materials, conditions and results;
- files that an `insertion` names and that lie in the same archive: what the reader of their format says, with sample,
  conditions and times of the document where the file does not state them.

The technique is inferred from the words of protocol and instrument, with a doubt. Sample name, operator, tube voltage
and the like are taken from properties whose keys say so; times from the event log.

Checked: that a list has as many numbers as its `size` promises and that each is one of the stated type; the SHA-256 of
inserted files.

Uncertainties
-------------
Of Kiban's documents as they were. Those of other documents are left in the header, with a doubt: the standard has a
place for them but no words for their kind.

What is left out
----------------
Scale factors other than 1 are not applied (a doubt names them). Encrypted parts are not decrypted, signatures are not
verified. A protocol without results gives nothing. Lists of texts and times are in the header only.

File structure
--------------
XML: `document` (who, with what), `protocol` (how it was meant: a Petri net, programs, templates), `data` (materials,
conditions and results in groups called `results`) and `eventLog` (what happened). Properties and contents have a `key`
and one of about 70 types. JIS K 0200:2024 as its schema (MaiML-Schema 1.0 of JAIMA) has it. That hashes are also
written in hexadecimal digits, and how programs group properties, was worked out from 6 files of 3 programs.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kiban.errors import DamagedFile, KibanError, NothingMeasured, UnreadableFile, UnsupportedVariant
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.maiml_parts.beside import read_beside
from kiban.readers.maiml_parts.document import Document
from kiban.readers.maiml_parts.foreign import foreign_readings
from kiban.readers.maiml_parts.names import TECHNIQUE_WORDS
from kiban.readers.maiml_parts.own import is_own, own_readings, raw_file, stated_rights
from kiban.readers.source import Source
from kiban.readers.xml_header import first_tag
from kiban.readers.zipped import SIGNATURE, Zipped, listed_names
from kiban.records.reading import Reading

_DOCUMENT = re.compile(r"(?!__MACOSX/)(?:.*/)?(?!\._)[^/]+\.mai(?:ml)?", re.IGNORECASE | re.DOTALL)
_NAMESPACE = "maiml.org/schemas"
_MEND = "Export the measurement again; the file is kept as it came."


class Maiml:
    """Reads MaiML."""

    name = "maiml"
    version = 1
    title = "MaiML (JIS K 0200)"
    makers = ("any",)
    techniques = ("table", "spectrum", *(key for key, _ in TECHNIQUE_WORDS))
    suffixes = (".maiml", ".mai", ".maiml.zip")
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim XML whose root element is `maiml`, and zip archives with one member that is called `.maiml`."""
        if source.head.startswith(SIGNATURE):
            names = [name for name in listed_names(source) if _DOCUMENT.fullmatch(name)]
            if len(names) == 1:
                return Recognition(Confidence.CERTAIN, f"it is a zip archive with the MaiML document {names[0][-60:]}")
            return None
        name, attributes = first_tag(source.head)
        if name != "maiml":
            return None
        if _NAMESPACE in attributes or _NAMESPACE.encode() in source.head:
            return Recognition(Confidence.CERTAIN, "its root element is <maiml> in the namespace of MaiML")
        return Recognition(Confidence.LIKELY, "its root element is <maiml>")

    def read(self, source: Source) -> list[Reading]:
        """Read all results. Raises as the contract says."""
        content, files, name = _opened(source)
        try:
            return _readings(Document(content, file=name), files, source)
        except UnreadableFile:
            raise
        except KibanError as e:
            raise DamagedFile(f"{name}: {e.fault}", mend=_MEND) from e


def _opened(source: Source) -> tuple[bytes, dict[str, bytes], str]:
    """The document, and the files beside it by their path relative to it."""
    if not source.head.startswith(SIGNATURE):
        return source.read(), {}, source.name
    zipped = Zipped(source)
    try:
        members = {name.replace("\\", "/"): name for name in zipped.names}
        documents = [path for path in members if _DOCUMENT.fullmatch(path)]
        if len(documents) != 1:
            raise UnsupportedVariant(
                f"{source.name} holds {len(documents)} MaiML documents; one was expected.",
                mend="Unpack the archive and deposit the documents one by one. It is kept as it came.",
            )
        path = documents[0]
        folder = path[: path.rfind("/") + 1]
        files = {
            name.removeprefix(folder): zipped.read(member)
            for name, member in members.items()
            if name.startswith(folder) and name != path
        }
        return zipped.read(members[path]), files, f"{source.name}!/{path}"
    finally:
        zipped.close()


def _readings(document: Document, files: dict[str, bytes], source: Source) -> list[Reading]:
    if is_own(document):
        found = own_readings(document)
        if not found:
            # Too many numbers for a text: the raw file has them.
            found = read_beside(document, files, limits=source.limits, only=raw_file(document)).readings
        rights, doubts = stated_rights(document)
        found = [replace(each, rights=rights, doubts=(*each.doubts, *doubts)) for each in found]
        unread: list[str] = []
    else:
        beside = read_beside(document, files, limits=source.limits)
        unread = beside.unread
        found = [*foreign_readings(document), *beside.readings]
    if found:
        return [replace(found[0], doubts=(*found[0].doubts, *unread)), *found[1:]]
    if any(thing.is_encrypted for group in document.groups for thing in document.things(group, "result")):
        raise UnsupportedVariant(
            f"{document.file}: the results are encrypted.",
            mend="Decrypt the document with the program that encrypted it. The file is kept as it came.",
        )
    raise NothingMeasured(
        f"{document.file} has no numbers among its results. {' '.join(unread)}".strip(),
        mend="Deposit it as a zip archive together with the files that it names; it is kept as it came.",
    )


READER = Maiml()
