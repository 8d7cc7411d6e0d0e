"""Simulated powder patterns in the formats that diffractometers write: XRDML, RAS and RASX.

For the demonstration and for tests. Every file says in its comment, its operator and its software that it was
simulated; no file of an instrument says so. The same arguments give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

SIMULATED = "SIMULATED for demonstration by Kiban; not a measurement."
"""The first line of every comment."""

_SOFTWARE = "Kiban simulation"
_TUBE_VOLTAGE_KV = 45
_TUBE_CURRENT_MA = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedPattern:
    """A powder pattern that was calculated, with what an instrument would say beside it.

    Parameters
    ----------
    two_theta_deg : array of floats, shape (n,)
        Scattering angles, ascending and evenly spaced: XRDML holds the first and the last only.
    counts : array of integers, shape (n,)
    started_at : datetime
        With a time zone; XRDML and RASX state it, RAS cannot.
    comment : str
        Follows the line that says that the data were simulated.
    wavelength_nm : float
        Of Kα1.
    kalpha2_nm : float, optional
        Of Kα2, where the beam has both lines; it is then taken to be half as strong as Kα1.

    Raises
    ------
    ValueError
        If the arrays differ in length or are empty, or the angles are not evenly spaced.
    """

    two_theta_deg: NDArray[np.float64]
    counts: NDArray[np.int64]
    sample_name: str
    started_at: datetime
    comment: str = ""
    wavelength_nm: float = 0.1540598
    kalpha2_nm: float | None = None
    count_time_s: float = 1.0
    anode: str = "Cu"

    def __post_init__(self) -> None:
        if self.two_theta_deg.shape != self.counts.shape or self.counts.ndim != 1 or not self.counts.size:
            raise ValueError(f"{self.two_theta_deg.shape} angles and {self.counts.shape} counts make no pattern.")
        steps = np.diff(self.two_theta_deg)
        if steps.size and not np.allclose(steps, steps[0], rtol=1e-3, atol=0):
            raise ValueError("The angles of a pattern to be written must be evenly spaced.")

    @property
    def ended_at(self) -> datetime:
        """When the last point would have been counted, in whole seconds."""
        return self.started_at + timedelta(seconds=round(self.count_time_s * len(self.counts)))

    @property
    def comment_lines(self) -> list[str]:
        """The comment, its first line saying plainly that nothing was measured."""
        return [SIMULATED, *self.comment.splitlines()]

    @property
    def step_deg(self) -> float:
        """Distance of two points."""
        steps = len(self.two_theta_deg) - 1
        return float(self.two_theta_deg[-1] - self.two_theta_deg[0]) / steps if steps else 0.0

    @property
    def speed_deg_per_min(self) -> float:
        """How fast the goniometer would have turned."""
        return 60.0 * self.step_deg / self.count_time_s


def xrdml(it: SimulatedPattern) -> bytes:
    """Write a pattern as PANalytical XRDML, schema 1.5, UTF-8."""
    schema = "http://www.xrdml.com/XRDMeasurement/1.5"
    entries = "".join(f"\n\t\t\t<entry>{escape(line)}</entry>" for line in it.comment_lines)
    positions = "".join(
        f'\n\t\t\t\t<positions axis="{axis}" unit="deg">'
        f"\n\t\t\t\t\t<startPosition>{it.two_theta_deg[0] / part:.8f}</startPosition>"
        f"\n\t\t\t\t\t<endPosition>{it.two_theta_deg[-1] / part:.8f}</endPosition>"
        f"\n\t\t\t\t</positions>"
        for axis, part in (("2Theta", 1), ("Omega", 2))
    )
    second = f'\n\t\t\t<kAlpha2 unit="Angstrom">{it.kalpha2_nm * 10:.7f}</kAlpha2>' if it.kalpha2_nm else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="{schema}" status="Completed">
	<sample type="To be analyzed">
		<id></id>
		<name>{escape(it.sample_name)}</name>
	</sample>
	<xrdMeasurement measurementType="Scan" status="Completed" sampleMode="Reflection">
		<comment>{entries}
		</comment>
		<usedWavelength intended="K-Alpha 1">
			<kAlpha1 unit="Angstrom">{it.wavelength_nm * 10:.7f}</kAlpha1>{second}
			<ratioKAlpha2KAlpha1>{0.5 if second else 0:.4f}</ratioKAlpha2KAlpha1>
		</usedWavelength>
		<incidentBeamPath>
			<xRayTube name="simulated">
				<tension unit="kV">{_TUBE_VOLTAGE_KV}</tension>
				<current unit="mA">{_TUBE_CURRENT_MA}</current>
				<anodeMaterial>{escape(it.anode)}</anodeMaterial>
			</xRayTube>
		</incidentBeamPath>
		<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
			<header>
				<startTimeStamp>{it.started_at.isoformat(timespec="seconds")}</startTimeStamp>
				<endTimeStamp>{it.ended_at.isoformat(timespec="seconds")}</endTimeStamp>
				<author>
					<name>{_SOFTWARE}</name>
				</author>
				<source>
					<applicationSoftware version="1">{_SOFTWARE}</applicationSoftware>
					<instrumentControlSoftware version="1">SIMULATED</instrumentControlSoftware>
				</source>
			</header>
			<dataPoints>{positions}
				<commonCountingTime unit="seconds">{it.count_time_s:.3f}</commonCountingTime>
				<intensities unit="counts">{" ".join(str(n) for n in it.counts)}</intensities>
			</dataPoints>
		</scan>
	</xrdMeasurement>
</xrdMeasurements>
""".encode()


