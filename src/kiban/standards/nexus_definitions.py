"""Claiming a NeXus application definition, where a Reading states all that the definition demands, and only there.

Definitions fix names and groups, and may do so for every plot of an entry. So a claim is an entry of its own,
`/definition`, with what the definition demands and nothing else; numbers are links to those of `/entry/data`. Where a
Reading does not state everything, there is no such entry, and the attribute `definition_not_claimed` of `/entry` says
what is missing: to make it up would be worse than to leave the definition out.
"""

from __future__ import annotations

from collections.abc import Sequence

from kiban.quantity.measured import Measured
from kiban.records.reading import Reading, Role, Variable
from kiban.records.technique import TECHNIQUES
from kiban.standards.hdf5_memory import Group, Node
from kiban.standards.nexus_needs import CLASSES, DEFINITIONS, Definition, Stated

_VERSION = "v2026.01"
_ENERGIES = {"binding_energy": "binding", "kinetic_energy": "kinetic"}
"""Energies of photoemission, as NXmpes tells them apart."""
_MANUAL = "https://manual.nexusformat.org/classes/applications/"


def write_definition(root: Group, entry: Group, reading: Reading) -> None:
    """Claim the definition of the Reading's technique, or say why not. The variables have to be written already.

    Raises
    ------
    InvalidValue
        If a text cannot be written.
    """
    definition = DEFINITIONS.get(TECHNIQUES[reading.technique].nexus or "")
    if definition is None:
        return
    found: list[tuple[str, Stated]] = []
    missing: list[str] = []
    for need in definition.needs:
        stated = need.find(reading)
        if stated is None:
            missing.append(need.words)
        else:
            found.append((need.place, stated))
    if missing:
        wanted = "; ".join(dict.fromkeys(missing))
        entry.attribute("definition_not_claimed", f"{definition.name} wants also: {wanted}")
    else:
        _claim(root, definition, found)


def _claim(root: Group, definition: Definition, found: Sequence[tuple[str, Stated]]) -> None:
    entry = root.group("definition", "NXentry")
    entry.attribute("default", "data")
    claimed = entry.text("definition", definition.name)
    if definition.has_version:
        claimed.attribute("version", _VERSION)
        claimed.attribute("URL", f"{_MANUAL}{definition.name}.html")
    groups = {"": entry}
    linked: dict[str, Variable] = {}
    for place, stated in found:
        path, _, name = place.rpartition("/")
        group = _group(groups, path)
        if isinstance(stated, Variable):
            name = stated.name if name == "*" else name
            _link(root, group, name, stated)
            if path == "data":
                linked[name] = stated
        else:
            _write(group, name, stated)
    _describe_plot(groups["data"], linked)
    if "instrument/electronanalyzer" in groups:
        _group(groups, "instrument/electronanalyzer/electron_detector")


def _group(groups: dict[str, Group], path: str) -> Group:
    """The group at a path, made with those above it where it is not there."""
    if path not in groups:
        above, _, name = path.rpartition("/")
        groups[path] = _group(groups, above).group(name, CLASSES[name])
    return groups[path]


def _link(root: Group, group: Group, name: str, variable: Variable) -> None:
    """Give numbers a second name. NeXus wants the first one told on the numbers themselves."""
    from h5py import h5a, h5d

    target = f"/entry/data/{variable.name}"
    numbers = h5d.open(root.identifier, target.encode())
    if not h5a.exists(numbers, b"target"):
        Node(numbers).attribute("target", target)
        if variable.name in _ENERGIES:
            Node(numbers).attribute("type", _ENERGIES[variable.name])
    # A hard link would do for NeXus, but netCDF programs then find a dimension under either name, and stumble.
    group.identifier.links.create_soft(name.encode(), target.encode())


def _write(group: Group, name: str, stated: str | bool | int | float | Measured) -> None:
    match stated:
        case Measured():
            group.number(name, float(stated.value)).attribute("units", stated.unit)
        case str():
            group.text(name, stated)
        case _:
            group.number(name, stated)


def _describe_plot(group: Group, linked: dict[str, Variable]) -> None:
    """Say which of the linked numbers are drawn against which."""
    axis = next(name for name, variable in linked.items() if variable.role is Role.AXIS)
    group.attribute("signal", next(name for name, variable in linked.items() if variable.role is Role.SIGNAL))
    group.attribute("axes", [axis])
    group.attribute(f"{axis}_indices", 0)
