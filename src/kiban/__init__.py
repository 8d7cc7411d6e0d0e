"""Kiban (基盤): an open platform for the data of materials research.

Nothing is imported here, so that `kiban read FILE` starts at once. Import what you need from the folder that has
it: `kiban.quantity.series.Series`, `kiban.records.reading.Reading`, `kiban.client`, ...
"""

__version__ = "0.1.0"