def ras(it: SimulatedPattern) -> bytes:
    """Write a pattern as Rigaku RAS; the time zone is lost.

    Returns
    -------
    bytes
        CP932 with CRLF, as the instruments write; UTF-8 where a letter is not in CP932.
    """
    header = "\n".join(f'*{key} "{value}"' for key, value in _ras_header(it).items())
    table = "\n".join(f"{x:.4f} {n:.4f} 1.0000" for x, n in zip(it.two_theta_deg, it.counts, strict=True))
    text = (
        f"*RAS_DATA_START\n*RAS_HEADER_START\n{header}\n*RAS_HEADER_END\n*RAS_INT_START\n{table}\n*RAS_INT_END\n"
        "*RAS_DATA_END\n*DSC_DATA_END\n"
    ).replace("\n", "\r\n")
    try:
        return text.encode("cp932")
    except UnicodeEncodeError:
        return text.encode()


def _ras_header(it: SimulatedPattern) -> dict[str, str]:
    def quoted(text: str) -> str:
        # A value ends at the last quotation mark of its line; RAS knows no way to write one inside.
        return text.replace('"', "'")

    second = {"HW_XG_WAVE_LENGTH_ALPHA2": f"{it.kalpha2_nm * 10:.6f}"} if it.kalpha2_nm else {}
    return {
        "FILE_COMMENT": quoted(" ".join(it.comment_lines)),
        "FILE_MEMO": "",
        "FILE_OPERATOR": _SOFTWARE,
        "FILE_SAMPLE": quoted(it.sample_name),
        "FILE_SYSTEM_NAME": "SIMULATED",
        "FILE_TYPE": "RAS_RAW",
        "FILE_VERSION": "1",
        "HW_VER_RCD_APP": _SOFTWARE,
        "HW_XG_CURRENT_UNIT": "mA",
        "HW_XG_TARGET_NAME": it.anode,
        "HW_XG_VOLTAGE_UNIT": "kV",
        "HW_XG_WAVE_LENGTH_ALPHA1": f"{it.wavelength_nm * 10:.6f}",
        **second,
        "HW_XG_WAVE_LENGTH_UNIT": "Angstrom",
        "MEAS_COND_XG_CURRENT": str(_TUBE_CURRENT_MA),
        "MEAS_COND_XG_VOLTAGE": str(_TUBE_VOLTAGE_KV),
        "MEAS_DATA_COUNT": str(len(it.counts)),
        "MEAS_SCAN_AXIS_X": "TwoThetaTheta",
        "MEAS_SCAN_AXIS_X_INTERNAL": "TwoThetaTheta",
        "MEAS_SCAN_END_TIME": f"{it.ended_at:%m/%d/%Y %H:%M:%S}",
        "MEAS_SCAN_MODE": "CONTINUOUS",
        "MEAS_SCAN_SPEED": f"{it.speed_deg_per_min:.4f}",
        "MEAS_SCAN_SPEED_UNIT": "deg/min",
        "MEAS_SCAN_START": f"{it.two_theta_deg[0]:.4f}",
        "MEAS_SCAN_START_TIME": f"{it.started_at:%m/%d/%Y %H:%M:%S}",
        "MEAS_SCAN_STEP": f"{it.step_deg:.4f}",
        "MEAS_SCAN_STOP": f"{it.two_theta_deg[-1]:.4f}",
        "MEAS_SCAN_UNEQUALY_SPACED": "False",
        "MEAS_SCAN_UNIT_X": "deg",
        "MEAS_SCAN_UNIT_Y": "counts",
    }


