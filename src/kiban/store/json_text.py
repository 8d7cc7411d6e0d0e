"""Documents as JSON text and back, exactly: what comes back equals what was written.

The database keeps the text as it is (type `json`, not `jsonb`): numbers keep every digit and their kind, names their
order, and texts may hold the zero characters that broken headers have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(enc_hook=dict)  # read-only views of mappings are the only foreign type in documents
_decoder = msgspec.json.Decoder()


def to_text(document: object) -> str:
    """Write a document of plain JSON values (and of mappings, tuples, UUIDs and times, which become such)."""
    try:
        return _encoder.encode(document).decode()
    except UnicodeEncodeError:
        # Half a surrogate pair, from a file name or header in a wrong encoding, has no UTF-8; JSON can escape it.
        import json

        return json.dumps(msgspec.to_builtins(document, enc_hook=dict, str_keys=True))


def from_text(text: str) -> Any:
    """Read what `to_text` has written."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:
        import json

        return json.loads(text)


def as_kept(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the document as it comes back from the catalog: lists for tuples, and nothing shared with the original."""
    kept: dict[str, Any] = from_text(to_text(document))
    return kept
