"""The parts of the JEOL Delta reader: header, units, parameters, sections of numbers."""
