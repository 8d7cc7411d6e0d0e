"""How plug-ins are found: every module of a folder, then the installed entry points of the same name.

A plug-in is a module-level object with an agreed name (`READER`, `ANALYSIS`, `RULE`, `COMMAND`, ...). Nothing is
listed anywhere: a new reader is a new file in `kiban/readers`, or a package that declares

    [project.entry-points."kiban.readers"]
    my_maker = "my_package.my_module:READER"
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from functools import cache


@cache
def find(folder: str, attribute: str) -> tuple[object, ...]:
    """Collect the plug-ins of one folder and of other packages.

    Parameters
    ----------
    folder : str
        Dotted name of the package whose modules are looked through, for example `kiban.readers`; also the
        entry-point group in which other packages declare theirs.
    attribute : str
        Name of the module-level object that makes a module a plug-in.

    Returns
    -------
    tuple of objects
        Ours in order of module name, then those of other packages in order of entry-point name. Modules without
        the attribute (contracts, shared helpers) are passed over.
    """
    package = importlib.import_module(folder)
    found: list[object] = []
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"{folder}.{module.name}")
        if hasattr(loaded, attribute):
            found.append(getattr(loaded, attribute))
    entry_points = importlib.metadata.entry_points(group=folder)
    found.extend(point.load() for point in sorted(entry_points, key=lambda p: p.name))
    return tuple(found)
