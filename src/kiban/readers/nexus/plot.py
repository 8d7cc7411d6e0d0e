"""One NXdata group: its signals, axes, uncertainties and whatever else lies in it, as variables.

Which datasets are signal and axes see `stated`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, KibanError, OutOfRange, UnsupportedVariant
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.spelling import respell
from kiban.quantity.uncertainty import Origin
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.hdf5.links import Elsewhere, child
from kiban.readers.hdf5.naming import variable_name
from kiban.readers.hdf5.opening import MEND
from kiban.readers.hdf5.values import is_numeric, numbers, text_attribute, texts_attribute
from kiban.readers.nexus.stated import members, stated_axes
from kiban.readers.source import Limits
from kiban.records.reading import Role, Variable

if TYPE_CHECKING:
    import h5py

_SAME_FILE = "Copy all into one file (with h5py or nxcopy) and deposit that. The file is kept as it came."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What an NXdata group gives."""

    variables: tuple[Variable, ...]
    doubts: tuple[str, ...]


@dataclass(slots=True)
class _Group:
    """The group while it is read."""

    group: h5py.Group
    signal: str
    limits: Limits
    file: str
    doubts: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Names of variables by those of datasets."""

    def dataset(self, name: str) -> h5py.Dataset | Elsewhere | None:
        import h5py

        node = child(self.group, name)
        return node if isinstance(node, h5py.Dataset | Elsewhere) else None

    def variable_name(self, name: str) -> str:
        if name not in self.names:
            self.names[name] = variable_name(name, self.names.values())
        return self.names[name]

    def values(self, name: str) -> NDArray[Any] | None:
        """The numbers of a dataset that the plot can do without; a doubt where they cannot be read."""
        dataset = self.dataset(name)
        if isinstance(dataset, Elsewhere):
            self.doubts.append(f"{name} lies in another file ({dataset.file}), which is not opened.")
        if dataset is None or isinstance(dataset, Elsewhere) or not is_numeric(dataset):
            return None
        try:
            values, doubts = numbers(dataset, limits=self.limits, file=self.file)
        except KibanError as e:
            self.doubts.append(f"{name} is left out: {e.fault}")
            return None
        self.doubts.extend(doubts)
        return values


def read_plot(group: h5py.Group, signal: str, *, limits: Limits, file: str) -> Plot:
    """Read a group whose signal is known.

    Raises
    ------
    UnsupportedVariant
        If the signal lies in another file, or holds no numbers.
    DamagedFile, HostileFile, LimitExceeded
        If the signal cannot be read.
    """
    inside = _Group(group, signal, limits, file)
    dataset = inside.dataset(signal)
    if dataset is None:
        raise DamagedFile(f"{file}: the signal {signal} was expected in {group.name}; it is no dataset.", mend=MEND)
    if isinstance(dataset, Elsewhere):
        raise UnsupportedVariant(
            f"{file}: the signal {signal} of {group.name} lies in another file ({dataset.file}); none is opened.",
            mend=_SAME_FILE,
        )
    values, doubts = numbers(dataset, limits=limits, file=file)
    inside.doubts.extend(doubts)
    inside.variable_name(signal)
    axes, dimensions = _axes(inside, signal, dataset, values.shape)
    further = _further_signals(inside, signal)
    variables = [*axes, _signal(inside, signal, dataset, values, dimensions)]
    for name in further:
        found = inside.values(name)
        other = inside.dataset(name)
        if found is not None and found.shape == values.shape and other is not None and not isinstance(other, Elsewhere):
            variables.append(_signal(inside, name, other, found, dimensions))
    variables.extend(_rest(inside, variables, values.shape, dimensions))
    return Plot(variables=tuple(variables), doubts=tuple(inside.doubts))


def _signal(
    inside: _Group, name: str, dataset: h5py.Dataset, values: NDArray[Any], dimensions: tuple[str, ...]
) -> Variable:
    unit = text_attribute(dataset, "units")
    doubt = _errors(inside, name, values)
    if doubt is None and values.ndim == 1 and values.dtype.kind in "iu" and respell(unit) == "count":
        doubt = counting_uncertainty(values)
    return Variable(
        name=inside.variable_name(name),
        series=Series(values, respell(unit), doubt),
        dimensions=dimensions,
        role=Role.SIGNAL,
        label=text_attribute(dataset, "long_name") or name,
        unit_as_written=unit,
    )


def _errors(inside: _Group, name: str, values: NDArray[Any]) -> Uncertainties | None:
    """Standard uncertainties: `NAME_errors`, before `errors` for the signal."""
    candidates = [f"{name}_errors", f"{name}_error"]
    if name == inside.signal:
        candidates += ["errors", *texts_attribute(inside.group, "uncertainties")[:1]]
    for candidate in candidates:
        found = inside.values(candidate)
        if found is None:
            continue
        inside.names.setdefault(candidate, f"_{candidate}")
        if found.dtype.kind not in "iuf":
            inside.doubts.append(f"{candidate} holds {found.dtype} and is left out.")
            continue
        if found.shape != values.shape:
            inside.doubts.append(f"{candidate} has another shape than {name} and is left out.")
            continue
        try:
            return Uncertainties(values=found.astype(np.float64), origin=Origin.FILE)
        except OutOfRange:
            inside.doubts.append(f"{candidate} has negative or infinite numbers and is left out.")
    return None


def _axes(
    inside: _Group, signal: str, dataset: h5py.Dataset, shape: tuple[int, ...]
) -> tuple[list[Variable], tuple[str, ...]]:
    """The axes as variables, and the names of the signal's dimensions."""
    stated = stated_axes(inside.group, signal, dataset, len(shape))
    dimensions = [f"dimension_{n + 1}" for n in range(len(shape))]
    found: list[tuple[str, NDArray[Any], tuple[int, ...]]] = []
    for name, places in stated:
        values = inside.values(name)
        if values is None:
            continue
        if values.ndim == 0 or any(place >= len(shape) for place in places):
            inside.doubts.append(f"The axis {name} does not belong to a dimension of {signal} and is left out.")
            continue
        found.append((name, values, places[: values.ndim] if len(places) >= values.ndim else places))
        is_its_own = values.ndim == 1 and len(places) == 1 and len(values) == shape[places[0]]
        if is_its_own and dimensions[places[0]].startswith("dimension_"):
            dimensions[places[0]] = inside.variable_name(name)
    variables = [_axis(inside, name, values, places, shape, dimensions) for name, values, places in found]
    return [each for each in variables if each is not None], tuple(dimensions)


