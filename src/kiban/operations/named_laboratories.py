"""Laboratories that the operator has named, so that campaigns can be run in them from a page.

Each is a file in the folder `laboratories` of the home, called `NAME.toml`: which driver it has, what people call it,
perhaps which projects may use it, and the settings of the driver. It may name folders and secrets of this machine, so
that nothing but name, title and driver ever leaves it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiban.errors import InvalidSetting, KibanError, NoSuchLaboratory
from kiban.laboratory.contract import Laboratory
from kiban.laboratory.installed import driver, drivers
from kiban.operations.resources import Resources
from kiban.records.party import Asker

FOLDER = "laboratories"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_OWN = ("driver", "title", "projects")
_LARGEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLaboratory:
    """A laboratory in which campaigns can be run.

    Parameters
    ----------
    name : str
        Of its file; experiments that were given to it are found by this name.
    title : str
        What people call it.
    driver : str
    projects : tuple of str
        Names of the projects that may use it; all where empty.
    settings : mapping
        Of the driver. They may hold what nobody is shown.
    folder : Path
        That paths in the settings start from.
    """

    name: str
    title: str
    driver: str
    projects: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    folder: Path

    def connect(self) -> Laboratory:
        """Give the laboratory itself. Raises InvalidSetting, that names no folder and no secret but the setting."""
        return driver(self.driver).connect(self.settings, folder=self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratories:
    """Those that there are, and what is wrong with files that say none, by their names."""

    named: tuple[NamedLaboratory, ...] = ()
    broken: Mapping[str, KibanError] = field(default_factory=dict)

    def called(self, name: str) -> NamedLaboratory:
        """The one of that name. Raises NoSuchLaboratory, or InvalidSetting where its file is wrong."""
        if name in self.broken:
            raise self.broken[name]
        for each in self.named:
            if each.name == name:
                return each
        raise NoSuchLaboratory(
            f"There is no laboratory '{name[:60]}' here.",
            mend=f"Laboratories are: {', '.join(each.name for each in self.named) or '(none)'}. "
            f"The operator names them by files in the folder {FOLDER} of the home.",
        )


def named_laboratories(asker: Asker, resources: Resources, project: str) -> Laboratories:
    """The laboratories in which campaigns of a project can be run. Who may not even see the project is shown none.

    Parameters
    ----------
    project : str
        Its name.
    """
    directory = resources.directory.load()
    own = {directory.projects[each].name for each in asker.roles if each in directory.projects}
    if resources.home is None or project not in own:
        return Laboratories()
    found = all_laboratories(resources.home)
    return Laboratories(
        named=tuple(each for each in found.named if not each.projects or project in each.projects),
        broken=found.broken,
    )


def all_laboratories(home: Path) -> Laboratories:
    """All that the operator has named."""
    named: list[NamedLaboratory] = []
    broken: dict[str, KibanError] = {}
    for path in sorted((home / FOLDER).glob("*.toml")):
        try:
            named.append(_read(path))
        except KibanError as e:
            broken[path.stem] = e
    return Laboratories(named=tuple(named), broken=broken)


def _read(path: Path) -> NamedLaboratory:
    """What a file says. Faults name the file and not its folder, which is nobody's business."""
    name = path.stem
    if not _NAME.fullmatch(name):
        raise InvalidSetting(
            f"'{name[:60]}' is no name of a laboratory.",
            mend="Call the file by small letters, digits, - and _: tube-furnace.toml.",
        )
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InvalidSetting(f"{path.name} is too large to be settings.", mend="Keep data in files of their own.")
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise InvalidSetting(f"{path.name} cannot be read as TOML.", mend="Have the operator put it right.") from e
    kind, title, projects = said.get("driver"), said.get("title", name), said.get("projects", [])
    if not isinstance(kind, str) or kind not in {each.name for each in drivers()}:
        raise InvalidSetting(
            f"{path.name} names no driver of laboratories.",
            mend=f"Give driver = one of: {', '.join(each.name for each in drivers())}.",
        )
    if not isinstance(title, str) or not 0 < len(title.strip()) <= 200:
        raise InvalidSetting(f"The title in {path.name} is no text.", mend="Give what people call it, or leave it out.")
    if not isinstance(projects, list) or any(not isinstance(each, str) for each in projects):
        raise InvalidSetting(f"The projects in {path.name} are no list of names.", mend="Give a list, or leave it out.")
    return NamedLaboratory(
        name=name,
        title=title.strip(),
        driver=kind,
        projects=tuple(projects),
        settings={key: value for key, value in said.items() if key not in _OWN},
        folder=path.parent,
    )
