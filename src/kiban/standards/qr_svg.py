"""A QR code as a picture in a page."""

from __future__ import annotations

_PX = 5


def qr_svg(text: str, *, is_scaled: bool = False) -> str:
    """The code in SVG, dark on light whatever the colours of the page, without style attributes.

    Parameters
    ----------
    is_scaled : bool
        The style of the page says how large it is.
    """
    import io

    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=_PX, dark="#000", light="#fff", xmldecl=False, svgns=False, nl=False, omitsize=is_scaled
    )
    return out.getvalue().decode()
