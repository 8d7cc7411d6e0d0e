"""The many spellings of one formula, brought to one: subscripts, superscripts, dots, minus signs, TeX.

Afterwards raised text stands in `^{}`, dots are `·`, brackets are ASCII, and nothing is a subscript any more.
"""

from __future__ import annotations

import re
import unicodedata

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_RAISED_RUN = re.compile(f"[{''.join(_RAISED)}]+")
_DOTS = str.maketrans(dict.fromkeys("·•∙⋅・･‧*", "·"))
_MINUS = str.maketrans(dict.fromkeys("−‐‑‒–—", "-"))
_TEX_SUBSCRIPT = re.compile(r"_\{([^{}]*)\}|_(?=[\w.])")
_TEX_RAISED = re.compile(r"\^([+-]\d+|\d*[+-]|\d+)")
_TEX_WORDS = (("\\cdot", "·"), ("\\delta", "δ"), ("\\mathrm", ""), ("$", ""))


def spelled_plainly(text: str) -> str:
    """Fold the spellings; spaces stay, since `SO4 2-` needs them."""
    for word, plain in _TEX_WORDS:
        text = text.replace(word, plain)
    text = _RAISED_RUN.sub(lambda run: "^{" + "".join(_RAISED[sign] for sign in run[0]) + "}", text)
    # Dots first: compatibility folding would make some of them full stops.
    text = unicodedata.normalize("NFKC", text.translate(_DOTS)).translate(_DOTS).translate(_MINUS)
    text = _TEX_SUBSCRIPT.sub(lambda found: found[1] or "", text)
    return _TEX_RAISED.sub(lambda found: "^{" + found[1] + "}", text).strip()
