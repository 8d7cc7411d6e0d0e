"""One data set of RDE as it is to be kept: what its invoice and metadata say, with what a program made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiban.errors import InvalidValue, UnreadableFile
from kiban.operations.keep_data_set import GivenDataSet
from kiban.operations.run_rde_program import Made
from kiban.operations.templates import Kept
from kiban.records.filled import Filled, Problem
from kiban.standards.rde_layout import DataSetFiles, below
from kiban.standards.rde_template import MARK
from kiban.standards.rde_text import LARGEST, parsed, text_of
from kiban.standards.rde_values import values_of

_METADATA = "meta/metadata.json"


def read_file_of_rde(folder: Path, path: str) -> bytes:
    """Its bytes; of one that is too large to be a definition or an invoice, enough to tell."""
    # One byte more than is read tells that there is more.
    with (folder / path).open("rb") as file:
        return file.read(LARGEST + 1)


def given_data_set(
    folder: Path, files: DataSetFiles, kept: Kept
) -> tuple[GivenDataSet, Mapping[str, Any], tuple[Problem, ...]]:
    """What the invoice and the metadata say; nothing is kept yet."""
    invoice_text = text_of(read_file_of_rde(folder, files.invoice), files.invoice)
    metadata_text = text_of(read_file_of_rde(folder, files.metadata), files.metadata) if files.metadata else None
    invoice = parsed(invoice_text, files.invoice)
    filled = _filled(kept, files.invoice, invoice_text, files.metadata or "", metadata_text)
    identifier = _identifier(invoice, files)
    every = (*files.measured, *files.others)
    given = GivenDataSet(
        mark=MARK,
        identifier=identifier,
        key=_name(invoice),
        title=_title(invoice, files, folder),
        use=kept.use,
        technique=kept.template.techniques[0] if len(kept.template.techniques) == 1 else "measurement",
        values=filled.values,
        extra={
            "data_set": identifier,
            "invoice": invoice_text,
            "invoice_path": below(files.invoice, files.root),
            "metadata": metadata_text,
            "metadata_path": below(files.metadata, files.root) if files.metadata else None,
        },
        base=folder.name,
        paths={path: below(path, files.root) for path in every},
        places={path: folder / path for path in every},
        measured=files.measured,
    )
    return given, invoice, filled.problems


def _filled(kept: Kept, invoice_name: str, invoice: str, metadata_name: str, metadata: str | None) -> Filled:
    said = parsed(metadata, metadata_name) if metadata is not None else None
    return values_of(kept.template, parsed(invoice, invoice_name), said)


def with_made(
    given: GivenDataSet, made: Made, files: DataSetFiles, kept: Kept
) -> tuple[GivenDataSet, tuple[Problem, ...], Made]:
    """The data set with what its program made of it; unsound metadata are told, and kept as a file."""
    new = {path: at for path, at in made.places.items() if path not in given.paths.values()}
    metadata = None
    if _METADATA in new:
        try:
            metadata = text_of(new[_METADATA].read_bytes(), _METADATA)
            parsed(metadata, _METADATA)
        except UnreadableFile as e:
            metadata, made = None, replace(made, told=(*made.told, f"{e.fault} {e.mend}"))
    filled = _filled(kept, files.invoice, str(given.extra["invoice"]), _METADATA, metadata)
    root = f"{files.root}/" if files.root else ""
    return (
        replace(
            given,
            values=filled.values,
            extra={
                **given.extra,
                "metadata": metadata,
                "metadata_path": _METADATA if metadata is not None else None,
                "structured_by": made.by,
                "structured": list(new),
            },
            paths={**given.paths, **{f"{root}{path}": path for path in new}},
            places={**given.places, **{f"{root}{path}": at for path, at in new.items()}},
        ),
        filled.problems,
        made,
    )


def _identifier(invoice: Mapping[str, Any], files: DataSetFiles) -> str:
    """RDE's own, with the tile where it is one of several."""
    said = invoice.get("datasetId")
    if not isinstance(said, str) or not said.strip():
        raise InvalidValue(f"{files.invoice} names no datasetId.", mend="Give the invoice that RDE wrote.")
    _, is_tile, tile = files.root.rpartition("divided/")
    return f"{said.strip()[:100]}/{tile}" if is_tile else said.strip()[:100]


def _title(invoice: Mapping[str, Any], files: DataSetFiles, folder: Path) -> str:
    name = _name(invoice)
    if name and not name.startswith("${"):
        return name[:200]
    return files.measured[0].rpartition("/")[2] if files.measured else folder.name


def _name(invoice: Mapping[str, Any]) -> str:
    basic = invoice.get("basic")
    name = basic.get("dataName") if isinstance(basic, Mapping) else None
    return name.strip() if isinstance(name, str) else ""
