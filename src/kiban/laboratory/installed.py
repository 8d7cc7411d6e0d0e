"""Which drivers of laboratories there are."""

from __future__ import annotations

from typing import cast

from kiban import plugins
from kiban.errors import InvalidSetting
from kiban.laboratory.contract import Driver


def drivers() -> tuple[Driver, ...]:
    """All drivers, ours and those of installed packages."""
    return cast("tuple[Driver, ...]", plugins.find("kiban.laboratory", "DRIVER", check=_lacks))


def driver(name: str) -> Driver:
    """The driver of that name. Raises InvalidSetting where there is none."""
    for each in drivers():
        if each.name == name:
            return each
    raise InvalidSetting(
        f"There is no driver '{name[:60]}' of laboratories.",
        mend=f"Drivers are: {', '.join(each.name for each in drivers())}.",
    )


def _lacks(plugin: object) -> str | None:
    return plugins.lacks(plugin, "name", "version", "title", "settings", "connect")
