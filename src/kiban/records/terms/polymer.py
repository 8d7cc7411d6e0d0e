"""Polymers."""

from __future__ import annotations

from kiban.records.terms.row import term

TERMS = (
    term(
        "number_average_molar_mass",
        "Number-average molar mass",
        "数平均分子量",
        "M_n",
        "g/mol",
        "number-average molecular weight",
        "Mn (polymer)",
    ),
    term(
        "mass_average_molar_mass",
        "Mass-average molar mass",
        "重量平均分子量",
        "M_w",
        "g/mol",
        "weight-average molecular weight",
        "Mw",
    ),
    term("z_average_molar_mass", "Z-average molar mass", "Z平均分子量", "M_z", "g/mol", "Mz"),
    term("molar_mass", "Molar mass", "モル質量", "M", "g/mol", "molecular weight", "分子量", qudt="MolarMass"),
    term("dispersity", "Dispersity", "分子量分布", "Đ", "", "Mw/Mn", "多分散度"),
    term("degree_of_polymerization", "Degree of polymerization", "重合度", "DP", "", "degree of polymerisation"),
    term(
        "melt_mass_flow_rate",
        "Melt mass-flow rate",
        "メルトマスフローレイト",
        "MFR",
        "dg/min",
        "MFR",
        "melt flow rate",
        "melt flow index",
        "MFI",
        "メルトフローレート",
        note=("1 dg/min is 1 g in 10 min.", "1 dg/min は 10 分間に 1 g を表す。"),
    ),
    term("melt_volume_flow_rate", "Melt volume-flow rate", "メルトボリュームフローレイト", "MVR", "cm**3/min", "MVR"),
    term(
        "intrinsic_viscosity", "Intrinsic viscosity", "極限粘度", "[η]", "dL/g", "limiting viscosity number", "固有粘度"
    ),
    term("radius_of_gyration", "Radius of gyration", "慣性半径", "R_g", "nm", "回転半径"),
    term("hydrodynamic_diameter", "Hydrodynamic diameter", "流体力学径", "D_h", "nm", "流体力学的直径"),
    term("gel_fraction", "Gel fraction", "ゲル分率", "w_gel", "percent"),
    term("swelling_ratio", "Swelling ratio", "膨潤度", "Q", ""),
    term("crosslink_density", "Crosslink density", "架橋密度", "ν_e", "mol/m**3", "cross-link density"),
    term(
        "fiber_volume_fraction",
        "Fibre volume fraction",
        "繊維体積含有率",
        "V_f",
        "percent",
        "fiber volume fraction",
        "Vf",
    ),
    term(
        "interlaminar_shear_strength",
        "Interlaminar shear strength",
        "層間せん断強さ",
        "ILSS",
        "MPa",
        "ILSS",
        "層間せん断強度",
    ),
    term("tear_strength", "Tear strength", "引裂強さ", "T_s", "N/mm", "引裂強度"),
    term("compression_set", "Compression set", "圧縮永久ひずみ", "CS", "percent"),
    term(
        "acid_value",
        "Acid value",
        "酸価",
        "AV",
        "mg/g",
        note=("Milligrams of KOH for one gram.", "試料 1 g あたりの KOH の mg 数。"),
    ),
    term(
        "hydroxyl_value",
        "Hydroxyl value",
        "水酸基価",
        "OHV",
        "mg/g",
        note=("Milligrams of KOH for one gram.", "試料 1 g あたりの KOH の mg 数。"),
    ),
    term("epoxy_equivalent", "Epoxy equivalent weight", "エポキシ当量", "EEW", "g/mol"),
)
