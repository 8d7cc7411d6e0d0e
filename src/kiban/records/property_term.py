"""The vocabulary of property terms that comes with Kiban; a laboratory adds its own (`kiban.operations.terms`)."""

from __future__ import annotations

from kiban.records.term import PropertyTerm
from kiban.records.terms import (
    chemical,
    electrical,
    electrochemical,
    feature,
    magnetic,
    mechanical,
    optical,
    polymer,
    structural,
    surface,
    thermal,
)

__all__ = ["PROPERTY_TERMS", "PropertyTerm"]

_TABLES = (
    feature,
    structural,
    mechanical,
    thermal,
    electrical,
    magnetic,
    optical,
    electrochemical,
    surface,
    chemical,
    polymer,
)

PROPERTY_TERMS: dict[str, PropertyTerm] = {term.key: term for table in _TABLES for term in table.TERMS}
