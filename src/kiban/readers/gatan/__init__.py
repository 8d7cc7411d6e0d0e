"""The parts of the reader of DigitalMicrograph files: tag tree, images, what the tags say of the measurement."""
