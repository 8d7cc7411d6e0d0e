"""The parts of the readers of JEOL's X-ray analysers (JED-2200 and Analysis Station)."""
