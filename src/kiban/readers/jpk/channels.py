"""Channels of a segment: raw numbers, the encoder that makes volts of them, conversions to metres and newtons."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, UnsupportedVariant
from kiban.readers.jpk.properties import Scoped
from kiban.readers.tables.column_headers import slug

MEND = "Save the curve again from the instrument's program; the file is kept as it came."
_ENCODERS = {
    "signedshort": "i2", "unsignedshort": "u2", "signedinteger": "i4", "unsignedinteger": "u4", "signedlong": "i8",
    "unsignedlong": "u8",
}  # fmt: skip
_WIDTHS = {"short": "2", "integer": "4", "long": "8"}
_FLOATS = {"float": "f4", "double": "f8"}
_NAMES = {"vDeflection": {"N": "force", "m": "deflection", "V": "deflection_voltage"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a segment in the unit that the file shows it in."""

    key: str
    label: str
    name: str
    unit: str
    values: NDArray[np.float64]
    doubts: tuple[str, ...] = ()


class Budget:
    """How many bytes of numbers an archive may still make: computed channels cost no bytes in it."""

    def __init__(self, n_bytes: int) -> None:
        self._left = n_bytes

    def take(self, n_points: int, place: str) -> None:
        """Count the numbers of a channel before they are made. Raises LimitExceeded."""
        self._left -= 8 * n_points
        if self._left < 0:
            raise LimitExceeded(
                f"{place}: {n_points} more numbers are more than allowed in one file.",
                mend="Export fewer curves; the file is kept as it came.",
            )


