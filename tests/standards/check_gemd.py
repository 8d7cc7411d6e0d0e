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

from gemd import IngredientRun, MaterialRun, MeasurementRun, ProcessRun, ProcessSpec
from gemd.json import GEMDJson
from gemd.units import get_base_units

SCOPE = "kiban"
NUMBERS = {"radian", "count", "refractive_index_unit"}


def main(folder: Path) -> None:
    """Check every file."""
    manifest = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    n_objects = n_values = 0
    for name, expected in manifest.items():
        text = (folder / name).read_text(encoding="utf-8")
        codec = GEMDJson(scope=SCOPE)
        loaded = codec.loads(text)
        n_objects += compare_objects(name, json.loads(text), json.loads(codec.dumps(loaded)))
        if expected is None:
            continue
        runs = {each.uids[SCOPE]: each for each in loaded}
        compare_records(name, expected, loaded, runs)
        n_values += compare_numbers(name, expected, runs)
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


def compare_numbers(name: str, expected: Any, runs: dict[str, Any]) -> int:
    """Properties, and parameters as they were meant, done and told."""
    n = 0
    for uid, run in runs.items():
        if isinstance(run, MeasurementRun) and ".composition." not in uid:
            n += compare_values(f"{name} {uid}", run.properties, expected["values"].get(uid, []))
            n += compare_values(f"{name} {uid}", run.parameters, expected["parameters"][uid])
        elif isinstance(run, ProcessSpec):
            n += compare_values(f"{name} {uid}", run.parameters, expected["meant"][uid.removesuffix(".spec")])
        elif isinstance(run, ProcessRun) and (pid := of_record(run)):
            n += compare_values(f"{name} {uid}", run.spec.parameters, expected["meant"][pid])
            n += compare_values(f"{name} {uid}", run.parameters, expected["done"][pid])
    return n


def compare_values(where: str, attributes: list[Any], expected: list[Any]) -> int:
    """Numbers in SI units, as gemd converts them."""
    check(where, "the number of different names", len(attributes), len({each.name for each in attributes}))
    attributes = [each for each in attributes if each.value.typ.endswith("_real")]
    check(where, "the number of quantities", len(expected), len(attributes))
    for each, wanted in zip(attributes, expected, strict=True):
        value = each.value
        kind = (
            "uniform_real"
            if wanted["width"] is not None
            else "normal_real"
            if wanted["std"] is not None
            else "nominal_real"
        )
        check(where, f"the kind of {each.name}", kind, value.typ)
        base, factor, offset = get_base_units(value.units)
        # Angles, counts and the like are numbers for SI; gemd keeps them.
        found = {name: power for name, power in base._units.items() if name not in NUMBERS}
        wanted_units = get_base_units(wanted["units"])[0]._units
        check(
            where, f"the dimension of {each.name}", {k: v for k, v in wanted_units.items() if k not in NUMBERS}, found
        )

        def in_si(number: float, factor: float = factor, offset: float = offset) -> float:
            return factor * number + offset

        if kind == "nominal_real":
            close(where, each.name, wanted["value"], in_si(value.nominal))
        elif kind == "normal_real":
            close(where, each.name, wanted["value"], in_si(value.mean))
            close(where, f"the uncertainty of {each.name}", wanted["std"], in_si(value.std) - in_si(0.0))
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
