"""What the readers of spectra share."""
