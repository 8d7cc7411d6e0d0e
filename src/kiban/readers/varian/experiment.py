"""One experiment of VNMR or VnmrJ: a decay or a series of them, with its parameters."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.nmr.folders import Files
from kiban.readers.nmr.nuclei import nucleus
from kiban.readers.text import decode
from kiban.readers.varian.fid_file import Decays, read_fid
from kiban.readers.varian.procpar import DELAY, MEND, PULSE, Parameters, read_procpar
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_UNITS = {DELAY: "s", PULSE: "us"}
_TEXTS = (("technique_name", ("seqfil", "pslabel")), ("solvent", ("solvent",)), ("model", ("console",)))
_MEASURED = (
    ("observe_frequency", "sfrq", "MHz"),
    ("spectral_width", "sw", "Hz"),
    ("transmitter_offset", "tof", "Hz"),
    ("temperature", "temp", "degC"),
    ("magnetic_field", "B0", "gauss"),
    ("relaxation_delay", "d1", "s"),
)
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")


def read_experiment(files: Files, name: str, title: str = "") -> Reading:
    """Read `fid` and `procpar` of one folder.

    Parameters
    ----------
    name : str
        How errors call it.
    title : str
        What it is called where no file says it.

    Raises
    ------
    UnreadableFile
    """
    parameters = read_procpar(files.read("procpar"), f"{name}/procpar" if title else "procpar")
    decays = read_fid(files.read("fid"), f"{name}/fid" if title else name)
    text = decode(files.read("text"))[0].strip() if "text" in files.names else ""
    metadata = _metadata(parameters, decays)
    header: dict[str, Json] = {"fid": decays.header, "procpar": parameters.as_json()}
    sample = parameters.text("samplename") or None
    sort = "series of FIDs" if len(decays.rows) > 1 else "FID"
    called = sample or text.partition("\n")[0].strip()[:200] or title or "NMR"
    return Reading(
        technique="nmr",
        title=f"{called}: {metadata.get('nucleus', '')} {sort}".replace("  ", " "),
        variables=_variables(parameters, decays, name),
        header=header | ({"text": text} if text else {}),
        metadata=metadata | ({"comment": text} if text else {}),
        sample_name=sample,
        operator=parameters.text("operator_", "operator") or None,
        instrument=parameters.text("systemname_", "console") or None,
        started_at=_time(parameters, "time_run"),
        doubts=(*decays.doubts, *_doubts(parameters, decays)),
    )


def _variables(parameters: Parameters, decays: Decays, name: str) -> tuple[Variable, ...]:
    width = parameters.number("sw")
    if width is None or not width > 0:
        raise DamagedFile(f"{name}: the spectral width sw should be one positive frequency.", mend=MEND)
    n_rows, n_points, _ = decays.rows.shape
    time = Variable(name="time", series=Series(np.arange(n_points) / width, "s"), dimensions=("time",), role=Role.AXIS)
    stepped: tuple[Variable, ...] = ()
    rows = decays.rows[0]
    dimensions: tuple[str, ...] = ("time",)
    if n_rows > 1:
        rows, dimensions = decays.rows, ("increment", "time")
        count = Series(np.arange(n_rows))
        increment = Variable(name="increment", series=count, dimensions=("increment",), role=Role.AXIS)
        stepped = (increment, *_stepped(parameters, n_rows))
    parts = ((f"fid{part}", np.ascontiguousarray(rows[..., i])) for i, part in enumerate(("_real", "_imaginary")))
    return (
        time,
        *stepped,
        *(
            Variable(
                name=part,
                series=Series(values, "arbitrary_unit"),
                dimensions=dimensions,
                role=Role.AUXILIARY if part == "fid_imaginary" else Role.SIGNAL,
                label="fid",
            )
            for part, values in parts
        ),
    )


def _stepped(parameters: Parameters, n_rows: int) -> list[Variable]:
    """What was changed from one decay to the next, where that is one parameter or several that go together."""
    array = parameters.text("array")
    names = re.sub(r"^\((.*)\)$", r"\1", array).split(",")
    if not array or any("(" in name or ")" in name for name in names) or (len(names) > 1 and array[0] != "("):
        return []
    found: list[Variable] = []
    for written in dict.fromkeys(name.strip() for name in names):
        parameter = parameters.find(written)
        if parameter is None or len(parameter.values) != n_rows or any(isinstance(v, str) for v in parameter.values):
            continue
        name = written.lower()
        if not _VARIABLE.fullmatch(name) or name in {"time", "increment"} or name in {v.name for v in found}:
            continue
        series = Series(np.array(parameter.values, dtype=np.float64), _UNITS.get(parameter.kind, ""))
        found.append(Variable(name=name, series=series, dimensions=("increment",), role=Role.AUXILIARY, label=written))
    return found


def _metadata(parameters: Parameters, decays: Decays) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "Varian"}
    for name, keys in _TEXTS:
        if text := parameters.text(*keys):
            found[name] = text
    if observed := parameters.text("tn"):
        found["nucleus"] = nucleus(observed)
    for name, key, unit in _MEASURED:
        if (value := parameters.number(key)) is not None:
            found[name] = Measured(value, unit)
    scans = decays.n_scans[0] if len(set(decays.n_scans)) == 1 else 0
    asked = parameters.number("ct") or parameters.number("nt") or 0
    if scans > 0 or (asked >= 1 and asked == int(asked)):
        found["n_scans"] = scans if scans > 0 else int(asked)
    if (gain := parameters.number("gain")) is not None:
        found["receiver_gain"] = gain
    for key in ("srate", "spin"):
        if "spinning_rate" not in found and (rate := parameters.number(key)):
            found["spinning_rate"] = Measured(rate, "Hz")
    if (parameters.number("ni") or 0) > 1 and (width := parameters.number("sw1")) is not None:
        found["indirect_spectral_width"] = Measured(width, "Hz")
    if (ended := _time(parameters, "time_complete")) is not None:
        found["ended_at"] = ended
    return found


def _time(parameters: Parameters, name: str) -> datetime | None:
    """Local time without a zone: `20110315T102030`."""
    try:
        return datetime.strptime(parameters.text(name)[:15], "%Y%m%dT%H%M%S")
    except ValueError:
        return None


def _doubts(parameters: Parameters, decays: Decays) -> list[str]:
    found = []
    promised, n_numbers = parameters.number("np"), 2 * decays.rows.shape[1]
    if promised is not None and promised != n_numbers:
        found.append(f"procpar speaks of {promised:g} numbers in a decay (np), fid holds {n_numbers}.")
    arrayed = parameters.number("arraydim")
    if arrayed is not None and arrayed != len(decays.rows):
        found.append(f"procpar speaks of {arrayed:g} decays (arraydim), fid holds {len(decays.rows)}.")
    return found
