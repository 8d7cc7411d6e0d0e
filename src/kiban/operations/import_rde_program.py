"""Attach a structuring program of RDE to a template: it runs when a data set of the template is imported."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiban.errors import DamagedFile, InvalidValue, LimitExceeded, WrongUsage
from kiban.operations.importer import Imported, Wishes
from kiban.operations.kept_files import keep_files
from kiban.operations.resources import Resources
from kiban.operations.templates import get_template, revise_template
from kiban.operations.unpacked import as_folder, files_below
from kiban.records.party import Asker
from kiban.standards.rde_template import is_of_rde

PROGRAM = "rde_program"
"""The key of a template's `extra` under which its program stands."""
_MOST_FILES, _MOST_BYTES = 500, 8 << 20


@dataclass(frozen=True, slots=True)
class RdeProgramImporter:
    """Attaches programs that were written on rdetoolkit."""

    name: str = "rde_program"
    title: str = "structuring program of NIMS RDE"

    def run(self, asker: Asker, resources: Resources, path: Path, wishes: Wishes) -> Iterator[Imported]:
        """See `Importer`."""
        if wishes.template is None:
            raise WrongUsage("No template was named for the program.", mend="Name it with --template.")
        yield attach_rde_program(asker, resources, wishes.template, path)


def attach_rde_program(asker: Asker, resources: Resources, template: str, path: Path) -> Imported:
    """Keep a program and make the next version of its template; the same again changes nothing.

    Parameters
    ----------
    path : Path
        A Python file with a function `dataset`, or a folder or archive in which one file has it; then all Python files
        of the folder go along.

    Raises
    ------
    RecordNotFound
    WrongUsage
        If no file, or more than one, has the function.
    InvalidValue
        If the template did not come from RDE.
    DamagedFile
        If that is no Python.
    """
    files, entry = _program(resources, path)
    kept = get_template(asker, resources, template)
    if not is_of_rde(kept.template):
        raise InvalidValue(
            f"The template {kept.template.name} did not come from RDE, and its program would find no definitions.",
            mend="Import the definitions first.",
        )
    listed = sorted((name, hashlib.sha256(content).hexdigest()) for name, content in files.items())
    said: dict[str, Any] = {"entry": entry, "files": [list(each) for each in listed]}
    told = ("It runs when a data set of this template is imported, in the Python that KIBAN_RDE_PYTHON names.",)
    if kept.template.extra.get(PROGRAM) == said:
        return Imported(kind="program", path=path.name, status="unchanged", records=(kept.record.pid,))
    keep_files(
        asker,
        resources,
        {f"{path.name.partition('.')[0]}/{name}": content for name, content in files.items()},
        scope=kept.record.scope,
        reason=f"It belongs to the program of the template {kept.template.name}, and is kept as it came.",
    )
    new = replace(kept.template, extra={**kept.template.extra, PROGRAM: said}, note=f"Program {entry} attached.")
    revise_template(asker, resources, kept.record.pid, new, expected=kept.record.version)
    return Imported(kind="program", path=path.name, status="attached", records=(kept.record.pid,), told=told)


def program_of(resources: Resources, said: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of an attached program. Raises DamagedObject if one is gone."""
    files = {}
    for name, checksum in said["files"]:
        with resources.objects.open(str(checksum)) as stream:
            files[str(name)] = stream.read()
    return files


def _program(resources: Resources, path: Path) -> tuple[dict[str, bytes], str]:
    if path.is_file() and path.suffix == ".py":
        files = {path.name: path.read_bytes()}
    else:
        with as_folder(resources.fence, path) as folder:
            names = [name for name in files_below(folder) if name.endswith(".py")]
            if len(names) > _MOST_FILES or sum((folder / name).stat().st_size for name in names) > _MOST_BYTES:
                raise LimitExceeded(
                    f"{path.name} has more Python than {_MOST_FILES} files or {_MOST_BYTES} bytes.",
                    mend="Name the folder of the program alone.",
                )
            files = {name: (folder / name).read_bytes() for name in names}
    entries = [name for name, content in files.items() if _has_dataset(name, content)]
    if len(entries) != 1:
        named = f": {', '.join(entries[:5])}" if entries else ""
        raise WrongUsage(
            f"{len(entries)} files of {path.name} have a function dataset{named}.",
            mend="Give one Python file with it, or a folder in which one file has it.",
        )
    return files, entries[0]


def _has_dataset(name: str, content: bytes) -> bool:
    try:
        parsed = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        raise DamagedFile(f"{name} is no Python: {e}.", mend="Mend it, then attach it again.") from e
    return any(isinstance(node, ast.FunctionDef) and node.name == "dataset" for node in parsed.body)


IMPORTER = RdeProgramImporter()
