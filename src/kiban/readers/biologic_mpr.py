"""BioLogic EC-Lab binary files (`.mpr`).

Instrument
----------
Potentiostats and battery cyclers of BioLogic (VMP3, VSP, SP-50 to SP-300, MPG-2, BCS, ...) driven by EC-Lab V10 to
V11.5.

What is read
------------
One Reading with one variable for each column, shape (n_points,), along `time` (s), or along `frequency` (Hz) for
impedance: `potential` (V), `current` (mA), `charge` (mA*h or coulomb), `half_cycle_charge` (mA*h; charge since the half
cycle began, negative in discharge), `charge_energy` and `discharge_energy` (W*h), `power` (W), `impedance_real` and
`impedance_imaginary_negative` (ohm; EC-Lab stores -Im Z), `phase` (deg), `step_index`, `half_cycle`, `cycle_number`,
`current_range` (EC-Lab's own number for it) and the flags `mode` (1 current is set, 2 potential is set, 3 rest),
`oxidation`, `error`, `control_changes`, `step_changes`, `counter_increments`. Where only the average `<Ewe>` or `<I>`
was recorded it is `potential` or `current`. The column `control/V/mA` comes as it is, as `control`, and split into
`control_potential` (V) and `control_current` (mA) by the mode of each point, NaN elsewhere. Galvanostatic cycling is
stored without a current: `current` is then worked out as EC-Lab does it, the charge of each step over its duration.
Loops give `loop_index`. Start (local time, zone unknown), channel, serial number, software, comment, electrode data and
reference electrode come as metadata; a comment line "Sample: name" gives the sample's name.

Uncertainties
-------------
None: the file states none, and the resolution of a point depends on ranges that it does not hold in full.

What is left out
----------------
The parameters of the technique (their layout changes between versions), the protocol of the run in the log module and
the state of external devices. Mass and area are left out where they have a value that EC-Lab offers and nobody
entered (0.001; 7000 mg of its example cell), and where their unit is one that was not seen.

File structure
--------------
Little-endian. A signature of 52 bytes, then modules: "MODULE", short name (10), long name (25), length (uint32),
version (uint32), date (8), data. Since V11.50 the length is 0xFFFFFFFF, followed by a 64-bit length. The module
`VMP data` has the number of points (uint32), the number of columns, the column numbers, zeros, and the records: with
8-bit numbers and records from byte 100 (version 0), 16-bit numbers and records from byte 405 (version 2) or 406
(version 3), and with the long header (version 11) a 16-bit count, 16-bit numbers and records from byte 1007. `VMP Set`
begins with the code of the technique; `VMP LOG` has the start as days since 1899-12-30. Worked out from 13 files, 7 of
them with EC-Lab's text export, with which every column agrees; versions 0 and 2 as other programs describe them.
Column numbers: see `biologic_columns`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.biologic.cell import cell_metadata, sample_in
from kiban.readers.biologic.labels import split
from kiban.readers.biologic.modules import (
    SIGNATURE,
    Log,
    Module,
    Settings,
    decode_analog_inputs,
    decode_log,
    decode_loops,
    decode_settings,
    parse_date,
    split_modules,
)
from kiban.readers.biologic.records import read_records
from kiban.readers.biologic.techniques import CODES, key_for
from kiban.readers.biologic.variables import RawColumn, current_from_charge, loop_column, variables_from
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading


class BiologicMpr:
    """Reads BioLogic's binary files."""

    name = "biologic_mpr"
    version = 2
    title = "BioLogic EC-Lab binary (MPR)"
    makers = ("BioLogic",)
    techniques = (
        "cyclic_voltammetry",
        "linear_sweep_voltammetry",
        "galvanostatic_cycling",
        "chronoamperometry",
        "chronopotentiometry",
        "open_circuit_voltage",
        "impedance",
        "electrochemistry",
    )
    suffixes = (".mpr",)

    def recognise(self, source: Source) -> Recognition | None:
        """By the signature."""
        if source.head.startswith(SIGNATURE):
            return Recognition(Confidence.CERTAIN, "it begins with BioLogic's signature")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one measurement of the file. Raises as the contract says."""
        content = source.read()
        if not content.startswith(SIGNATURE):
            raise DamagedFile(
                f"{source.name} does not begin with BioLogic's signature.",
                mend="Copy the file again from the instrument's computer; it is kept as it came.",
            )
        modules = split_modules(content, name=source.name)
        data = _only(modules, "VMP data", source.name)
        if data is None:
            raise DamagedFile(
                f"{source.name} has no data module; it has: {', '.join(m.name for m in modules) or 'none at all'}.",
                mend="Copy the file again when the measurement has ended; it is kept as it came.",
            )
        numbers, columns, doubts = read_records(data, source.name)
        settings_module = _only(modules, "VMP Set", source.name)
        settings = None if settings_module is None else decode_settings(settings_module.data)
        log_module = _only(modules, "VMP LOG", source.name)
        log = None
        if log_module is not None:
            log = decode_log(log_module.data, (settings_module or log_module).date)
        devices = _only(modules, "VMP ExtDev", source.name)
        analog = {} if devices is None else decode_analog_inputs(devices.data)
        columns, analog_doubts = _with_analog_labels(columns, analog)
        return [
            _reading(
                modules, numbers, columns, settings=settings, log=log, doubts=doubts + analog_doubts, name=source.name
            )
        ]


def _only(modules: list[Module], name: str, file: str) -> Module | None:
    found = [module for module in modules if module.name == name]
    if len(found) > 1:
        raise UnsupportedVariant(
            f"{file} has {len(found)} modules called {name}; one was expected.",
            mend="Export the parts from EC-Lab one by one. The file is kept as it came.",
        )
    return found[0] if found else None


def _with_analog_labels(columns: list[RawColumn], analog: dict[int, str]) -> tuple[list[RawColumn], list[str]]:
    """Give analog inputs the quantity that the table of external devices says they were scaled to."""
    doubts = []
    relabelled = []
    for raw in columns:
        number = next((n for n in analog if raw.label == f"Analog IN {n}/V"), None)
        if number is None:
            relabelled.append(raw)
            continue
        unit = analog[number].rpartition("/")[2]
        doubts.append(
            f"{raw.label} is not in volts: the table of external devices says that it was scaled to {analog[number]}."
        )
        relabelled.append(RawColumn(analog[number], raw.values, name=f"analog_input_{number}", unit=unit))
    return relabelled, doubts


def _reading(
    modules: list[Module],
    numbers: tuple[int, ...],
    columns: list[RawColumn],
    *,
    settings: Settings | None,
    log: Log | None,
    doubts: list[str],
    name: str,
) -> Reading:
    code = None if settings is None else settings.technique_code
    technique = CODES.get(code) if code is not None else None
    key = technique.key if technique else key_for("", {split(raw.label)[0] for raw in columns})
    loop_module = _only(modules, "VMP loop", name)
    loops = [] if loop_module is None else decode_loops(loop_module.data)
    ranges = [(first, following - 1) for first, following in pairwise(loops)]
    loop, loop_doubts = loop_column(ranges, len(columns[0].values))
    derived = current_from_charge(columns)
    extra = [raw for raw in (derived, loop) if raw is not None]
    variables, value_doubts = variables_from([*columns, *extra], key, name=name)
    metadata = _metadata(settings, log)
    if technique is not None:
        metadata["technique_name"] = technique.name
    if log is None or log.started_at is None:
        doubts = [*doubts, f"The file does not say when the measurement began, only the date: {_day(modules[0].date)}."]
    serial = log.device_serial_number if log else ""
    return Reading(
        technique=key,
        title=technique.name if technique else "Electrochemical measurement",
        variables=variables,
        header=_header(modules, numbers, settings, log, loops),
        metadata=metadata,
        sample_name=sample_in(settings.comment if settings else ""),
        instrument=f"BioLogic (SN {serial})" if serial else "BioLogic",
        started_at=log.started_at if log else None,
        doubts=(*doubts, *loop_doubts, *value_doubts),
    )


def _day(written: str) -> str:
    day = parse_date(written)
    return written if day is None else day.date().isoformat()


def _metadata(settings: Settings | None, log: Log | None) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "BioLogic"}
    if log is not None and log.software_version:
        metadata["software"] = f"EC-Lab {log.software_version}"
        if log.device_serial_number:
            metadata["serial_number"] = log.device_serial_number
        if log.channel is not None:
            metadata["channel"] = log.channel
    if settings is not None:
        reference = settings.reference_electrode
        if reference and settings.reference_potential_v is not None:
            reference = f"{reference} ({settings.reference_potential_v:.3f} V)"
        metadata |= cell_metadata(
            comment=settings.comment,
            active_mass=_measured(settings.active_mass_mg, "mg"),
            characteristic_mass=_measured(*(settings.characteristic_mass or (None, ""))),
            electrode_area=_measured(*(settings.electrode_area or (None, ""))),
            battery_capacity=_measured(settings.battery_capacity_mah, "mA*h"),
            reference_electrode="" if reference.startswith("(unspecified)") else reference,
            electrode_material=settings.electrode_material,
            electrolyte=settings.electrolyte,
        )
    return metadata


def _measured(value: float | None, unit: str) -> Measured | None:
    return None if value is None else Measured(value, unit)


def _header(
    modules: list[Module], numbers: tuple[int, ...], settings: Settings | None, log: Log | None, loops: list[int]
) -> dict[str, Json]:
    """The table of modules and what could be made out in them, as JSON."""
    table: list[Json] = [
        {"name": m.name, "title": m.title, "version": m.version, "date": m.date, "bytes": len(m.data)} for m in modules
    ]
    header: dict[str, Json] = {"modules": table, "column_numbers": list(numbers)}
    if settings is not None:
        header["settings"] = _as_json(settings)
    if log is not None:
        header["log"] = _as_json(log)
    if loops:
        header["loops"] = list(loops)
    return header


def _as_json(record: Settings | Log) -> dict[str, Json]:
    values = {name: getattr(record, name) for name in type(record).__slots__}
    return {name: v if isinstance(v, int | float) else _plain(v) for name, v in values.items() if v not in (None, "")}


def _plain(value: Any) -> Json:
    return " ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


READER = BiologicMpr()
