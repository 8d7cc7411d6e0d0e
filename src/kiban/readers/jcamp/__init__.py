"""The parts of the JCAMP-DX reader: labels, written forms of numbers, tables, units and words."""