def _axis(
    inside: _Group,
    name: str,
    values: NDArray[Any],
    places: tuple[int, ...],
    shape: tuple[int, ...],
    dimensions: list[str],
) -> Variable | None:
    dataset = inside.dataset(name)
    if dataset is None or isinstance(dataset, Elsewhere):
        return None
    lengths = tuple(shape[place] for place in places)
    ours = inside.variable_name(name)
    if values.shape == lengths:
        along = tuple(dimensions[place] for place in places)
    elif values.ndim == 1 and len(places) == 1 and len(values) == lengths[0] + 1:
        # Edges of a histogram: one more than there are bins.
        along = (f"{ours}_edges",)
    else:
        inside.doubts.append(
            f"The axis {name} has {' × '.join(map(str, values.shape))} points, the signal "
            f"{' × '.join(map(str, lengths))} there; it is left out."
        )
        return None
    is_sound = values.dtype.kind != "f" or bool(np.isfinite(values).all())
    if not is_sound:
        inside.doubts.append(f"The axis {name} has gaps (NaN): the scan was probably stopped.")
    unit = text_attribute(dataset, "units")
    return Variable(
        name=ours,
        series=Series(values, respell(unit)),
        dimensions=along,
        role=Role.AXIS if is_sound and values.dtype.kind != "c" else Role.AUXILIARY,
        label=text_attribute(dataset, "long_name") or name,
        unit_as_written=unit,
    )


def _further_signals(inside: _Group, signal: str) -> list[str]:
    return [name for name in texts_attribute(inside.group, "auxiliary_signals") if name != signal]


def _rest(
    inside: _Group, variables: list[Variable], shape: tuple[int, ...], dimensions: tuple[str, ...]
) -> list[Variable]:
    """Whatever else has numbers along the signal's dimensions."""
    lengths = dict(zip(dimensions, shape, strict=True))
    taken = {each.name for each in variables}
    found = []
    for name in members(inside.group):
        if name in inside.names:
            continue
        dataset = inside.dataset(name)
        if dataset is None or isinstance(dataset, Elsewhere) or not is_numeric(dataset):
            continue
        its = tuple(int(n) for n in dataset.shape or ())
        along = dimensions if its == shape else _along(its, lengths)
        if not its or not along or 0 in its:
            continue
        values = inside.values(name)
        ours = inside.variable_name(name)
        if values is None or ours in taken:
            continue
        unit = text_attribute(dataset, "units")
        found.append(
            Variable(
                name=ours,
                series=Series(values, respell(unit)),
                dimensions=along,
                role=Role.AUXILIARY,
                label=text_attribute(dataset, "long_name") or name,
                unit_as_written=unit,
            )
        )
    return found


def _along(its: tuple[int, ...], lengths: dict[str, int]) -> tuple[str, ...]:
    """The dimension of a list, where only one has its length."""
    if len(its) != 1:
        return ()
    fitting = [name for name, length in lengths.items() if length == its[0]]
    return (fitting[0],) if len(fitting) == 1 else ()
