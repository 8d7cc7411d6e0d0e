"""Blocks of ESRF's data format: their headers, their pixels, and what the headers say of the measurement."""
