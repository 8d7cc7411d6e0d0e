"""Touchstone (SnP): network parameters over frequency, versions 1.0, 1.1, 2.0 and 2.1.

Instrument
----------
Vector network analysers of any maker, and programs that simulate networks.

What is read
------------
One Reading of technique `network_analysis` with `frequency` (Hz, kHz, MHz, GHz), shape (n,), and for each parameter
two variables of shape (n,), in the form of the file: `s21_real` and `s21_imaginary`, or `s21_magnitude` (number 1 or
dB) and `s21_phase` (deg); `y`, `z`, `h` and `g` instead of `s` for the other parameters. Networks of more than 9 ports
give two arrays of shape [frequency, output_port, input_port] instead, `s_real` and so on. Noise data give a second
Reading with `minimum_noise_figure` (dB), `optimum_reflection_magnitude`, `optimum_reflection_phase` (deg) and
`noise_resistance`. Reference impedances, and what the comments say of the instrument and the time, come as metadata.

Uncertainties
-------------
None: the format states none.

What is left out
----------------
Networks of mixed modes are refused by name. Version 1 divides Y, Z, H and G parameters and the noise resistance by the
reference resistance, so they have no unit; from version 2.0 on they are in ohm and siemens. Files of one port with a
second pair of numbers are read with a doubt.

File structure
--------------
Text, any line ends; comments behind `!`. The option line `# GHz S MA R 50`, any of it left out; then numbers: for each
frequency the frequency and pairs, 11 21 12 22 for two ports, else row by row, wrapped after four pairs; noise data of
two ports follow where the frequency falls. From version 2.0 on keywords in brackets say how many ports and
frequencies there are and in which order. Touchstone File Format Specification, IBIS Open Forum, versions 1.1 and 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.touchstone_parts.comments import identity, measured_at
from kiban.readers.touchstone_parts.matrices import Network, read_network
from kiban.readers.touchstone_parts.options import Content, Options, is_option_line, sort_lines
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

# What comes first that is no comment, and can be neither an option line nor a version, in whatever encoding.
_NEVER_FIRST = re.compile(
    rb"(?:[ \t\n\r\x0b\x0c]|![^\r\n]*+)*+"
    rb"[\x01-\x08\x0e-\x1b\"$-Z\\-\x80\x82-\x84\x86-\x9f\xa1-\xc1\xc3-\xe0\xe4-\xee\xf0-\xfd]"
)
_VERSION = re.compile(r"\[version\]\s*2\.\d", re.IGNORECASE)
_PARTS = {"ri": ("real", "imaginary"), "ma": ("magnitude", "phase"), "db": ("magnitude", "phase")}
_MOST_NAMED_PORTS = 9
_WORDS = {"s": "S-parameters", "y": "Y-parameters", "z": "Z-parameters", "h": "H-parameters", "g": "G-parameters"}
_HYBRID_UNITS = {(1, 1): "ohm", (2, 2): "siemens"}
_NOISE = (
    ("minimum_noise_figure", "dB", "minimum noise figure"),
    ("optimum_reflection_magnitude", "", "source reflection coefficient for it, magnitude"),
    ("optimum_reflection_phase", "deg", "source reflection coefficient for it, phase"),
    ("noise_resistance", "", "effective noise resistance"),
)


class Touchstone:
    """Reads Touchstone files."""

    name = "touchstone"
    version = 1
    title = "Touchstone (SnP)"
    makers = ("any",)
    techniques = ("network_analysis",)
    suffixes = (".s1p", ".s2p", ".s3p", ".s4p", ".snp", ".ts")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line that is no comment is an option line, or states version 2."""
        head = source.head
        if (b"#" not in head and b"[" not in head[:4096]) or _NEVER_FIRST.match(head):
            return None
        for line in with_plain_line_ends(source.head_text.lstrip("\ufeff")).split("\n"):
            text = line.partition("!")[0].strip()
            if not text:
                continue
            if _VERSION.match(text):
                return Recognition(Confidence.CERTAIN, "it states the version of Touchstone")
            if is_option_line(text):
                return Recognition(Confidence.CERTAIN, f"it begins with the option line {text[:40]}")
            return None
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the network, and the noise data where there are any. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0].lstrip("\ufeff")).split("\n")
        content = sort_lines(lines, file=source.name)
        network = read_network(content, file=source.name)
        stem = source.name.rpartition(".")[0] or source.name
        readings = [_network_reading(content, network, stem)]
        if network.noise is not None:
            readings.append(_noise_reading(content, network.noise, stem))
        return readings


