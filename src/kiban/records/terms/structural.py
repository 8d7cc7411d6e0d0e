"""Structure: lattices, grains, phases, density."""

from __future__ import annotations

from kiban.records.terms.row import term

TERMS = (
    term("lattice_parameter_a", "Lattice parameter a", "格子定数 a", "a", "angstrom", "lattice constant a"),
    term("lattice_parameter_b", "Lattice parameter b", "格子定数 b", "b", "angstrom", "lattice constant b"),
    term("lattice_parameter_c", "Lattice parameter c", "格子定数 c", "c", "angstrom", "lattice constant c"),
    term("lattice_angle_alpha", "Lattice angle α", "格子角 α", "α", "deg"),
    term("lattice_angle_beta", "Lattice angle β", "格子角 β", "β", "deg"),
    term("lattice_angle_gamma", "Lattice angle γ", "格子角 γ", "γ", "deg"),
    term("unit_cell_volume", "Unit cell volume", "単位胞体積", "V", "angstrom**3", "cell volume", "単位格子体積"),
    term("density", "Density", "密度", "ρ", "g/cm**3", "mass density", qudt="MassDensity"),
    term("bulk_density", "Bulk density", "かさ密度", "ρ_b", "g/cm**3", "嵩密度"),
    term("tap_density", "Tap density", "タップ密度", "ρ_t", "g/cm**3"),
    term(
        "theoretical_density",
        "Theoretical density",
        "理論密度",
        "ρ_x",
        "g/cm**3",
        "X-ray density",
        "calculated density",
        "X線密度",
        note=("Mass of the atoms in the unit cell over its volume.", "単位胞中の原子の質量を単位胞体積で割った値。"),
    ),
    term("true_density", "True density", "真密度", "ρ_s", "g/cm**3", "skeletal density"),
    term(
        "relative_density",
        "Relative density",
        "相対密度",
        "D",
        "percent",
        note=(
            "Density over the theoretical density of the solid, as ceramics are judged by.",
            "理論密度に対する比。焼結体の評価に用いる。",
        ),
    ),
    term("crystallite_size", "Crystallite size", "結晶子サイズ", "D_hkl", "nm", "結晶子径"),
    term("microstrain", "Microstrain", "微小ひずみ", "ε", "percent"),
    term("grain_size", "Grain size", "結晶粒径", "d_g", "um", "average grain size", "平均結晶粒径"),
    term("particle_size", "Particle size", "粒子径", "d_p", "um", "particle diameter", "粒径"),
    term("particle_size_d10", "Particle size D10", "粒子径 D10", "D10", "um", "D10"),
    term(
        "particle_size_d50", "Particle size D50", "粒子径 D50", "D50", "um", "D50", "median particle size", "メジアン径"
    ),
    term("particle_size_d90", "Particle size D90", "粒子径 D90", "D90", "um", "D90"),
    term("polydispersity_index", "Polydispersity index (light scattering)", "多分散指数", "PdI", "", "PdI"),
    term("phase_fraction", "Phase fraction", "相分率", "w", "percent", "weight fraction of phase"),
    term("degree_of_crystallinity", "Degree of crystallinity", "結晶化度", "X_c", "percent", "crystallinity"),
    term("dislocation_density", "Dislocation density", "転位密度", "ρ_d", "1/m**2"),
    term("thickness", "Thickness", "厚さ", "t", "um", "film thickness", "膜厚", qudt="Thickness"),
    term("etch_rate", "Etch rate", "エッチング速度", "v_e", "nm/min", "etching rate"),
    term("growth_rate", "Growth rate", "成長速度", "v_g", "nm/min", "deposition rate", "成膜速度"),
    term("porosity", "Porosity", "気孔率", "φ", "percent", "空隙率"),
    term("rocking_curve_width", "Rocking curve width", "ロッキングカーブ半値幅", "Δω", "arcsec", "mosaicity"),
)
