"""Which engines there are."""

from __future__ import annotations

from typing import cast

from kiban import plugins
from kiban.errors import InvalidSetting
from kiban.planning.engines.contract import Engine


def engines() -> tuple[Engine, ...]:
    """All engines, ours and those of installed packages."""
    return cast("tuple[Engine, ...]", plugins.find("kiban.planning.engines", "ENGINE", check=_lacks))


def engine(name: str) -> Engine:
    """The engine of that name. Raises InvalidSetting where there is none."""
    for each in engines():
        if each.name == name:
            return each
    raise InvalidSetting(
        f"There is no engine '{name}'.", mend=f"Engines are: {', '.join(each.name for each in engines())}."
    )


def _lacks(plugin: object) -> str | None:
    return plugins.lacks(plugin, "name", "version", "title", "suggest")
