"""DataSpaces of Thermo Avantage."""
