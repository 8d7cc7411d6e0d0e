"""The parts of the reader of Velox files: the JSON beside each array, and streams of X-ray events."""
