"""What the NeXus application definitions of our techniques demand, and where a Reading states it.

Each need has a place in the file (`instrument/source/type`, groups with their classes), words for a person, and a way
to find it in a Reading. Nothing is made up: what follows from the technique itself (the probe of X-ray diffraction is
the X-ray) is a constant, everything else has to be stated by the file. NXDL v2026.01.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from kiban.quantity.measured import Measured
from kiban.records.reading import Reading, Role, Variable

Stated: TypeAlias = "str | bool | int | float | Measured | Variable"
Find: TypeAlias = Callable[[Reading], "Stated | None"]

CLASSES: Mapping[str, str] = {
    "instrument": "NXinstrument", "source": "NXsource", "crystal": "NXcrystal", "detector": "NXdetector",
    "detector_signal": "NXdetector", "sample": "NXsample", "monitor": "NXmonitor", "beam_incident": "NXbeam",
    "beam_probe": "NXbeam", "electronanalyzer": "NXelectronanalyzer", "collectioncolumn": "NXcollectioncolumn",
    "energydispersion": "NXenergydispersion", "electron_detector": "NXelectron_detector",
    "monochromator": "NXmonochromator", "incoming_beam": "NXdetector", "absorbed_beam": "NXdetector",
    "fluorescence": "NXdetector", "rotating_element": "NXwaveplate", "data": "NXdata",
}  # fmt: skip
"""The base class of each group."""


@dataclass(frozen=True, slots=True)
class Need:
    """One field that a definition demands."""

    place: str
    """Below the entry; `*` where a variable stands under its own name."""
    words: str
    find: Find


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What one application definition demands."""

    name: str
    needs: tuple[Need, ...]
    has_version: bool = False
    """It wants its own version and address beside its name."""


def _fixed(value: str) -> Find:
    return lambda _: value


def _text(name: str) -> Find:
    def find(reading: Reading) -> Stated | None:
        value = reading.metadata.get(name)
        return value if isinstance(value, str) and value.strip() else None

    return find


def _one_of(name: str, *allowed: str) -> Find:
    def find(reading: Reading) -> Stated | None:
        value = reading.metadata.get(name)
        return value if isinstance(value, str) and value in allowed else None

    return find


def _number(name: str) -> Find:
    def find(reading: Reading) -> Stated | None:
        value = reading.metadata.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        return value if isinstance(value, Measured | float) else None

    return find


def _axis(reading: Reading) -> Variable | None:
    """The axis of one dimension, which has its name."""
    return next((v for v in reading.variables if v.role is Role.AXIS and v.dimensions == (v.name,)), None)


def _along(reading: Reading, variable: Variable, kinds: str) -> bool:
    """Say whether a variable can be drawn against the axis, and stands in the file under its own name."""
    axis = _axis(reading)
    if axis is None or variable.dimensions != axis.dimensions or variable.series.values.dtype.kind not in kinds:
        return False
    return variable is axis or all(variable.name not in other.dimensions for other in reading.variables)


def _variable(name: str, kinds: str) -> Find:
    def find(reading: Reading) -> Stated | None:
        return next((v for v in reading.variables if v.name == name and _along(reading, v, kinds)), None)

    return find


def _signal(kinds: str) -> Find:
    def find(reading: Reading) -> Stated | None:
        return next((v for v in reading.signals if _along(reading, v, kinds)), None)

    return find


def _title(reading: Reading) -> Stated | None:
    return reading.title or None


def _sample_name(reading: Reading) -> Stated | None:
    return reading.sample_name or None


def _start_time(reading: Reading) -> Stated | None:
    # NX_DATE_TIME without a zone is an instant that nobody knows; validators refuse it.
    started_at = reading.started_at
    return started_at.isoformat() if started_at is not None and started_at.tzinfo is not None else None


def _rotation(reading: Reading) -> Stated | None:
    return _variable("omega", "f")(reading) or _number("position_omega")(reading)


