"""Exports of whole provenance graphs: one module for each standard."""
