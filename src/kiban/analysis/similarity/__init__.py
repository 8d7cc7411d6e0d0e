"""How like two spectra, two patterns or two compositions are."""