def _electron_energy(reading: Reading) -> Stated | None:
    axis = _axis(reading)
    return axis if axis is not None and axis.name in {"binding_energy", "kinetic_energy"} else None


def _optical_experiment(reading: Reading) -> Stated | None:
    if reading.technique == "photoluminescence":
        return "photoluminescence"
    units = {v.series.unit for v in reading.signals}
    if units & {"transmittance", "percent_transmittance"}:
        return "transmission spectroscopy"
    return "reflection spectroscopy" if units & {"reflectance", "kubelka_munk"} else None


_TITLE = Need("title", "a title", _title)
_START = Need("start_time", "when measuring began, with its time zone", _start_time)
_SAMPLE = Need("sample/name", "the name of the sample", _sample_name)
_SOURCE = (
    Need("instrument/source/type", "the type of the source (`source_type`)", _text("source_type")),
    Need("instrument/source/name", "the name of the source (`source_name`)", _text("source_name")),
    Need("instrument/source/probe", "the probe", _fixed("x-ray")),
)
_MONITOR = (
    Need("monitor/mode", "whether a monitor or a timer ended each point (`monitor_mode`)",
         _one_of("monitor_mode", "monitor", "timer")),
    Need("monitor/preset", "at which count or time it ended (`monitor_preset`)", _number("monitor_preset")),
)  # fmt: skip
_BEAM = Need("instrument/beam_incident/parameter_reliability",
             "whether the beam was measured or is nominal (`beam_reliability`)",
             _one_of("beam_reliability", "measured", "nominal"))  # fmt: skip
_CHANNELS = Need("instrument/detector_signal/detector_channel_type",
                 "whether the detector has one channel or several (`detector_channel_type`)",
                 _one_of("detector_channel_type", "single-channel", "multichannel"))  # fmt: skip
_PLOTTED = (
    Need("data/*", "an axis against which a signal is drawn", _axis),
    Need("data/*", "a signal", _signal("fiu")),
)
_ANALYSER = "instrument/electronanalyzer"
_PHOTOEMISSION = (
    _TITLE,
    _START,
    Need("instrument/beam_probe/incident_energy", "the energy of the photons (`incident_energy`)",
         _number("incident_energy")),
    Need(f"{_ANALYSER}/collectioncolumn/scheme", "how the lens works (`collection_scheme`)",
         _one_of("collection_scheme", "angular dispersive", "spatial dispersive", "momentum dispersive",
                 "non-dispersive")),
    Need(f"{_ANALYSER}/energydispersion/scheme", "how the analyser disperses energies (`dispersion_scheme`)",
         _one_of("dispersion_scheme", "tof", "hemispherical", "double hemispherical", "cylindrical mirror",
                 "display mirror", "retarding grid")),
    _SAMPLE,
    Need("data/data", "a signal", _signal("fiu")),
    Need("data/energy", "binding or kinetic energies as the axis", _electron_energy),
)  # fmt: skip