def rasx(it: SimulatedPattern) -> bytes:
    """Write a pattern as Rigaku RASX.

    Returns
    -------
    bytes
        A zip archive with root.xml, Data0/Profile0.txt and Data0/MesurementConditions0.xml.
    """
    profile = "\n".join(f"{x:.4f}\t{n}\t1" for x, n in zip(it.two_theta_deg, it.counts, strict=True)) + "\n"
    members = {"Profile0.txt": profile, "MesurementConditions0.xml": _rasx_conditions(it)}
    texts = {name: text.replace("\n", "\r\n").encode() for name, text in members.items()}
    listed = "".join(
        f'\n    <ContentHashList Name={quoteattr(name)} ContentHash="{_md5(text)}" />' for name, text in texts.items()
    )
    root = (
        '<?xml version="1.0" encoding="utf-8"?>\n<Root Version="1.1.0.0">\n  <Data0 Type="Profile">'
        f"{listed}\n  </Data0>\n</Root>"
    )
    mark = b"\xef\xbb\xbf"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in [*((f"Data0/{name}", text) for name, text in texts.items()), ("root.xml", root.encode())]:
            entry = zipfile.ZipInfo(name, date_time=it.ended_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, mark + text)
    return packed.getvalue()


def _md5(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def _rasx_conditions(it: SimulatedPattern) -> str:
    second = f"\n      <WavelengthKalpha2>{it.kalpha2_nm * 10:.6f}</WavelengthKalpha2>" if it.kalpha2_nm else ""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<MeasurementConditions>
  <GeneralInformation>
    <Operator>{_SOFTWARE}</Operator>
    <Comment>{escape(" ".join(it.comment_lines))}</Comment>
    <SampleName>{escape(it.sample_name)}</SampleName>
    <Type>RAS_RAW</Type>
    <Version>1</Version>
    <Memo />
    <SystemName>SIMULATED</SystemName>
  </GeneralInformation>
  <HWConfigurations>
    <XrayGenerator>
      <TargetName>{escape(it.anode)}</TargetName>
      <Current>{_TUBE_CURRENT_MA}</Current>
      <CurrentUnit>mA</CurrentUnit>
      <Voltage>{_TUBE_VOLTAGE_KV}</Voltage>
      <VoltageUnit>kV</VoltageUnit>
      <WavelengthKalpha1>{it.wavelength_nm * 10:.6f}</WavelengthKalpha1>{second}
    </XrayGenerator>
  </HWConfigurations>
  <Axes>
    <Axis Name="TwoThetaTheta" Unit="deg" Offset="0" Position="{it.two_theta_deg[0]:.4f}" State="Scan" />
  </Axes>
  <ScanInformation>
    <AxisName>TwoThetaTheta</AxisName>
    <Mode>CONTINUOUS</Mode>
    <Start>{it.two_theta_deg[0]:.4f}</Start>
    <Stop>{it.two_theta_deg[-1]:.4f}</Stop>
    <Step>{it.step_deg:.4f}</Step>
    <Speed>{it.speed_deg_per_min:.4f}</Speed>
    <SpeedUnit>deg/min</SpeedUnit>
    <PositionUnit>deg</PositionUnit>
    <IntensityUnit>counts</IntensityUnit>
    <StartTime>{it.started_at.isoformat(timespec="seconds")}</StartTime>
    <EndTime>{it.ended_at.isoformat(timespec="seconds")}</EndTime>
    <UnequalySpaced>false</UnequalySpaced>
    <DataCount>{len(it.counts)}</DataCount>
  </ScanInformation>
</MeasurementConditions>
"""
