"""Bruker OPUS: the binary files of Bruker's infrared and Raman spectrometers (`.0`, `.1`, ...).

Instrument
----------
Fourier-transform spectrometers of Bruker (Alpha, Tensor, Vertex, IFS, INVENIO, MPA, Tango, Hyperion, RAM II, EM27)
and its Raman spectrometers (Senterra, Bravo), driven by OPUS.

What is read
------------
Each block of numbers gives one Reading, calculated spectra first: technique `raman` for Raman spectra, else `ir`.

- the axis, shape (n_points,), by the block's own unit (DXU): `wavenumber` (1/cm; `raman_shift` for Raman spectra),
  `wavelength` (um, nm), `log_wavenumber`, `time` (min, s), `point` for interferograms;
- the signal, same shape: `absorbance`, `transmittance`, `reflectance`, `kubelka_munk`, `emission`, `power`,
  `log_reflectance`, `attenuated_total_reflection`, `photoacoustic_signal`, `phase`, else `intensity`; parts of
  complex spectra end in `_real` and `_imaginary`, derivatives in `_derivative`. Values are multiplied by their factor
  (CSF), as OPUS shows them;
- of a series: the signal of shape (spectrum, n_points), with `time` (s, its start) and `end_time` (s) of each.

Only as many numbers are taken as the parameters promise (NPT); what follows in the block is padding. The least and
largest value that the file states (MNY, MXY) are compared with those found.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Reports, chemical structures, libraries and pictures, of which the header lists the blocks. Units of single-channel
spectra, phases and the other signals in `arbitrary_unit` are stated nowhere.

File structure
--------------
Little-endian. 0A 0A FE FE, float64 version, int32 place of the directory, int32 its room, int32 number of its entries:
uint32 kind (bits 0-1 part of a complex number, 2-3 sample or reference, 4-9 parameters, 10-16 data and channel, 17-18
derivative, 19-21 extra), int32 length in 4-byte words, int32 place. Parameters: three letters and a zero, uint16 type
(0 int32, 1 float64, 2-4 text), uint16 length in 2-byte words, value; `END` after the last. Data: float32 (DPF 1) or
int32 (DPF 2). Series: six int32 (version, spectra, place of the first, bytes of a spectrum, bytes of a record, ranges),
the ranges, then spectrum and record by turns. Facts as the open program brukeropus (MIT) states them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.opus.blocks import MEND, SIGNATURE, Block, Kind, blocks
from kiban.readers.opus.parameters import Value, as_json, parameters, started_at, text
from kiban.readers.opus.series import series_of
from kiban.readers.opus.spectra import Spectrum, Status, axis_of, paired, values_of
from kiban.readers.opus.words import RAMAN, axis_name, metadata, signal_name
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading, Role, Variable

_RATIO, _REFERENCE = 3, 2


class BrukerOpus:
    """Reads OPUS files."""

    name = "bruker_opus"
    version = 1
    title = "Bruker OPUS"
    makers = ("Bruker",)
    techniques = ("ir", "raman")
    suffixes = (".0", ".1", ".2", ".0000", ".0001", ".opus")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with OPUS' signature."""
        if source.head.startswith(SIGNATURE):
            return Recognition(Confidence.CERTAIN, "it begins with the signature of OPUS")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every spectrum, the calculated ones first. Raises as the contract says."""
        version, found = blocks(source.read(), source.name)
        statuses = [Status(block=b, values=parameters(b, source.name)) for b in found if b.kind.is_status]
        data = [block for block in found if block.kind.is_data]
        spectra, left_over = paired(data, statuses, source.name)
        if not spectra:
            raise _nothing(data, statuses, source.name)
        others, doubts = _parameters(found, source.name)
        doubts += [f"No parameters fit {block.place}: it is left out." for block in left_over]
        header: dict[str, Json] = {"version": version if math.isfinite(version) else None, "blocks": _directory(found)}
        header |= {name: dict(as_json(values)) for name, _, values in others}
        header |= {block.kind.label: _history(block) for block in found if block.kind.is_text}
        spectra = sorted(spectra, key=lambda each: each.data.kind.origin != _RATIO)
        return [_reading(each, header, others, doubts, source.name) for each in spectra]


def _nothing(data: list[Block], statuses: list[Status], file: str) -> Exception:
    if data:
        return DamagedFile(f"{file}: no parameters describe {data[0].place}.", mend=MEND)
    return NothingMeasured(
        f"{file} holds {len(statuses)} sets of parameters and no spectrum.",
        mend="If one was measured, save it again with its data; the file is kept as it came.",
    )


def _parameters(found: Iterable[Block], file: str) -> tuple[list[tuple[str, Kind, dict[str, Value]]], list[str]]:
    """The blocks of parameters that describe the measurement, each under a name of its own."""
    others: list[tuple[str, Kind, dict[str, Value]]] = []
    doubts = []
    names: dict[str, int] = {}
    for block in found:
        if not block.kind.parameters or block.kind.is_status:
            continue
        try:
            values = parameters(block, file)
        except DamagedFile as e:
            doubts.append(f"A block of parameters is left out. {e.fault}")
            continue
        names[block.kind.label] = count = names.get(block.kind.label, 0) + 1
        others.append((block.kind.label if count == 1 else f"{block.kind.label} {count}", block.kind, values))
    return others, doubts


def _directory(found: Iterable[Block]) -> list[Json]:
    return [
        {"kind": block.kind.code, "label": block.kind.label, "start": block.start, "bytes": len(block.content)}
        for block in found
    ]


def _history(block: Block) -> str:
    lines = bytes(block.content).split(b"\0")
    return "\n".join(decode(line)[0].strip() for line in lines if line.strip())


def _reading(
    spectrum: Spectrum,
    header: Mapping[str, Json],
    others: list[tuple[str, Kind, dict[str, Value]]],
    doubts: list[str],
    file: str,
) -> Reading:
    kind = spectrum.data.kind
    is_reference = kind.origin == _REFERENCE
    known: dict[str, Value] = {}
    # Of a reference its own parameters hold, and those of the sample where they are silent.
    for wanted in (False, True) if is_reference else (False,):
        for _, of, values in others:
            if (of.origin == _REFERENCE) is wanted:
                known |= values
    variables, more = _variables(spectrum, file)
    status = spectrum.status.values
    sample = text(known, "SNM")
    what = kind.label[0].upper() + kind.label[1:]
    return Reading(
        technique="raman" if kind.data == RAMAN else "ir",
        title=f"{sample}: {what}" if sample else what,
        variables=tuple(variables),
        header={**header, spectrum.status.block.kind.label: dict(as_json(status))},
        metadata=metadata(known, is_raman=kind.data == RAMAN, is_reference=is_reference),
        sample_name=sample or None,
        operator=text(known, "CNM") or None,
        instrument=text(known, "INS") or None,
        started_at=started_at(status),
        doubts=(*doubts, *more),
    )


def _variables(spectrum: Spectrum, file: str) -> tuple[list[Variable], list[str]]:
    status, kind = spectrum.status, spectrum.data.kind
    abscissas = axis_of(status, file)
    written = text(status.values, "DXU")
    name, unit, is_known = axis_name(written, kind, float(abscissas.max()))
    doubts = [] if is_known else [f"The unit of the axis is '{written}' (DXU), which is not known."]
    axis = Variable(
        name=name, series=Series(abscissas, unit), dimensions=(name,), role=Role.AXIS, unit_as_written=written
    )
    signal, signal_unit = signal_name(kind)
    label = kind.label
    if not kind.is_series:
        values, more = values_of(spectrum, file)
        made = [axis, Variable(name=signal, series=Series(values, signal_unit), dimensions=(name,), label=label)]
        return made, [*doubts, *more]
    series = series_of(spectrum, file)
    first = "start_time" if name == "time" else "time"
    return [
        axis,
        Variable(name=signal, series=Series(series.values, signal_unit), dimensions=("spectrum", name), label=label),
        Variable(name=first, series=Series(series.start_s, "s"), dimensions=("spectrum",), role=Role.AXIS, label="SRT"),
        Variable(
            name="end_time",
            series=Series(series.end_s, "s"),
            dimensions=("spectrum",),
            role=Role.AUXILIARY,
            label="ERT",
        ),
    ], [*doubts, *series.doubts]


READER = BrukerOpus()
