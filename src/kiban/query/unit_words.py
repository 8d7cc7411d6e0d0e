"""Units that are spelled out in Japanese, as questions have them: `5 ギガパスカル`, `2 時間`.

Files and templates have symbols, so this is no business of `kiban.quantity`. What can mean two things is not here: `度`
is a degree of an angle or of a temperature.
"""

from __future__ import annotations

import unicodedata

from kiban.quantity.spelling import of_one_width

_PREFIXES = {
    "": "",
    "ピコ": "p",
    "ナノ": "n",
    "マイクロ": "u",
    "ミリ": "m",
    "センチ": "c",
    "ヘクト": "h",
    "キロ": "k",
    "メガ": "M",
    "ギガ": "G",
    "テラ": "T",
}
_UNITS = {
    "メートル": "m",
    "グラム": "g",
    "秒": "s",
    "アンペア": "A",
    "ボルト": "V",
    "ワット": "W",
    "オーム": "ohm",
    "ジーメンス": "S",
    "ファラド": "F",
    "テスラ": "T",
    "ヘルツ": "Hz",
    "パスカル": "Pa",
    "ニュートン": "N",
    "ジュール": "J",
    "電子ボルト": "eV",
    "エレクトロンボルト": "eV",
    "ケルビン": "K",
    "モル": "mol",
    "リットル": "L",
}
_WORDS = {
    **{f"{long}{unit}": f"{short}{symbol}" for long, short in _PREFIXES.items() for unit, symbol in _UNITS.items()},
    "オングストローム": "angstrom",
    "ミクロン": "um",
    "分": "min",
    "時間": "h",
    "日": "day",
    "パーセント": "percent",
    "セ氏": "degC",
    "摂氏": "degC",
}


def as_symbol(unit: str) -> str:
    """The symbol of a unit that is spelled out; any other text as it stands, in characters of one width."""
    return _WORDS.get(unicodedata.normalize("NFKC", unit), of_one_width(unit))
