"""The formats that `kiban[gpl]` adds, and when they come in.

RosettaSciIO is under the GNU General Public License, and no process of Kiban imports it. Who installs `kiban[gpl]`
has it in the same environment; then, and only for files that no reader here claims or that it refuses as a variant, a
program of its own is started for the file (`outside_reader`). Provenance names the library and its version. Without
the extra nothing here does anything.
"""

from __future__ import annotations

from typing import cast

from kiban.compute.outside_reader import OutsideReader
from kiban.errors import UnknownFormat, UnreadableFile, UnsupportedVariant
from kiban.readers import recognise
from kiban.readers.contract import Reader
from kiban.readers.recognise import Choice
from kiban.readers.source import Source
from kiban.records.reading import Reading

FORMATS = (
    OutsideReader(
        name="rosettasciio_bruker_bcf",
        title="Bruker BCF (EDS hypermap) of other versions",
        package="rosettasciio",
        file_format="bruker",
        makers=("Bruker",),
        techniques=("energy_dispersive_x_ray", "electron_microscopy"),
        suffixes=(".bcf",),
        recognised="it begins with AAMVHFSS",
        is_its=lambda source: source.head.startswith(b"AAMVHFSS"),
    ),
)


def installed() -> tuple[OutsideReader, ...]:
    """Those whose library is here."""
    return tuple(reader for reader in FORMATS if reader.library is not None)


def read(source: Source) -> tuple[Choice, list[Reading]]:
    """Read a file with a reader of ours; where none claims it or can read this variant, with a library outside.

    Raises
    ------
    UnreadableFile
        What our readers said, where nothing outside claims it either; what was said outside is added to it.
    """
    try:
        return recognise.read(source)
    except (UnknownFormat, UnsupportedVariant) as refusal:
        for reader in FORMATS:
            claim = reader.recognise(source)
            # Whether its library is here is asked last: that looks through all packages.
            if claim is None or reader.library is None:
                continue
            try:
                return Choice(cast(Reader, reader), claim.why, source), reader.read(source)
            except UnreadableFile as e:
                e.reader = reader.name
                raise e from refusal
        raise
