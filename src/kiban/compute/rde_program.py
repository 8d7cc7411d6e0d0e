"""A program of its own: runs a structuring program of RDE in the Python that has rdetoolkit. Loads nothing of Kiban.

    python -P -B rde_program.py ENTRY MEMORY_BYTES FILE_BYTES SECONDS

ENTRY is a Python file with a function `dataset`; its folder is searched for its other modules. The current folder is
laid out as RDE's: `data/inputdata`, `data/invoice`, `data/tasksupport`. What rdetoolkit answers is written to
`answer.json`.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Give up what is not needed, then run it."""
    entry = Path(sys.argv[1])
    memory, size, seconds = (int(argument) for argument in sys.argv[2:5])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    try:
        answer = _run(entry)
    except (Exception, SystemExit) as e:  # noqa: BLE001  whatever the program raises is the answer
        answer = {"error": f"{type(e).__name__}: {e}"[:500]}
    Path("answer.json").write_text(json.dumps(answer), encoding="utf-8")


def _run(entry: Path) -> Any:
    try:
        run = importlib.import_module("rdetoolkit.workflows").run
    except ImportError as e:
        return {"error": f"rdetoolkit cannot be loaded ({e})"}
    sys.path.insert(0, str(entry.parent))
    described = importlib.util.spec_from_file_location(entry.stem, entry)
    if described is None or described.loader is None:
        return {"error": f"{entry.name} is no Python module"}
    module = importlib.util.module_from_spec(described)
    sys.modules[entry.stem] = module
    described.loader.exec_module(module)
    told = run(custom_dataset_function=module.dataset)
    return json.loads(told) if isinstance(told, str) else told


if __name__ == "__main__":
    main()
