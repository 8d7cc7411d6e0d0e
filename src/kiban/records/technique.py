"""The controlled list of measuring techniques."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.errors import InvalidValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A way of measuring, or another kind of content that a reader can find in a file."""

    key: str
    """The word in code, files, URLs and JSON."""
    en: str
    ja: str
    nexus: str | None = None
    """The NeXus application definition for it, where there is one."""


_ALL = (
    Technique(key="xrd", en="X-ray diffraction", ja="X線回折", nexus="NXmonopd"),
    Technique(key="xrd_map", en="X-ray diffraction map", ja="X線回折マップ"),
    Technique(key="ir", en="Infrared spectroscopy", ja="赤外分光"),
    Technique(key="raman", en="Raman spectroscopy", ja="ラマン分光", nexus="NXraman"),
    Technique(key="uv_vis", en="UV-Vis spectroscopy", ja="紫外可視分光"),
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
    Technique(key="spectrum", en="Spectrum (technique not stated)", ja="スペクトル（手法の記載なし）"),
    Technique(key="table", en="Table", ja="表"),
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
