"""Exports of data sets, one module each."""
