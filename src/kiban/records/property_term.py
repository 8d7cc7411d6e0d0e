"""The vocabulary of property terms: what a claimed value is a value of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyTerm:
    """One word for one property of a material or a measured feature."""

    key: str
    en: str
    ja: str
    symbol: str
    unit: str
    """The unit people expect; values are stored in the coherent SI unit of the same dimension."""


_ALL = (
    PropertyTerm(key="peak_position", en="Peak position", ja="ピーク位置", symbol="x", unit=""),
    PropertyTerm(key="diffraction_angle", en="Diffraction angle 2θ", ja="回折角 2θ", symbol="2θ", unit="deg"),
    PropertyTerm(key="d_spacing", en="Lattice-plane spacing", ja="面間隔", symbol="d", unit="angstrom"),
    PropertyTerm(key="peak_width", en="Peak width (FWHM)", ja="半値幅", symbol="w", unit="deg"),
    PropertyTerm(key="lattice_parameter_a", en="Lattice parameter a", ja="格子定数 a", symbol="a", unit="angstrom"),
    PropertyTerm(key="wavenumber", en="Band position", ja="バンド位置", symbol="ν̃", unit="1/cm"),
    PropertyTerm(key="raman_shift", en="Raman shift", ja="ラマンシフト", symbol="Δν̃", unit="1/cm"),
    PropertyTerm(key="absorption_wavelength", en="Absorption wavelength", ja="吸収波長", symbol="λ", unit="nm"),
    PropertyTerm(key="charge_capacity", en="Charge capacity", ja="充電容量", symbol="Q_c", unit="mA*h"),
    PropertyTerm(key="discharge_capacity", en="Discharge capacity", ja="放電容量", symbol="Q_d", unit="mA*h"),
    PropertyTerm(
        key="specific_charge_capacity",
        en="Specific charge capacity",
        ja="質量当たり充電容量",
        symbol="q_c",
        unit="mA*h/g",
    ),
    PropertyTerm(
        key="specific_discharge_capacity",
        en="Specific discharge capacity",
        ja="質量当たり放電容量",
        symbol="q_d",
        unit="mA*h/g",
    ),
    PropertyTerm(key="coulombic_efficiency", en="Coulombic efficiency", ja="クーロン効率", symbol="η", unit="percent"),
    PropertyTerm(key="anodic_peak_current", en="Anodic peak current", ja="酸化ピーク電流", symbol="i_pa", unit="mA"),
    PropertyTerm(
        key="cathodic_peak_current", en="Cathodic peak current", ja="還元ピーク電流", symbol="i_pc", unit="mA"
    ),
    PropertyTerm(key="anodic_peak_potential", en="Anodic peak potential", ja="酸化ピーク電位", symbol="E_pa", unit="V"),
    PropertyTerm(
        key="cathodic_peak_potential", en="Cathodic peak potential", ja="還元ピーク電位", symbol="E_pc", unit="V"
    ),
    PropertyTerm(key="peak_separation", en="Peak separation", ja="ピーク電位差", symbol="ΔE_p", unit="V"),
    PropertyTerm(key="half_wave_potential", en="Half-wave potential", ja="半波電位", symbol="E_1/2", unit="V"),
)

PROPERTY_TERMS: dict[str, PropertyTerm] = {term.key: term for term in _ALL}
