"""NIMS RDE: which files of a folder are definitions, which are data sets, and what of these was measured.

A data set is where an `invoice.json` lies; in a folder `invoice` it is that folder's parent. The tiles of a data set
(`divided/0001`) are data sets of their own. A file belongs to the innermost data set around it.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from kiban.errors import WrongUsage
from kiban.standards.rde_template import DEFINITIONS, INVOICE_SCHEMA

_NOT_MEASURED = {
    "invoice", "invoice_patch", "meta", "tasksupport", "structured", "main_image", "other_image", "thumbnail", "logs",
    "temp", "attachment",
}  # fmt: skip
_OF_TEMPLATES = (".json", ".yaml", ".yml", ".toml")
_FORMS = ("*excel_invoice*.xlsx", "*.smarttable.*")
"""Tables that fill in invoices: nothing that was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSetFiles:
    """The files of one data set, by their paths below the folder that was given."""

    root: str
    invoice: str
    metadata: str | None
    measured: tuple[str, ...]
    """What is deposited and read."""
    others: tuple[str, ...]
    """What is kept as it came; also the invoice and the metadata."""
    templates: tuple[str, ...]
    """The folders of definitions that lie nearest to it: one, where it is clear which are its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a folder holds."""

    templates: dict[str, tuple[str, ...]]
    """Folder to the files in it that describe data sets."""
    data_sets: tuple[DataSetFiles, ...]
    strange: tuple[str, ...]
    """Files that belong to neither."""


def layout(paths: Iterable[str]) -> Layout:
    """Sort the paths of a folder, with `/` between their parts.

    Raises
    ------
    WrongUsage
        If it holds neither definitions nor a data set.
    """
    every = sorted(paths)
    templates = {_parent(path): _definitions(_parent(path), every) for path in every if _name(path) == INVOICE_SCHEMA}
    roots = {_root(path): path for path in every if _name(path) == "invoice.json"}
    if not templates and not roots:
        raise WrongUsage(
            "There is neither an invoice.schema.json nor an invoice.json.",
            mend="Name a folder of RDE definitions, a data set of RDE, or an archive of these.",
        )
    taken = {path for files in templates.values() for path in files}
    owned: dict[str, list[str]] = {root: [] for root in roots}
    strange: list[str] = []
    for path in every:
        if path not in taken:
            around = [root for root in roots if _is_below(path, root)]
            (owned[max(around, key=len)] if around else strange).append(path)
    sets = tuple(_data_set(root, roots[root], owned[root], _nearest(root, templates)) for root in sorted(roots))
    return Layout(templates=templates, data_sets=sets, strange=tuple(strange))


def _definitions(folder: str, every: list[str]) -> tuple[str, ...]:
    files = [path for path in every if _parent(path) == folder and _name(path) not in {"invoice.json", "metadata.json"}]
    return tuple(path for path in files if _name(path) in DEFINITIONS or path.lower().endswith(_OF_TEMPLATES))


def _data_set(root: str, invoice: str, files: list[str], templates: tuple[str, ...]) -> DataSetFiles:
    metadata = [path for path in files if _name(path) == "metadata.json" and _first(path, root) in {"meta", ""}]
    reserved = {invoice, *metadata}
    measured = [p for p in files if p not in reserved and _first(p, root) not in _NOT_MEASURED and not _is_form(p)]
    if not measured:
        measured = [p for p in files if _first(p, root) == "structured"]
    return DataSetFiles(
        root=root,
        invoice=invoice,
        metadata=metadata[0] if metadata else None,
        measured=tuple(measured),
        others=tuple(path for path in files if path not in set(measured)),
        templates=templates,
    )


def _nearest(root: str, templates: Iterable[str]) -> tuple[str, ...]:
    def shared(folder: str) -> int:
        ours, theirs = PurePosixPath(root).parts, PurePosixPath(folder).parts
        n = 0
        while n < min(len(ours), len(theirs)) and ours[n] == theirs[n]:
            n += 1
        return n

    most = max(map(shared, templates), default=0)
    return tuple(folder for folder in templates if shared(folder) == most)


def _is_form(path: str) -> bool:
    return any(fnmatch.fnmatch(_name(path).lower(), pattern) for pattern in _FORMS)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _root(invoice: str) -> str:
    folder = _parent(invoice)
    return _parent(folder) if _name(folder) == "invoice" else folder


def _is_below(path: str, root: str) -> bool:
    return not root or path.startswith(f"{root}/")


def below(path: str, root: str) -> str:
    """A path seen from the root of its data set."""
    return path[len(root) + 1 :] if root else path


def _first(path: str, root: str) -> str:
    """The folder of a data set that a file lies in; empty for the data set's own."""
    return below(path, root).rpartition("/")[0].partition("/")[0]
