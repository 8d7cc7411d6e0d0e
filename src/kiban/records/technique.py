"""The controlled list of measuring techniques."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.errors import InvalidValue
from kiban.records.technique_terms import CHMO_PREFIX, CHMO_TERMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A way of measuring, or another kind of content that a reader can find in a file."""

    key: str
    """The word in code, files, URLs and JSON."""
    en: str
    ja: str
    nexus: str | None = None
    """The NeXus application definition for it, where there is one."""

    @property
    def iri(self) -> str | None:
        """Its term in the Chemical Methods Ontology, where there is one: an address that others can resolve."""
        term = CHMO_TERMS.get(self.key)
        return f"{CHMO_PREFIX}{term[0]}" if term is not None else None


_ALL = (
    Technique(key="xrd", en="X-ray diffraction", ja="X線回折", nexus="NXmonopd"),
    Technique(key="xrd_map", en="X-ray diffraction map", ja="X線回折マップ"),
    Technique(key="ir", en="Infrared spectroscopy", ja="赤外分光", nexus="NXoptical_spectroscopy"),
    Technique(key="raman", en="Raman spectroscopy", ja="ラマン分光", nexus="NXraman"),
    Technique(key="uv_vis", en="UV-Vis spectroscopy", ja="紫外可視分光", nexus="NXoptical_spectroscopy"),
    Technique(key="nmr", en="Nuclear magnetic resonance", ja="核磁気共鳴"),
    Technique(key="epr", en="Electron paramagnetic resonance", ja="電子スピン共鳴"),
    Technique(key="mass_spectrometry", en="Mass spectrometry", ja="質量分析"),
    Technique(key="ion_mobility", en="Ion mobility spectrometry", ja="イオン移動度分析"),
    Technique(key="chromatography", en="Chromatography", ja="クロマトグラフィー"),
    Technique(key="cyclic_voltammetry", en="Cyclic voltammetry", ja="サイクリックボルタンメトリー"),
    Technique(key="linear_sweep_voltammetry", en="Linear sweep voltammetry", ja="リニアスイープボルタンメトリー"),
    Technique(key="galvanostatic_cycling", en="Galvanostatic cycling", ja="定電流充放電"),
    Technique(key="chronoamperometry", en="Chronoamperometry", ja="クロノアンペロメトリー"),
    Technique(key="chronopotentiometry", en="Chronopotentiometry", ja="クロノポテンショメトリー"),
    Technique(key="open_circuit_voltage", en="Open-circuit voltage", ja="開回路電圧"),
    Technique(key="impedance", en="Electrochemical impedance spectroscopy", ja="電気化学インピーダンス"),
    Technique(key="electrochemistry", en="Electrochemistry (other)", ja="電気化学（その他）"),
    Technique(key="crystal_structure", en="Crystal structure", ja="結晶構造"),
    Technique(key="thermogravimetry", en="Thermogravimetry", ja="熱重量分析"),
    Technique(key="xrd_image", en="X-ray diffraction image", ja="X線回折像"),
    Technique(key="small_angle_scattering", en="Small-angle scattering", ja="小角散乱"),
    Technique(key="xps", en="X-ray photoelectron spectroscopy", ja="X線光電子分光", nexus="NXxps"),
    Technique(
        key="photoemission", en="Photoemission spectroscopy (UPS, ARPES)", ja="光電子分光（UPS・ARPES）", nexus="NXmpes"
    ),
    Technique(key="auger", en="Auger electron spectroscopy", ja="オージェ電子分光"),
    Technique(key="secondary_ion_mass_spectrometry", en="Secondary-ion mass spectrometry", ja="二次イオン質量分析"),
    Technique(key="x_ray_absorption", en="X-ray absorption spectroscopy", ja="X線吸収分光", nexus="NXxas"),
    Technique(key="x_ray_fluorescence", en="X-ray fluorescence", ja="蛍光X線分析", nexus="NXfluo"),
    Technique(key="energy_dispersive_x_ray", en="Energy-dispersive X-ray spectroscopy", ja="エネルギー分散型X線分光"),
    Technique(key="electron_energy_loss", en="Electron energy-loss spectroscopy", ja="電子エネルギー損失分光"),
    Technique(key="cathodoluminescence", en="Cathodoluminescence", ja="カソードルミネッセンス"),
    Technique(
        key="photoluminescence", en="Photoluminescence", ja="フォトルミネッセンス", nexus="NXoptical_spectroscopy"
    ),
    Technique(key="ellipsometry", en="Ellipsometry", ja="エリプソメトリー", nexus="NXellipsometry"),
    Technique(key="electron_diffraction", en="Electron diffraction", ja="電子回折"),
    Technique(key="electron_microscopy", en="Electron microscopy", ja="電子顕微鏡"),
    Technique(key="optical_microscopy", en="Optical microscopy", ja="光学顕微鏡"),
    Technique(key="scanning_probe_microscopy", en="Scanning probe microscopy", ja="走査型プローブ顕微鏡"),
    Technique(key="force_spectroscopy", en="Force spectroscopy", ja="フォーススペクトロスコピー"),
    Technique(key="surface_topography", en="Surface topography", ja="表面形状測定"),
    Technique(key="image", en="Image (technique not stated)", ja="画像（手法の記載なし）"),
    Technique(key="magnetometry", en="Magnetometry", ja="磁化測定"),
    Technique(key="electrical_transport", en="Electrical transport", ja="電気輸送測定"),
    Technique(key="network_analysis", en="Network analysis (S-parameters)", ja="ネットワーク解析（Sパラメーター）"),
    Technique(key="heat_capacity", en="Heat capacity", ja="比熱測定"),
    Technique(key="differential_scanning_calorimetry", en="Differential scanning calorimetry", ja="示差走査熱量測定"),
    Technique(key="gas_adsorption", en="Gas adsorption", ja="ガス吸着"),
    Technique(key="rheometry", en="Rheometry", ja="レオロジー測定"),
    Technique(key="mechanical_test", en="Mechanical test", ja="機械試験"),
    Technique(key="gas_analysis", en="Gas analysis", ja="ガス分析"),
    Technique(key="sensor_log", en="Sensor log", ja="センサー記録"),
    Technique(key="spectrum", en="Spectrum (technique not stated)", ja="スペクトル（手法の記載なし）"),
    Technique(key="table", en="Table", ja="表"),
    Technique(key="measurement", en="Measurement (technique not stated)", ja="測定（手法の記載なし）"),
)

TECHNIQUES: dict[str, Technique] = {technique.key: technique for technique in _ALL}


def technique(key: str) -> Technique:
    """Look a technique up by its key. Raises InvalidValue for a key that is not in the list."""
    try:
        return TECHNIQUES[key]
    except KeyError:
        raise InvalidValue(
            f"There is no technique '{key}' in the list.", mend=f"Use one of: {', '.join(TECHNIQUES)}."
        ) from None
