"""What the readers of diffractometers share."""
