"""Electrochemistry: batteries, capacitors, catalysts, corrosion."""

from __future__ import annotations

from kiban.records.terms.row import term

TERMS = (
    term("charge_capacity", "Charge capacity", "充電容量", "Q_c", "mA*h"),
    term("discharge_capacity", "Discharge capacity", "放電容量", "Q_d", "mA*h"),
    term("specific_charge_capacity", "Specific charge capacity", "質量当たり充電容量", "q_c", "mA*h/g"),
    term("specific_discharge_capacity", "Specific discharge capacity", "質量当たり放電容量", "q_d", "mA*h/g"),
    term("areal_capacity", "Areal capacity", "面積容量", "Q_A", "mA*h/cm**2"),
    term("coulombic_efficiency", "Coulombic efficiency", "クーロン効率", "η", "percent"),
    term("energy_efficiency", "Energy efficiency", "エネルギー効率", "η_E", "percent"),
    term("capacity_retention", "Capacity retention", "容量維持率", "CR", "percent"),
    term(
        "gravimetric_energy_density",
        "Specific energy",
        "重量エネルギー密度",
        "e_m",
        "W*h/kg",
        "gravimetric energy density",
        "質量エネルギー密度",
    ),
    term(
        "volumetric_energy_density",
        "Volumetric energy density",
        "体積エネルギー密度",
        "e_V",
        "W*h/L",
        "energy density",
        "エネルギー密度",
    ),
    term("specific_power", "Specific power", "出力密度", "p_m", "W/kg", "power density", qudt="SpecificPower"),
    term("nominal_voltage", "Nominal voltage", "公称電圧", "U_n", "V", "average voltage", "平均電圧"),
    term("internal_resistance", "Internal resistance", "内部抵抗", "R_i", "ohm"),
    term("charge_transfer_resistance", "Charge-transfer resistance", "電荷移動抵抗", "R_ct", "ohm"),
    term("area_specific_resistance", "Area-specific resistance", "面積比抵抗", "ASR", "ohm*cm**2", "ASR"),
    term(
        "ionic_conductivity",
        "Ionic conductivity",
        "イオン伝導率",
        "σ_i",
        "S/cm",
        "イオン伝導度",
        qudt="ElectrolyticConductivity",
    ),
    term(
        "transference_number", "Transference number", "輸率", "t_+", "", "transport number", qudt="IonTransportNumber"
    ),
    term("specific_capacitance", "Specific capacitance", "比静電容量", "C_g", "F/g", "比容量（キャパシタ）"),
    term("areal_capacitance", "Areal capacitance", "面積静電容量", "C_A", "mF/cm**2", "double-layer capacitance"),
    term("anodic_peak_current", "Anodic peak current", "酸化ピーク電流", "i_pa", "mA"),
    term("cathodic_peak_current", "Cathodic peak current", "還元ピーク電流", "i_pc", "mA"),
    term("anodic_peak_potential", "Anodic peak potential", "酸化ピーク電位", "E_pa", "V"),
    term("cathodic_peak_potential", "Cathodic peak potential", "還元ピーク電位", "E_pc", "V"),
    term("peak_separation", "Peak separation", "ピーク電位差", "ΔE_p", "V"),
    term("half_wave_potential", "Half-wave potential", "半波電位", "E_1/2", "V"),
    term("onset_potential", "Onset potential", "開始電位", "E_on", "V"),
    term("overpotential", "Overpotential", "過電圧", "η", "mV"),
    term(
        "tafel_slope", "Tafel slope", "ターフェル勾配", "b", "mV", note=("Per decade of current.", "電流一桁あたり。")
    ),
    term("exchange_current_density", "Exchange current density", "交換電流密度", "j_0", "mA/cm**2"),
    term("limiting_current_density", "Limiting current density", "限界電流密度", "j_L", "mA/cm**2"),
    term(
        "faradaic_efficiency",
        "Faradaic efficiency",
        "ファラデー効率",
        "FE",
        "percent",
        "current efficiency",
        "電流効率",
    ),
    term("turnover_frequency", "Turnover frequency", "触媒回転頻度", "TOF", "1/s", "TOF"),
    term("corrosion_potential", "Corrosion potential", "腐食電位", "E_corr", "V"),
    term("corrosion_current_density", "Corrosion current density", "腐食電流密度", "j_corr", "uA/cm**2"),
    term("corrosion_rate", "Corrosion rate", "腐食速度", "v_corr", "mm/year"),
    term("pitting_potential", "Pitting potential", "孔食電位", "E_pit", "V"),
)
