"""Nouns to JSON documents and back, checked on the way in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured

if TYPE_CHECKING:
    # Readings hold arrays, and loading numpy for documents alone would take longer than writing them.
    from kiban.records.reading import Json, MetadataValue

T = TypeVar("T")


def to_json(noun: object) -> Any:
    """Turn a noun (a dataclass of this folder) into plain JSON values."""
    import msgspec

    return msgspec.to_builtins(noun, enc_hook=_encode)


def from_json(document: Any, kind: type[T]) -> T:
    """Make a noun of its JSON document.

    Raises
    ------
    InvalidValue
        If a field is missing, or has another type than expected; the fault names it.
    """
    import msgspec

    try:
        return msgspec.convert(document, kind, dec_hook=_decode)
    except msgspec.ValidationError as e:
        raise InvalidValue(
            f"This is not a {kind.__name__}: {e}.", mend="Compare it with the reference of the record's fields."
        ) from e
    except UnicodeEncodeError as e:
        raise InvalidValue(
            f"This is not a {kind.__name__}: where a number was expected stands a text that is no Unicode.",
            mend="Type the text anew.",
        ) from e


def metadata_to_json(metadata: dict[str, MetadataValue]) -> dict[str, Json]:
    """Metadata values as JSON: a quantity becomes `{"value": .., "unit": ..}`, a time its ISO 8601 text."""
    return {name: _metadata_value(value) for name, value in metadata.items()}


def _metadata_value(value: MetadataValue) -> Json:
    if isinstance(value, Measured):
        written: dict[str, Json] = {"value": value.value, "unit": value.unit}
        if value.uncertainty is not None:
            written["uncertainty"] = to_json(value.uncertainty)
        return written
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _encode(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    # Read-only views of mappings (MappingProxyType) are the only other type that nouns hold.
    return dict(value)  # type: ignore[call-overload]


def _decode(kind: type, value: object) -> object:
    return kind(value)
