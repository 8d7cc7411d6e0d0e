"""Readers: bytes in, Readings out. One file for each format; `contract` says what a reader is."""