def _network_reading(content: Content, network: Network, stem: str) -> Reading:
    options = content.options
    words = f"{_WORDS[options.parameter]}, {network.n_ports} port{'s' if network.n_ports > 1 else ''}"
    frequency = _frequency(network.table[:, 0], options)
    parameters = _named(network, options) if network.n_ports <= _MOST_NAMED_PORTS else _stacked(network, options)
    about = identity(content.comments)
    return Reading(
        technique="network_analysis",
        title=f"{stem}: {words}" if stem else words,
        variables=(frequency, *parameters),
        header=_header(content),
        metadata={**about, **_metadata(options, network.n_ports)},
        instrument=" ".join(str(about[key]) for key in ("maker", "model")) if about else None,
        started_at=measured_at(content.comments),
        doubts=network.doubts,
    )


def _noise_reading(content: Content, noise: NDArray[np.float64], stem: str) -> Reading:
    variables = [
        Variable(
            name=name,
            series=Series(np.ascontiguousarray(noise[:, i]), unit),
            dimensions=("frequency",),
            label=label,
            unit_as_written=unit,
        )
        for i, (name, unit, label) in enumerate(_NOISE, 1)
    ]
    return Reading(
        technique="network_analysis",
        title=f"{stem}: noise parameters" if stem else "Noise parameters",
        variables=(_frequency(noise[:, 0], content.options), *variables),
        header=_header(content),
        metadata={**identity(content.comments), **_metadata(content.options, 2)},
        started_at=measured_at(content.comments),
    )


def _frequency(values: NDArray[np.float64], options: Options) -> Variable:
    return Variable(
        name="frequency",
        series=Series(np.ascontiguousarray(values), options.unit),
        dimensions=("frequency",),
        role=Role.AXIS,
        label="frequency",
        unit_as_written=options.unit,
    )


def _named(network: Network, options: Options) -> Iterator[Variable]:
    """Two variables for each parameter; a pair that nothing names is only numbered."""
    for n, place in enumerate(network.places):
        units = _units(options, place)
        stem = f"pair_{n + 1}" if place is None else f"{options.parameter}{place[0]}{place[1]}"
        for k, part in enumerate(_PARTS[options.format]):
            yield Variable(
                name=f"{stem}_{part}",
                series=Series(np.ascontiguousarray(network.table[:, 1 + 2 * n + k]), units[k]),
                dimensions=("frequency",),
                role=Role.SIGNAL if place is not None else Role.AUXILIARY,
                label=f"{stem.upper() if place is not None else stem} {part}",
                unit_as_written=units[k],
            )


def _stacked(network: Network, options: Options) -> Iterator[Variable]:
    """Two arrays of all parameters; the half that a triangular matrix leaves out is the other one mirrored."""
    n = network.n_ports
    units = _units(options, (1, 2))
    for k, part in enumerate(_PARTS[options.format]):
        values = np.full((len(network.table), n, n), np.nan)
        for pair, place in enumerate(network.places):
            if place is not None:
                i, j = place[0] - 1, place[1] - 1
                values[:, i, j] = network.table[:, 1 + 2 * pair + k]
                if options.matrix != "full":
                    values[:, j, i] = values[:, i, j]
        yield Variable(
            name=f"{options.parameter}_{part}",
            series=Series(values, units[k]),
            dimensions=("frequency", "output_port", "input_port"),
            label=f"{options.parameter.upper()} {part}",
            unit_as_written=units[k],
        )


def _units(options: Options, place: tuple[int, int] | None) -> tuple[str, str]:
    """The units of the two numbers of a pair."""
    unit = ""
    if options.is_version_2 and place is not None:
        hybrid = _HYBRID_UNITS.get(place, "")
        inverse = {"ohm": "siemens", "siemens": "ohm"}.get(hybrid, "")
        unit = {"y": "siemens", "z": "ohm", "h": hybrid, "g": inverse}.get(options.parameter, "")
    if options.format == "ri":
        return unit, unit
    return ("dB" if options.format == "db" else unit), "deg"


def _header(content: Content) -> dict[str, Json]:
    return {
        "comments": list(content.comments),
        "option_line": content.options.written,
        "keywords": dict(content.options.keywords),
    }


def _metadata(options: Options, n_ports: int) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"n_ports": n_ports}
    references = options.references_ohm or (options.resistance_ohm,)
    if len(set(references)) == 1:
        found["reference_impedance"] = Measured(references[0], "ohm")
    else:
        found["reference_impedances"] = ", ".join(f"{value:g} ohm" for value in references)
    if options.is_version_2:
        found["format_version"] = options.version
    return found


READER = Touchstone()