DEFINITIONS: Mapping[str, Definition] = {
    "NXmonopd": Definition(name="NXmonopd", needs=(
        _TITLE, _START, *_SOURCE,
        Need("instrument/crystal/wavelength", "the wavelength", _number("wavelength")),
        Need("instrument/detector/polar_angle", "2θ as the axis", _variable("two_theta", "f")),
        Need("instrument/detector/data", "whole counts", _signal("iu")),
        _SAMPLE,
        Need("sample/rotation_angle", "the angle of the sample (`omega`, `position_omega`)", _rotation),
        *_MONITOR,
        Need("monitor/integral", "the counts of the monitor in all (`monitor_integral`)", _number("monitor_integral")),
        Need("data/polar_angle", "2θ as the axis", _variable("two_theta", "f")),
        Need("data/data", "whole counts", _signal("iu")),
    )),
    "NXraman": Definition(name="NXraman", has_version=True, needs=(
        _TITLE,
        Need("experiment_type", "the kind of experiment", _fixed("Raman spectroscopy")),
        Need("raman_experiment_type", "the kind of Raman experiment (`raman_experiment_type`)",
             _text("raman_experiment_type")),
        Need("instrument/scattering_configuration", "the scattering configuration (`scattering_configuration`)",
             _text("scattering_configuration")),
        Need("instrument/beam_incident/wavelength", "the wavelength of the laser", _number("laser_wavelength")),
        _BEAM, _CHANNELS, _SAMPLE, *_PLOTTED,
    )),
    "NXoptical_spectroscopy": Definition(name="NXoptical_spectroscopy", has_version=True, needs=(
        _TITLE,
        Need("experiment_type", "whether light was transmitted, reflected or emitted", _optical_experiment),
        _BEAM, _CHANNELS, _SAMPLE, *_PLOTTED,
    )),
    "NXellipsometry": Definition(name="NXellipsometry", has_version=True, needs=(
        _TITLE,
        Need("experiment_type", "the kind of experiment", _fixed("ellipsometry")),
        Need("ellipsometry_experiment_type", "the kind of ellipsometry (`ellipsometry_experiment_type`)",
             _text("ellipsometry_experiment_type")),
        Need("instrument/ellipsometer_type", "the type of the ellipsometer (`ellipsometer_type`)",
             _text("ellipsometer_type")),
        Need("instrument/rotating_element/rotating_element_type", "what rotates (`rotating_element_type`)",
             _text("rotating_element_type")),
        _BEAM, _CHANNELS, _SAMPLE, *_PLOTTED,
    )),
    "NXmpes": Definition(name="NXmpes", has_version=True, needs=_PHOTOEMISSION),
    "NXxps": Definition(name="NXxps", has_version=True, needs=(
        *_PHOTOEMISSION,
        Need("method", "the method", _fixed("X-ray photoelectron spectroscopy (XPS)")),
        Need(f"{_ANALYSER}/work_function", "the work function of the analyser", _number("work_function")),
        Need(f"{_ANALYSER}/energydispersion/energy_scan_mode", "the mode of the analyser", _text("analyser_mode")),
    )),
    "NXxas": Definition(name="NXxas", needs=(
        _TITLE, _START, *_SOURCE,
        Need("instrument/monochromator/energy", "energies as the axis", _variable("energy", "f")),
        Need("instrument/incoming_beam/data", "the incoming intensity", _variable("incident_intensity", "fiu")),
        Need("instrument/absorbed_beam/data", "the intensity behind the sample or its yield",
             _variable("intensity", "fiu")),
        _SAMPLE, *_MONITOR,
        Need("monitor/data", "the incoming intensity", _variable("incident_intensity", "fiu")),
        Need("data/energy", "energies as the axis", _variable("energy", "f")),
        Need("data/absorbed_beam", "the intensity", _variable("intensity", "fiu")),
        Need("data/mode", "what was detected (`absorption_mode`)",
             _one_of("absorption_mode", "Total Electron Yield", "Partial Electron Yield", "Auger Electron Yield",
                     "Fluorescence Yield", "Transmission")),
    )),
    "NXfluo": Definition(name="NXfluo", needs=(
        _TITLE, _START, *_SOURCE,
        Need("instrument/monochromator/wavelength", "the wavelength that excites", _number("wavelength")),
        Need("instrument/fluorescence/data", "whole counts", _signal("iu")),
        Need("instrument/fluorescence/energy", "energies as the axis", _variable("energy", "f")),
        _SAMPLE, *_MONITOR,
        Need("monitor/data", "the counts of the monitor (`monitor_counts`)", _variable("monitor_counts", "iu")),
        Need("data/energy", "energies as the axis", _variable("energy", "f")),
        Need("data/data", "whole counts", _signal("iu")),
    )),
}  # fmt: skip