class ChannelReader:
    """Reads channels of one segment.

    Parameters
    ----------
    properties : Scoped
        Of the channel.
    key : str
        `vDeflection`.
    n_points : int, optional
        What the segment promises.
    load : callable
        Gives the bytes of a file beside the segment's header, or raises KeyError.
    budget : Budget
        What the archive may still make.
    """

    def __init__(
        self,
        properties: Scoped,
        key: str,
        *,
        n_points: int | None,
        place: str,
        load: Callable[[str], bytes],
        budget: Budget,
    ) -> None:
        self._properties, self._key, self._load, self._budget = properties, key, load, budget
        self._place = f"{place}, channel {key[:60]}"
        promised = properties.number("data.num-points", "num-points")
        self._n = n_points if promised is None else int(promised)

    def read(self) -> Channel:
        """Read the numbers and convert them. Raises DamagedFile, UnsupportedVariant."""
        values, is_encoded = self._raw()
        if is_encoded:
            values = self._scaled(values, ("data.encoder.scaling", "encoder.scaling"), "encoder")
        slot, steps, doubts = self._conversion()
        for step in steps:
            values = self._scaled(values, (f"conversion-set.conversion.{step}.scaling",), f"conversion {step}")
        unit = self._unit(steps)
        words = self._properties.text(f"conversion-set.conversion.{slot}.name") if slot else None
        return Channel(
            key=self._key,
            label=f"{self._key} ({words})" if words else self._key,
            name=_name(self._key, unit),
            unit=unit,
            values=values,
            doubts=doubts,
        )

    def _raw(self) -> tuple[NDArray[np.float64], bool]:
        kind = re.sub(r"^memory-|-data$", "", self._properties.text("data.type", "type") or "")
        if kind in {"constant", "raster"}:
            return self._computed(kind), False
        dtype = self._dtype(kind)
        name = self._properties.text("data.file.name") or f"channels/{self._key}.dat"
        try:
            content = self._load(name)
        except KeyError:
            raise DamagedFile(f"{self._place}: the file {name[:100]} is not in the archive.", mend=MEND) from None
        found, rest = divmod(len(content), dtype.itemsize)
        if rest or (self._n is not None and self._n != found):
            promised = "whole numbers" if self._n is None else f"{self._n} numbers"
            raise DamagedFile(
                f"{self._place}: {promised} of {dtype.itemsize} bytes are promised; {len(content)} bytes were found.",
                mend=MEND,
            )
        self._budget.take(found, self._place)
        return np.frombuffer(content, dtype).astype(np.float64), kind not in _FLOATS

    def _dtype(self, kind: str) -> np.dtype[Any]:
        if kind in _FLOATS:
            return np.dtype(f">{_FLOATS[kind]}")
        encoder = (self._properties.text("data.encoder.type", "encoder.type") or "").removesuffix("-limited")
        code = _ENCODERS.get(encoder)
        if code is None or _WIDTHS.get(kind, code[1]) != code[1] or (kind and kind not in _WIDTHS):
            raise UnsupportedVariant(
                f"{self._place}: numbers of a known type were expected; type '{kind[:40]}' with encoder "
                f"'{encoder[:40]}' was found.",
                mend="Export the curve as text from the instrument's program; the file is kept as it came.",
            )
        return np.dtype(f">{code}")

    def _computed(self, kind: str) -> NDArray[np.float64]:
        if self._n is None or self._n < 0:
            raise DamagedFile(f"{self._place}: {self._n} points of {kind} data are promised.", mend=MEND)
        self._budget.take(self._n, self._place)
        first = self._number("data.value" if kind == "constant" else "data.start")
        step = 0.0 if kind == "constant" else self._number("data.step")
        return first + step * np.arange(self._n, dtype=np.float64)

    def _number(self, key: str) -> float:
        found = self._properties.number(key)
        if found is None:
            shown = self._properties.text(key)
            raise DamagedFile(
                f"{self._place}: a number was expected as {key}; {shown[:40] if shown else 'nothing'} was found.",
                mend=MEND,
            )
        return found

    def _scaled(self, values: NDArray[np.float64], prefixes: tuple[str, ...], what: str) -> NDArray[np.float64]:
        factor = self._properties.number(*(f"{prefix}.multiplier" for prefix in prefixes))
        offset = self._properties.number(*(f"{prefix}.offset" for prefix in prefixes))
        style = self._properties.text(*(f"{prefix}.style" for prefix in prefixes))
        if factor is None or offset is None or style not in {None, "offsetmultiplier"}:
            raise UnsupportedVariant(
                f"{self._place}: the {what[:60]} should have a multiplier and an offset; its style is "
                f"'{(style or '')[:40]}'.",
                mend="Export the curve as text from the instrument's program; the file is kept as it came.",
            )
        with np.errstate(over="ignore", invalid="ignore"):
            return values * factor + offset

    def _conversion(self) -> tuple[str | None, list[str], tuple[str, ...]]:
        """The slot that the file shows by default, and the conversions that lead to it, the first first."""
        base = self._properties.text("conversion-set.conversions.base")
        wanted = self._properties.text("conversion-set.conversions.default")
        if wanted is None or wanted == base:
            return base, [], ()
        steps: list[str] = []
        slot: str | None = wanted
        while slot != base:
            prefix = f"conversion-set.conversion.{slot}"
            if slot is None or slot in steps:
                raise DamagedFile(
                    f"{self._place}: the conversions {' < '.join(steps)[:100]} do not lead to '{base}'.", mend=MEND
                )
            if (self._properties.text(f"{prefix}.defined") or "true") != "true":
                return base, [], (f"{self._key}: the conversion '{slot}' is not defined; given in '{base}'.",)
            steps.append(slot)
            slot = self._properties.text(f"{prefix}.base-calibration-slot")
        return wanted, steps[::-1], ()

    def _unit(self, steps: list[str]) -> str:
        if steps:
            prefix = f"conversion-set.conversion.{steps[-1]}.scaling"
            return self._properties.text(f"{prefix}.unit.unit", f"{prefix}.unit") or ""
        prefixes = ("data.encoder.scaling.unit", "encoder.scaling.unit", "data.unit", "unit")
        return self._properties.text(*(f"{p}.unit" for p in prefixes), *prefixes) or ""


def _name(key: str, unit: str) -> str:
    if (known := _NAMES.get(key, {}).get(unit)) is not None:
        return known
    return slug(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)) or "channel"
