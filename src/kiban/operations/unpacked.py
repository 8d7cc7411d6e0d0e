"""A folder to import, or an archive unpacked into one behind the fence."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kiban.compute.fence import ArchiveFailure, Fence
from kiban.errors import HostileFile, UnreadableFile, WrongUsage


@contextmanager
def as_folder(fence: Fence, path: Path) -> Iterator[Path]:
    """The folder itself, or what an archive holds, in a folder of its name that is gone at the end of the block.

    Raises
    ------
    WrongUsage
        If there is no such file or folder.
    UnreadableFile
        If the file is no archive, damaged, hostile, or beyond the limits.
    """
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise WrongUsage(f"There is no file or folder {path}.", mend="Check the path.")
    with tempfile.TemporaryDirectory(prefix="kiban-import-") as place:
        folder = Path(place) / path.name.partition(".")[0]
        folder.mkdir()
        try:
            for name, content in fence.unpack(path, name=path.name):
                target = folder.joinpath(*_parts(name, path.name))
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    file.write(content)
        except ArchiveFailure as e:
            raise UnreadableFile(e.failure.fault, mend=e.failure.mend) from e
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as e:
            raise HostileFile(
                f"{path.name} holds two files of one name.", mend="Pack it again, or give the folder itself."
            ) from e
        yield folder


def _parts(name: str, archive: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        raise HostileFile(f"{archive} holds a file named {name[:80]!r}.", mend="Pack it again from a folder.")
    return parts


def files_below(folder: Path) -> list[str]:
    """Paths of the regular files below a folder, with `/`; links are not followed, and hidden files are left out."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each != "__MACOSX")
        for name in sorted(names):
            path = Path(place) / name
            if not name.startswith(".") and stat.S_ISREG(path.lstat().st_mode):
                found.append(path.relative_to(folder).as_posix())
    return found
