"""Parts of the reader of Agilent's chromatograms."""
