"""Settings of laboratories as people write them in a file, checked one by one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kiban.errors import InvalidSetting


class Given:
    """What the settings of a driver say; each is asked for by its name. Raises InvalidSetting."""

    def __init__(self, driver: str, settings: Mapping[str, Any], known: Iterable[str], folder: Path) -> None:
        self._driver = driver
        self._settings = settings
        self._folder = folder
        names = tuple(known)
        if unknown := sorted(set(settings) - set(names)):
            raise InvalidSetting(
                f"The driver {driver} has no setting '{unknown[0]}'.", mend=f"Its settings are: {', '.join(names)}."
            )

    def path(self, name: str) -> Path:
        """A path, which begins at the folder of the settings unless it begins at the root."""
        value = self._settings.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refusal(name, value, "Name a folder or file; a relative one begins where the settings are.")
        return self._folder / value

    def number(self, name: str, default: float, *, low: float = 0.0, high: float = math.inf) -> float:
        """A number of a range."""
        return self._number(name, self._settings.get(name, default), low, high)

    def whole(self, name: str, default: int) -> int:
        """A whole number from 0."""
        value = self._settings.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.refusal(name, value, "Give a whole number from 0.")
        return value

    def numbers(self, name: str) -> dict[str, float]:
        """Numbers by name, from 0."""
        return {key: self._number(f"{name}.{key}", value, 0.0, math.inf) for key, value in self.mapping(name).items()}

    def span(self, name: str) -> tuple[float, float]:
        """Two numbers from 0, the smaller first; both 0 where nothing is said."""
        value = self._settings.get(name, (0.0, 0.0))
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise self.refusal(name, value, "Give the smallest and the largest: [0.5, 2].")
        low, high = (self._number(name, each, 0.0, math.inf) for each in value)
        if low > high:
            raise self.refusal(name, value, "Give the smallest first.")
        return low, high

    def mapping(self, name: str) -> dict[str, Any]:
        """A table of names; empty where nothing is said."""
        value = self._settings.get(name, {})
        if not isinstance(value, Mapping):
            raise self.refusal(name, value, "Give it by name: hardness = ...")
        return {str(key): each for key, each in value.items()}

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of some words; the first where nothing is said."""
        value = self._settings.get(name, choices[0])
        if value not in choices:
            raise self.refusal(name, value, f"Give one of: {', '.join(choices)}.")
        return str(value)

    def has(self, name: str) -> bool:
        """Whether something is said of it."""
        return name in self._settings

    def refusal(self, name: str, value: object, mend: str) -> InvalidSetting:
        """What is told of a setting that cannot be used."""
        found = "is missing" if value is None else f"is {value!r:.80}"
        return InvalidSetting(f"The setting {name} of the driver {self._driver} {found}.", mend=mend)

    def _number(self, name: str, value: object, low: float, high: float) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= float(value) <= high:
            most = f" to {high:g}" if math.isfinite(high) else ""
            raise self.refusal(name, value, f"Give a number from {low:g}{most}.")
        if not math.isfinite(float(value)):
            raise self.refusal(name, value, "Give a finite number.")
        return float(value)
