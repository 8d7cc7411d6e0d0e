"""How plug-ins are found: every module of a folder, then the installed entry points of the same name.

A plug-in is a module-level object with an agreed name (`READER`, `ANALYSIS`, `RULE`, `COMMAND`, ...). Nothing is
listed anywhere: a new reader is a new file in `kiban/readers`, or a package that declares

    [project.entry-points."kiban.readers"]
    my_maker = "my_package.my_module:READER"

A plug-in of another package that cannot be loaded, or is not what its contract asks for, is left out and named with
the reason (`survey`): what else is installed goes on. Where leaving one out would be dangerous (an access rule), its
folder asks for all of them. A module of ours that cannot be loaded is a fault of ours and raises as it is.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from kiban.errors import BrokenPlugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A plug-in that can be used."""

    plugin: object
    package: str | None = None
    """The package that brings it; `None` where it is Kiban itself."""
    package_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A plug-in of another package that cannot be used, and why."""

    entry_point: str
    """As the package declares it: `labmeter = labmeter_reader:READER`."""
    package: str
    package_version: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found for one contract."""

    loaded: tuple[Loaded, ...]
    broken: tuple[Broken, ...]


Check = Callable[[object], str | None]
"""Says what a plug-in lacks, as a phrase that can follow "it cannot be used: "; `None` where it is sound."""


@cache
def find(folder: str, attribute: str, *, check: Check | None = None, all_needed: bool = False) -> tuple[object, ...]:
    """Collect the plug-ins of one folder and of other packages.

    Parameters
    ----------
    folder : str
        Dotted name of the package whose modules are looked through, for example `kiban.readers`; also the
        entry-point group in which other packages declare theirs.
    attribute : str
        Name of the module-level object that makes a module a plug-in.
    check : callable, optional
        Looks at each plug-in of other packages; one that lacks something is left out. Ours are tested instead.
    all_needed : bool
        One that cannot be used stops everything.

    Returns
    -------
    tuple of objects
        Ours in order of module name, then those of other packages in order of entry-point name. Modules without
        the attribute (contracts, shared helpers) are passed over.

    Raises
    ------
    BrokenPlugin
        With `all_needed`, if one cannot be used.
    """
    found = survey(folder, attribute, check=check)
    if all_needed and found.broken:
        broken = found.broken[0]
        raise BrokenPlugin(
            f"{broken.package} {broken.package_version} adds {broken.entry_point} to {folder}, which cannot be used: "
            f"{broken.why}.",
            mend=f"Mend or uninstall {broken.package}. Until then Kiban stops here: to leave it out could show what it "
            "would have hidden.",
        )
    return tuple(one.plugin for one in found.loaded)


@cache
def survey(folder: str, attribute: str, *, check: Check | None = None) -> Survey:
    """As `find`, with the package that each comes from, and with those that cannot be used."""
    loaded = [Loaded(plugin=plugin) for plugin in _ours(folder, attribute)]
    broken = []
    names = {getattr(one.plugin, "name", None) for one in loaded} - {None}
    for point in sorted(importlib.metadata.entry_points(group=folder), key=lambda p: (p.name, p.value)):
        package, version = (point.dist.name, point.dist.version) if point.dist is not None else ("a package", "")
        try:
            plugin = point.load()
            lacks = check(plugin) if check is not None else None
        except (Exception, SystemExit) as e:  # noqa: BLE001  whatever another package does, ours goes on
            lacks = f"{type(e).__name__}: {e}".rstrip(": ")
        else:
            name = getattr(plugin, "name", None)
            if lacks is None and name in names:
                lacks = f"its name {name} is taken"
        if lacks is None:
            names.add(name)
            loaded.append(Loaded(plugin=plugin, package=package, package_version=version))
        else:
            entry_point = f"{point.name} = {point.value}"
            broken.append(Broken(entry_point=entry_point, package=package, package_version=version, why=lacks))
    return Survey(loaded=tuple(loaded), broken=tuple(broken))


def _ours(folder: str, attribute: str) -> Iterator[object]:
    package = importlib.import_module(folder)
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"{folder}.{module.name}")
        if hasattr(loaded, attribute):
            yield getattr(loaded, attribute)


def lacks(plugin: object, *attributes: str) -> str | None:
    """A check for a contract: the plug-in is an object (not its class) that has these attributes."""
    if isinstance(plugin, type):
        return f"{plugin.__name__} is a class; an object of it was expected"
    missing = [attribute for attribute in attributes if not hasattr(plugin, attribute)]
    return f"it has no {missing[0]}" if missing else None
