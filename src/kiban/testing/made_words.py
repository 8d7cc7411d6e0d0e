"""What made laboratories write: materials, places, people, remarks in Japanese and English."""

from __future__ import annotations

OXIDES = (
    *("TiO2", "ZnO", "SrTiO3", "BaTiO3", "LiCoO2", "Li4Ti5O12", "LiFePO4", "Al2O3", "ZrO2", "HfO2", "In2O3", "SnO2"),
    *("Fe2O3", "WO3", "V2O5", "CeO2", "YBa2Cu3O7", "LiNbO3", "KNbO3", "MgAl2O4", "CuO", "NiO", "Ga2O3", "La2Zr2O7"),
)
OTHERS = (
    *("TiN", "AlN", "GaN", "Si3N4", "BN", "SiC", "WC", "TiC", "TiB2", "MgB2", "CdTe", "Bi2Te3", "PbTe", "MoS2", "ZnS"),
    *("FeSi2", "Mg2Si", "CoSb3", "CaF2", "LiF", "NiTi", "FeCo", "AlCu4", "TiAl"),
)
OPERATORS = (
    *("佐藤 健", "鈴木 美咲", "高橋 翔", "田中 陽子", "伊藤 大輔", "渡辺 真由", "山本 拓也", "中村 恵", "小林 亮"),
    *("加藤 愛", "吉田 悠斗", "山田 花子", "A. Müller", "J. Smith", "M. Rossi", "L. Dubois", "P. Novák", "S. Kim"),
)
INSTRUMENTS = {
    "xrd": ("Rigaku SmartLab 9kW", "PANalytical Empyrean", "Bruker D8 Advance"),
    "mechanical_test": ("Hysitron TI 950", "ENT-NEXUS", "Shimadzu DUH-211"),
    "raman": ("Renishaw inVia", "HORIBA LabRAM HR", "JASCO NRS-4500"),
    "uv_vis": ("Shimadzu UV-2600", "JASCO V-770"),
    "thermogravimetry": ("Netzsch STA 449", "Rigaku Thermo plus EVO2"),
    "electrical_transport": ("Quantum Design PPMS", "ULVAC ZEM-3"),
}
SUBSTRATES = ("Si", "SiO2", "Al2O3", "MgO", "SrTiO3", "ガラス")
GASES = ("argon", "nitrogen", "oxygen", "air", "vacuum")
REMARKS_JA = (
    *("酸化物薄膜の焼鈍後に測定", "表面は平滑", "電池正極材料の評価用", "基板との密着性は良好", "色むらあり"),
    *("真空炉で熱処理した後の測定", "再測定が必要", "結晶粒の粗大化を確認", "ロット間の比較", "校正後の最初の測定"),
)
REMARKS_EN = (
    *("measured after annealing", "smooth surface", "for the evaluation of battery cathodes", "good adhesion"),
    *("uneven colour", "vacuum furnace, slow cooling", "to be measured again", "grain growth is visible"),
    *("comparison of lots", "first measurement after calibration"),
)
RARE_JA = "微小亀裂が界面で剥離"
RARE_EN = "delamination at the interface"
"""What is remarked of few records, however many there are."""
