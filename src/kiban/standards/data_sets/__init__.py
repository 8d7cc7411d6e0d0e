"""Exports of whole data sets; `kiban.standards.contract` says what they are."""
