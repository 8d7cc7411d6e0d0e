"""The techniques in the Chemical Methods Ontology (CHMO), by our keys.

Only where the ontology has the very term; a broader or a narrower one would say something else. Numbers and labels are
those of the ontology's own files (rsc-ontologies/rsc-cmo: `chmo.obo` and its mappings of 2025). It is CC BY 4.0.
"""

from __future__ import annotations

CHMO_PREFIX = "http://purl.obolibrary.org/obo/CHMO_"

CHMO_TERMS: dict[str, tuple[str, str]] = {
    "xrd": ("0000156", "X-ray diffraction"),
    "ir": ("0000630", "infrared absorption spectroscopy"),
    "raman": ("0000656", "Raman spectroscopy"),
    "uv_vis": ("0000292", "ultraviolet-visible spectrophotometry"),
    "nmr": ("0000591", "nuclear magnetic resonance spectroscopy"),
    "epr": ("0000328", "electron spin resonance spectroscopy"),
    "mass_spectrometry": ("0000470", "mass spectrometry"),
    "ion_mobility": ("0000430", "ion mobility spectroscopy"),
    "chromatography": ("0001000", "chromatography"),
    "cyclic_voltammetry": ("0000025", "cyclic voltammetry"),
    "linear_sweep_voltammetry": ("0000028", "linear-sweep voltammetry"),
    "chronoamperometry": ("0000005", "chrono-amperometry"),
    "chronopotentiometry": ("0000017", "chrono-potentiometry"),
    "impedance": ("0000423", "electrochemical-induced impedance spectroscopy"),
    "electrochemistry": ("0000003", "electrochemical analysis"),
    "thermogravimetry": ("0000690", "thermogravimetry"),
    "xps": ("0000404", "X-ray photoelectron spectroscopy"),
    "photoemission": ("0000387", "photoelectron spectroscopy"),
    "auger": ("0000339", "Auger electron spectroscopy"),
    "secondary_ion_mass_spectrometry": ("0000560", "secondary ion mass spectrometry"),
    "x_ray_absorption": ("0000298", "X-ray absorption spectroscopy"),
    "x_ray_fluorescence": ("0000307", "X-ray emission spectroscopy"),
    "energy_dispersive_x_ray": ("0000309", "energy-dispersive X-ray emission spectroscopy"),
    "electron_energy_loss": ("0000366", "electron energy loss spectroscopy"),
    "photoluminescence": ("0000773", "photoluminescence spectroscopy"),
    "ellipsometry": ("0000223", "ellipsometry"),
    "electron_diffraction": ("0000142", "electron diffraction"),
    "electron_microscopy": ("0000068", "electron microscopy"),
    "optical_microscopy": ("0000102", "optical microscopy"),
    "scanning_probe_microscopy": ("0000112", "scanning probe microscopy"),
    "magnetometry": ("0000924", "magnetometry"),
    "differential_scanning_calorimetry": ("0000684", "differential scanning calorimetry"),
}
"""Number and label of each. Where the label reads otherwise than ours, the ontology gives ours as an exact synonym."""
