"""Read what `write_gemd_examples.py` wrote with the package gemd, and compare objects, links and numbers.

    python tests/standards/check_gemd.py FOLDER

It runs in an environment of its own (`make check-gemd`), because gemd wants an older pint than Kiban. It fails if gemd
would write a file differently, if a record or tie is missing, or if a number is another one in SI units.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from gemd import IngredientRun, MaterialRun, MeasurementRun, ProcessRun
from gemd.json import GEMDJson
from gemd.units import convert_units

SCOPE = "kiban"


def main(folder: Path) -> None:
    """Check every file."""
    manifest = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    n_objects = n_values = 0
    for name, expected in manifest.items():
        text = (folder / name).read_text(encoding="utf-8")
        codec = GEMDJson(scope=SCOPE)
        loaded = codec.loads(text)
        n_objects += compare_objects(name, json.loads(text), json.loads(codec.dumps(loaded)))
        runs = {each.uids[SCOPE]: each for each in loaded}
        compare_records(name, expected, loaded, runs)
        n_values += sum(compare_values(f"{name} {pid}", runs[pid], v) for pid, v in expected["values"].items())
    if not n_objects or not n_values:
        raise SystemExit("There was nothing to check.")
    told = f"{len(manifest)} GEMD files: {n_objects} objects and {n_values} values are as they should be."
    sys.stdout.write(told + "\n")


def compare_objects(name: str, ours: Any, theirs: Any) -> int:
    """The file must be what gemd itself writes of it."""
    by_uid = [{(o["type"], o["uids"][SCOPE]): o for o in document["context"]} for document in (ours, theirs)]
    check(name, "the objects", set(by_uid[0]), set(by_uid[1]))
    for key, each in by_uid[0].items():
        check(name, f"the object {key}", each, by_uid[1][key])
    check(name, "the links", ours["object"], theirs["object"])
    return len(by_uid[0])


def compare_records(name: str, expected: Any, loaded: list[Any], runs: dict[str, Any]) -> None:
    """Every record and tie is there."""
    for kind, pids in (("sample", MaterialRun), ("measurement", MeasurementRun)):
        there = {uid for uid, each in runs.items() if isinstance(each, pids) and ".composition." not in uid}
        check(name, f"records of kind {kind}", set(expected["kinds"][kind]), there)
    processes = {of_record(each) for each in loaded if isinstance(each, ProcessRun)} - {None}
    check(name, "records of kind process", set(expected["kinds"]["process"]), processes)
    made = {(uid, of_record(each.process)) for uid, each in runs.items() if isinstance(each, MaterialRun)}
    check(name, "what processes made", set(map(tuple, expected["made_by"])), {tie for tie in made if tie[1]})
    used = {
        (of_record(each), ingredient.material.uids[SCOPE])
        for each in loaded
        if isinstance(each, ProcessRun) and of_record(each)
        for ingredient in each.ingredients
        if isinstance(ingredient, IngredientRun)
    }
    check(name, "what processes used", set(map(tuple, expected["used"])), used)
    measured = {
        (uid, each.material.uids[SCOPE])
        for uid, each in runs.items()
        if isinstance(each, MeasurementRun) and each.material is not None and ".composition." not in uid
    }
    check(name, "what was measured", set(map(tuple, expected["measured"])), measured)
    for piece, whole in expected["part_of"]:
        parts = {i.material.uids[SCOPE] for i in runs[piece].process.ingredients}
        check(name, f"what {piece} is a part of", {whole}, parts)


def of_record(process: Any) -> str | None:
    """The record that a process run stands for."""
    tags = [tag for tag in process.tags if tag.startswith("kiban::record::")] if process is not None else []
    return tags[0].removeprefix("kiban::record::") if tags else None


def compare_values(where: str, run: Any, expected: list[Any]) -> int:
    """Numbers in SI units, as gemd converts them."""
    check(where, "the number of properties", len(expected), len(run.properties))
    check(where, "that all names differ", len(expected), len({each.name for each in run.properties}))
    for each, wanted in zip(run.properties, expected, strict=True):
        value = each.value
        kind = (
            "uniform_real"
            if wanted["width"] is not None
            else "normal_real"
            if wanted["std"] is not None
            else "nominal_real"
        )
        check(where, f"the kind of {each.name}", kind, value.typ)
        zero = convert_units(0.0, value.units, wanted["units"])

        def in_si(number: float, units: tuple[str, str] = (value.units, wanted["units"])) -> float:
            return convert_units(number, *units)

        if kind == "nominal_real":
            close(where, each.name, wanted["value"], in_si(value.nominal))
        elif kind == "normal_real":
            close(where, each.name, wanted["value"], in_si(value.mean))
            close(where, f"the uncertainty of {each.name}", wanted["std"], in_si(value.std) - zero)
        else:
            low, high = in_si(value.lower_bound), in_si(value.upper_bound)
            close(where, each.name, wanted["value"], (low + high) / 2)
            # The bounds are rounded, and their difference is small beside them.
            close(
                where, f"the width of {each.name}", wanted["width"], high - low, slack=4e-16 * max(abs(low), abs(high))
            )
    return len(expected)


def close(where: str, what: str, expected: float, found: float, *, slack: float = 0.0) -> None:
    """Equal to rounding, and to the last digits of the constants of nature, of which gemd has other editions."""
    if not math.isclose(expected, found, rel_tol=1e-8, abs_tol=slack):
        raise SystemExit(f"{where}: {what} should be {expected!r} and is {found!r}.")


def check(where: str, what: str, expected: Any, found: Any) -> None:
    """Equal."""
    if isinstance(expected, set) and isinstance(found, set):
        expected, found = sorted(expected - found), sorted(found - expected)
    if expected != found:
        raise SystemExit(f"{where}: {what} should be {expected!r} and is {found!r}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
