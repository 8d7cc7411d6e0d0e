"""Surfaces, pores and adsorption."""

from __future__ import annotations

from kiban.records.terms.row import term

TERMS = (
    term(
        "specific_surface_area",
        "Specific surface area (BET)",
        "BET比表面積",
        "S_BET",
        "m**2/g",
        "BET surface area",
        "specific surface area",
        "比表面積",
        "BET area",
        qudt="SpecificSurfaceArea",
    ),
    term("pore_volume", "Pore volume", "細孔容積", "V_p", "cm**3/g", "total pore volume", "全細孔容積"),
    term("micropore_volume", "Micropore volume", "ミクロ孔容積", "V_mi", "cm**3/g"),
    term("pore_diameter", "Pore diameter", "細孔径", "d_pore", "nm", "pore size", "細孔直径"),
    term("adsorbed_amount", "Adsorbed amount", "吸着量", "q", "mmol/g", "uptake"),
    term(
        "adsorption_enthalpy",
        "Isosteric heat of adsorption",
        "等量吸着熱",
        "Q_st",
        "kJ/mol",
        "heat of adsorption",
        "吸着熱",
    ),
    term("contact_angle", "Contact angle", "接触角", "θ_c", "deg"),
    term("water_contact_angle", "Water contact angle", "水接触角", "θ_w", "deg"),
    term(
        "surface_energy",
        "Surface free energy",
        "表面自由エネルギー",
        "γ_s",
        "mJ/m**2",
        "surface energy",
        "表面エネルギー",
    ),
    term("surface_tension", "Surface tension", "表面張力", "γ", "mN/m", qudt="SurfaceTension"),
    term("interfacial_tension", "Interfacial tension", "界面張力", "γ_12", "mN/m"),
    term("zeta_potential", "Zeta potential", "ゼータ電位", "ζ", "mV"),
    term("isoelectric_point", "Isoelectric point", "等電点", "pI", ""),
    term("roughness_ra", "Arithmetic mean roughness Ra", "算術平均粗さ Ra", "Ra", "um", "Ra"),
    term("roughness_rq", "Root mean square roughness Rq", "二乗平均平方根粗さ Rq", "Rq", "um", "Rq", "RMS roughness"),
    term("roughness_rz", "Maximum height Rz", "最大高さ粗さ Rz", "Rz", "um", "Rz"),
    term("roughness_sa", "Arithmetic mean height Sa", "算術平均高さ Sa", "Sa", "um", "Sa"),
    term("roughness_sq", "Root mean square height Sq", "二乗平均平方根高さ Sq", "Sq", "um", "Sq"),
    term("gloss", "Gloss", "光沢度", "G_s", ""),
)
