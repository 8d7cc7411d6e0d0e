"""Headers of Ocean Optics text."""
