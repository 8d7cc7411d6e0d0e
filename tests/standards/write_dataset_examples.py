"""Write data sets in every format, for `make check-datasets`: python write_dataset_examples.py FOLDER."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from kiban.standards.installed import dataset_exports
from kiban.testing.dataset_examples import full, small, withdrawn


def main(folder: Path) -> None:
    """Write them, and unpack the crates."""
    folder.mkdir(parents=True, exist_ok=True)
    for make in (full, small, withdrawn):
        given = make()
        for export in dataset_exports():
            path = folder / f"{make.__name__}{export.suffix}"
            with path.open("wb") as out:
                export.export(given, out)
            if export.name == "ro_crate":
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(folder / f"{make.__name__}.crate")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
