"""What the readers of absorption spectrometers' text exports share."""
