"""Words of the headers of tables of experiments, in English and Japanese, and what they say of a column."""

from __future__ import annotations

import re

SAMPLE = re.compile(
    r"(?:sample|specimen|試料|サンプル|検体|試験片|実験|experiment|exp|run|trial|batch|lot|ロット|試行|entry|code)"
    r"[\s_.\-]*(?:names?|no\.?|nos?|numbers?|id|ids|#|code|名|名称|番号|コード)?|(?:no\.?|id|#|番号|name|通し番号|管理番号)",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"(?:sample|specimen|film|device|coupon|pellet|coin[\s_]?cell|試料|サンプル|検体|試験片|素子|デバイス|ペレット)"
    r"[\s_.\-]*(?:names?|no\.?|nos?|numbers?|id|ids|#|code|名|名称|番号|コード)?",
    re.IGNORECASE,
)
"""Headers that name samples; a number of the row or of the run is one only where there is no such column."""
SUMMARY = re.compile(
    r"(?:mean|average|avg\.?|total|sum|s\.?d\.?|st(?:an)?d\.?[\s_]?dev(?:iation|\.)?|平均値?|合計|総計|標準偏差)",
    re.IGNORECASE,
)
"""What stands in the column of samples beside what was worked out from the rows above; no experiment."""
FORMULA = re.compile(
    r"(?:nominal |chemical |材料|化学|試料)?[\s_]*(?:formula|composition|組成式?|化学式|仕込み組成|stoichiometry)",
    re.IGNORECASE,
)
DATE = re.compile(
    r"(?:.*\b)?(?:date|day|performed[\s_]on|made[\s_]on)|.*(?:日付|年月日|実験日|作製日|測定日|合成日|製造日|実施日)|日時",
    re.IGNORECASE,
)
OPERATOR = re.compile(
    r"(?:operator|experimenter|performed[\s_]by|made[\s_]by|person|担当者?|実験者|作業者|測定者|作製者|氏名)",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"(?:notes?|remarks?|comments?|memo|description|observations?|備考|メモ|コメント|所見|摘要|特記事項|外観)",
    re.IGNORECASE,
)
DOUBT = re.compile(
    r"(?P<before>.*?)[\s_(\[,]*(?:±|\+/-|(?<![A-Za-z])(?:e\.?s\.?d\.?|s\.?d\.?|s\.?u\.?|std(?:ev|[\s._-]?dev(?:iation)?)?"
    r"|std\.?[\s_]?err(?:or)?|stderr|sem|sigma|unc(?:ert(?:ainty)?)?\.?|error|err\.?"
    r"|standard (?:deviation|error|uncertainty)"
    r"|U)(?![A-Za-z])|σ|Δ|不確かさ|標準偏差|標準誤差|誤差|ばらつき|偏差)[\s_)\],]*(?P<after>.*?)",
    re.IGNORECASE,
)
EXPANDED = re.compile(r"k\s*=\s*(?P<k>\d+(?:\.\d+)?)|expanded|拡張不確かさ", re.IGNORECASE)

# What an experimenter sets, by the words of it; what stands behind may be any quantity.
_SET = (
    r"anneal|sinter|calcin|fir(?:e|ing)|bak(?:e|ing)|dry(?:ing)?|quench|temper(?:ing|aing)|cur(?:e|ing)|mill(?:ing)?|stirr?|mix(?:ing)?"
    r"|deposit|sputter|spin|coat|print|press(?:ing)?(?![a-z])|heat|cool|ramp|dwell|hold|soak|growth|reaction|synthesis|process"
    r"|substrate|target|solvent|ligand|base|catalyst|precursor|additive|dop(?:e|ing|ant)|atmosphere|gas|flow|rate|speed|rpm|feed"
    r"|set[\s_-]?point|loading|dose|dilution|equiv|voltage|bias|laser|power|delay|offset|loop|volume|wait|furnace|crucible"
    r"|method|route|condition|parameter|residence|normaliz(?:ed|ing)|carburiz|diffusion|rolling|reduction"
    r"|焼成|焼結|焼鈍|仮焼|本焼|熱処理|乾燥|焼入|焼戻|硬化|混合|粉砕|ミリング|攪拌|撹拌|成膜|堆積|スパッタ|スピン|塗布|印刷|加圧|プレス"
    r"|加熱|昇温|降温|冷却|保持|成長|反応|合成|処理|基板|ターゲット|溶媒|配位子|塩基|触媒|前駆体|添加|ドープ|雰囲気|ガス|流量|速度|回転"
    r"|設定|電力|出力|レーザ|原料|仕込|投入|滴下|条件|工程|方法|装置|炉|るつぼ|坩堝|温度|時間|濃度|pH"
)
PARAMETER = re.compile(rf"(?<![A-Za-z])(?:{_SET})", re.IGNORECASE)
# What is found out, whatever stands before it.
_FOUND = (
    r"measured|result|score|yield|output|response|efficien|conversion|selectiv|performance|index"
    r"|target$|figure of merit|turnover|ton$"
    r"|loss$|objective|stability|lifetime|overpotential|activity|strength|hardness|modulus|conductivity|resistivity|capacity|retention"
    r"|測定|結果|収率|効率|転化率|選択率|性能|評価|特性|指標|寿命|安定性|過電圧|活性|強度|強さ|硬さ|硬度|弾性率|導電率|伝導率|抵抗率|容量"
    r"|維持率|得点|スコア|目的変数"
)
PROPERTY = re.compile(rf"(?:{_FOUND})", re.IGNORECASE)
CONTENT = re.compile(
    r"(?P<what>.+?)[\s_]*(?:content|fraction|conc(?:entration)?\.?|ratio|amount|含有量|含有率|分率|組成比|配合比|配合量|割合|比率|量)?",
    re.IGNORECASE,
)


def _of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:{words})[\s_.]*(?:%|percent|frac(?:tion)?|分率|パーセント)", re.IGNORECASE)


BASES = (
    (_of(r"wt|mass|ms|weight|重量|質量"), "mass"),
    (_of(r"at(?:om(?:ic)?)?|mol(?:e|ar)?|原子|モル"), "amount"),
    (_of(r"vol(?:ume)?|体積"), "volume"),
)
