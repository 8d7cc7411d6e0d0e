"""Numbers of a Touchstone file to parameters: which lines belong to one frequency, which pair is which parameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured
from kiban.readers.number_list import optional_number
from kiban.readers.touchstone_parts.options import MEND, MOST_PORTS, Content, Options

NOISE_COLUMNS = 5
_WIDTH_OF_TWO_PORTS = 9


@dataclass(frozen=True, slots=True)
class Network:
    """Parameters over frequency.

    Parameters
    ----------
    table : array, shape (n_frequencies, 1 + 2 * n_pairs)
        Frequency, then pairs of numbers.
    places : tuple of (int, int) or None
        Row and column of the parameter in each pair, counted from 1; `None` for a pair that nothing names.
    noise : array, shape (n, 5) or None
    """

    table: NDArray[np.float64]
    places: tuple[tuple[int, int] | None, ...]
    n_ports: int
    noise: NDArray[np.float64] | None
    doubts: tuple[str, ...]


def read_network(content: Content, *, file: str) -> Network:
    """Put the numbers in order. Raises DamagedFile, NothingMeasured, LimitExceeded."""
    if not content.lines:
        raise NothingMeasured(f"{file} has no network data.", mend=MEND)
    if content.options.is_version_2:
        return _version_2(content, file)
    return _version_1(content, file)


def _tokens(lines: Sequence[tuple[int, str]], file: str) -> list[tuple[int, list[float]]]:
    found = []
    for number, line in lines:
        values = []
        for token in line.split():
            value = optional_number(token) if "," not in token else None
            if value is None:
                raise DamagedFile(f"{file}, line {number}: a number was expected; '{token[:40]}' was found.", mend=MEND)
            values.append(value)
        found.append((number, values))
    return found


def _version_1(content: Content, file: str) -> Network:
    """A line with an odd number of numbers begins a frequency, those with an even number go on with it."""
    sets: list[tuple[int, list[float]]] = []
    continued_at: int | None = None
    for number, values in _tokens(content.lines, file):
        if len(values) % 2:
            sets.append((number, list(values)))
            continue
        continued_at = continued_at or number
        if sets:
            sets[-1][1].extend(values)
    if continued_at is not None and (not sets or len(sets[0][1]) <= _WIDTH_OF_TWO_PORTS):
        # One and two ports have one line for each frequency, so this one has lost a number.
        raise DamagedFile(f"{file}, line {continued_at}: a frequency and pairs of numbers were expected.", mend=MEND)
    width = len(sets[0][1])
    n_pairs = (width - 1) // 2
    n_ports = math.isqrt(n_pairs)
    doubts: tuple[str, ...] = ()
    if n_pairs == 2:
        n_ports = 1
        doubts = ("Each line has two pairs of numbers, one port has one: nothing says what the second is.",)
    elif n_ports**2 != n_pairs or not n_pairs:
        raise DamagedFile(
            f"{file}, line {sets[0][0]}: 1, 4, 9, ... pairs of numbers were expected, {n_pairs} were found.", mend=MEND
        )
    end = _noise_start(sets, n_ports)
    for number, values in sets[:end]:
        if len(values) != width:
            raise DamagedFile(
                f"{file}, line {number}: {width} numbers were expected for this frequency, {len(values)} were found.",
                mend=MEND,
            )
    table = np.array([values for _, values in sets[:end]], dtype=np.float64)
    noise = _noise(sets[end:], file) if end < len(sets) else None
    doubts += _check_frequencies(table[:, 0], file)
    places: list[tuple[int, int] | None] = list(_places(n_ports, content.options))
    return Network(table, (*places, *[None] * (n_pairs - len(places))), n_ports, noise, doubts)


def _noise_start(sets: Sequence[tuple[int, list[float]]], n_ports: int) -> int:
    """Of two ports: where the frequency falls, noise data begin. They have five numbers a line."""
    if n_ports == 2:
        for n in range(1, len(sets)):
            if len(sets[n][1]) == NOISE_COLUMNS and sets[n][1][0] <= sets[n - 1][1][0]:
                return n
    return len(sets)


def _version_2(content: Content, file: str) -> Network:
    """Numbers follow each other, wherever the lines end; the keywords say how many belong to one frequency."""
    options = content.options
    n_ports = options.n_ports
    if n_ports is None:
        raise DamagedFile(f"{file}: [Number of Ports] was expected; it is missing.", mend=MEND)
    if n_ports > MOST_PORTS:
        raise LimitExceeded(f"{file} has {n_ports} ports; at most {MOST_PORTS} are read.", mend=MEND)
    if options.references_ohm and len(options.references_ohm) != n_ports:
        raise DamagedFile(
            f"{file}: {n_ports} reference impedances were expected, {len(options.references_ohm)} were found.",
            mend=MEND,
        )
    places = _places(n_ports, options)
    width = 1 + 2 * len(places)
    numbers = np.array([value for _, values in _tokens(content.lines, file) for value in values], dtype=np.float64)
    n_sets, left = divmod(numbers.size, width)
    promised = options.n_frequencies if options.n_frequencies is not None else n_sets
    if left or n_sets != promised:
        raise DamagedFile(
            f"{file}: {promised} frequencies with {width} numbers each are promised, {numbers.size} numbers follow.",
            mend=MEND,
        )
    table = numbers.reshape(-1, width)
    noise = _noise(_tokens(content.noise, file), file) if content.noise else None
    if options.n_noise is not None and options.n_noise != (0 if noise is None else len(noise)):
        n_found = 0 if noise is None else len(noise)
        raise DamagedFile(f"{file}: {options.n_noise} noise points are promised, {n_found} follow.", mend=MEND)
    doubts = _check_frequencies(table[:, 0], file)
    if not content.is_ended:
        doubts += ("The file ends without [End]: data may be missing.",)
    return Network(table, tuple(places), n_ports, noise, doubts)


def _places(n_ports: int, options: Options) -> list[tuple[int, int]]:
    """Row and column of each pair, in the order of the file."""
    ports = range(1, n_ports + 1)
    if options.matrix == "lower":
        return [(i, j) for i in ports for j in range(1, i + 1)]
    if options.matrix == "upper":
        return [(i, j) for i in ports for j in range(i, n_ports + 1)]
    if options.matrix != "full":
        raise DamagedFile(
            f"A [Matrix Format] Full, Lower or Upper was expected; '{options.matrix[:40]}' was found.", mend=MEND
        )
    if n_ports == 2 and options.order != "12_21":
        return [(1, 1), (2, 1), (1, 2), (2, 2)]
    return [(i, j) for i in ports for j in ports]


def _noise(sets: Sequence[tuple[int, list[float]]], file: str) -> NDArray[np.float64]:
    for number, values in sets:
        if len(values) != NOISE_COLUMNS:
            raise DamagedFile(
                f"{file}, line {number}: {NOISE_COLUMNS} numbers of noise data were expected, {len(values)} found.",
                mend=MEND,
            )
    table = np.array([values for _, values in sets], dtype=np.float64)
    _check_frequencies(table[:, 0], file)
    return table


def _check_frequencies(frequency: NDArray[np.float64], file: str) -> tuple[str, ...]:
    """Raise DamagedFile where frequencies fall; doubt where one comes again."""
    steps = frequency[1:] < frequency[:-1]
    if bool(np.any(steps)):
        at = int(np.flatnonzero(steps)[0]) + 2
        raise DamagedFile(f"{file}: rising frequencies were expected; the one at point {at} is lower.", mend=MEND)
    if bool(np.any(frequency[1:] == frequency[:-1])):
        return ("Some frequencies come several times.",)
    return ()
