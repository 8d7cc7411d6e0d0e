"""kiban read FILE: what a file says, without keeping it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kiban.cli.command import DONE, add_json, print_json


class Read:
    """See the module."""

    name = "read"
    help = "say what a file holds, without keeping it"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """See `Command`."""
        parser.add_argument("file", type=Path, metavar="FILE")
        add_json(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """See `Command`."""
        from kiban.compute.fence import Fence
        from kiban.operations.read_file import read_file

        fence = Fence(n_workers=1)
        try:
            summary = read_file(fence, arguments.file)
        finally:
            fence.close()
        if arguments.json:
            print_json({"reader": summary.reader, "why": summary.why, "readings": list(summary.readings)})
        else:
            print(f"{arguments.file.name}: read by {summary.reader}, because {summary.why}")
            for reading in summary.readings:
                _print_reading(reading)
        return DONE


def _print_reading(reading: Any) -> None:
    print(f"\n{reading['title']}  [{reading['technique']}]")
    for v in reading["variables"]:
        shape = " × ".join(str(n) for n in v["shape"])
        limits = "no finite value" if v["min"] is None else f"{v['min']:.8g} to {v['max']:.8g}"
        print(f"  {v['name']:<28} {shape:>12}  {limits} {v['unit']}")
    for name, value in reading["metadata"].items():
        if isinstance(value, dict):
            value = f"{value['value']:.8g} {value['unit']}"
        print(f"  {name}: {value}")
    for doubt in reading["doubts"]:
        print(f"  ! {doubt}")


COMMAND = Read()
