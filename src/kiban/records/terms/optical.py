"""Optical properties and those of devices that take or give light."""

from __future__ import annotations

from kiban.records.terms.row import term

TERMS = (
    term("band_gap", "Band gap", "バンドギャップ", "E_g", "eV", "bandgap", "energy gap", "禁制帯幅", qudt="GapEnergy"),
    term("optical_band_gap", "Optical band gap", "光学バンドギャップ", "E_g,opt", "eV", "Tauc gap"),
    term("refractive_index", "Refractive index", "屈折率", "n", "", qudt="RefractiveIndex"),
    term("extinction_coefficient", "Extinction coefficient", "消衰係数", "k", ""),
    term("abbe_number", "Abbe number", "アッベ数", "ν_d", "", qudt="Constringence"),
    term(
        "absorption_coefficient", "Absorption coefficient", "吸収係数", "α", "1/cm", qudt="LinearAbsorptionCoefficient"
    ),
    term(
        "molar_absorption_coefficient",
        "Molar absorption coefficient",
        "モル吸光係数",
        "ε_M",
        "L/(mol*cm)",
        "molar extinction coefficient",
    ),
    term("absorbance", "Absorbance", "吸光度", "A", "absorbance"),
    term("transmittance", "Transmittance", "透過率", "T", "percent", qudt="Transmittance"),
    term("reflectance", "Reflectance", "反射率", "R", "percent", qudt="Reflectance"),
    term("haze", "Haze", "ヘーズ", "H", "percent", "曇価"),
    term("emission_wavelength", "Emission wavelength", "発光波長", "λ_em", "nm", "PL peak wavelength"),
    term(
        "photoluminescence_quantum_yield",
        "Photoluminescence quantum yield",
        "発光量子収率",
        "Φ_PL",
        "percent",
        "PLQY",
        "quantum yield",
        "量子収率",
    ),
    term("fluorescence_lifetime", "Luminescence lifetime", "発光寿命", "τ", "ns", "fluorescence lifetime", "蛍光寿命"),
    term("luminance", "Luminance", "輝度", "L_v", "cd/m**2", qudt="Luminance"),
    term("luminous_efficacy", "Luminous efficacy", "発光効率", "η_v", "lm/W", qudt="LuminousEfficacy"),
    term("birefringence", "Birefringence", "複屈折", "Δn", ""),
    term(
        "power_conversion_efficiency",
        "Power conversion efficiency",
        "光電変換効率",
        "PCE",
        "percent",
        "PCE",
        "変換効率",
    ),
    term("short_circuit_current_density", "Short-circuit current density", "短絡電流密度", "J_sc", "mA/cm**2", "Jsc"),
    term("open_circuit_voltage", "Open-circuit voltage", "開放電圧", "V_oc", "V", "Voc", "開回路電圧"),
    term("fill_factor", "Fill factor", "曲線因子", "FF", "percent"),
    term("external_quantum_efficiency", "External quantum efficiency", "外部量子効率", "EQE", "percent", "EQE"),
)
