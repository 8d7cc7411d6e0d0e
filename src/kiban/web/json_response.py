"""JSON answers. What is not a number (NaN, infinity) becomes null, because JSON has no word for it."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse


class Json(JSONResponse):
    """A response of plain values, dataclasses or arrays turned into lists."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Write the content as UTF-8."""
        import msgspec

        return msgspec.json.encode(content)
