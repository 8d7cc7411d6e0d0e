"""Numbers as people write them: 3.1356(2), 1.5×10⁻⁶."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN = range(-4, 6)
"""Powers of ten of the first digit that are written without one."""
_RULE_OF = 19
"""An uncertainty is given with as many digits as make it at most this: 0.00015 is (15), 0.0002 is (2). So do
crystallographers (Acta Cryst. notes for authors)."""


def number_text(value: float, digits: int = 6) -> str:
    """A number with at most so many significant digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < 10**9:
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("∞" if number > 0 else "−∞")
    if number == 0:
        return "0"
    rounded = Decimal(f"{number:.{digits - 1}e}")
    if rounded.adjusted() in _PLAIN:
        return _minus(_trimmed(f"{rounded:f}"))
    mantissa, _, exponent = f"{rounded:e}".partition("e")
    return _minus(f"{_trimmed(mantissa)}×10{power(int(exponent))}")


def power(exponent: int) -> str:
    """An exponent as superscript digits."""
    return str(exponent).translate(_SUPERSCRIPT)


def concise(value: float, uncertainty: float) -> str:
    """A value with its standard uncertainty in units of its last digit: `3.1356(2)`.

    Both are finite; the uncertainty is not negative. One of 0 is shown as such.
    """
    if not (math.isfinite(value) and math.isfinite(uncertainty)) or uncertainty <= 0:
        return f"{number_text(value)}({number_text(uncertainty)})"
    with localcontext() as context:
        context.prec = 700  # any two floats side by side
        doubt = _rounded_doubt(uncertainty)
        place = doubt.as_tuple().exponent
        assert isinstance(place, int)  # noqa: S101  it is finite
        number = Decimal(repr(float(value))).quantize(Decimal((0, (1,), place)), ROUND_HALF_EVEN)
        scale = 0
        if place > 0 or (number and number.adjusted() not in _PLAIN) or place < -12:
            scale = number.adjusted() if number else doubt.adjusted()
        number, doubt = number.scaleb(-scale), doubt.scaleb(-scale)
        digits = str(int(doubt.scaleb(scale - place)))
    if doubt >= 1 and "." in f"{number:f}":
        # Where the doubt reaches over the decimal point it has one itself: 12.3(1.5).
        digits = f"{doubt:f}"
    written = f"{number:f}({digits})"
    return _minus(written + (f"×10{power(scale)}" if scale else ""))


def _rounded_doubt(uncertainty: float) -> Decimal:
    exact = Decimal(repr(float(uncertainty)))
    for n_digits in (2, 1):
        place = exact.adjusted() - n_digits + 1
        rounded = exact.quantize(Decimal((0, (1,), place)), ROUND_HALF_EVEN)
        if int(rounded.scaleb(-place)) <= _RULE_OF:
            return rounded
    # 0.97 rounds to one digit as 1.0, which is 10 in the next place: still one digit more than 9.
    return rounded


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minus(text: str) -> str:
    return text.replace("-", "−")


def size_text(n_bytes: int) -> str:
    """A number of bytes in words: `12.3 kB`."""
    if n_bytes < 1000:
        return f"{n_bytes} B"
    amount = float(n_bytes)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.3g} {unit}"
    return f"{amount / 1000:.3g} TB"
