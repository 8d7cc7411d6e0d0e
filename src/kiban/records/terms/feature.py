"""Features of a measurement: peaks, bands, waves. They are of the curve before they are of the material."""

from __future__ import annotations

from kiban.records.terms.row import term

TERMS = (
    term("peak_position", "Peak position", "ピーク位置", "x", "", has_any_unit=True),
    term("diffraction_angle", "Diffraction angle 2θ", "回折角 2θ", "2θ", "deg", "two theta", "2theta"),
    term(
        "d_spacing",
        "Lattice-plane spacing",
        "面間隔",
        "d",
        "angstrom",
        "interplanar spacing",
        "d-spacing",
        qudt="LatticePlaneSpacing",
    ),
    term("peak_width", "Peak width (FWHM)", "半値幅", "w", "deg", "FWHM"),
    term("wavenumber", "Band position", "バンド位置", "ν̃", "1/cm", qudt="Wavenumber"),
    term("raman_shift", "Raman shift", "ラマンシフト", "Δν̃", "1/cm"),
    term("absorption_wavelength", "Absorption wavelength", "吸収波長", "λ", "nm"),
    term("binding_energy", "Binding energy (XPS)", "結合エネルギー", "E_B", "eV"),
    term("chemical_shift", "Chemical shift", "化学シフト", "δ", "ppm"),
    term("retention_time", "Retention time", "保持時間", "t_R", "min"),
)
