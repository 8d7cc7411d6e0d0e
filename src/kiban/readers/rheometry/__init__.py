"""Parts of readers for rheometers."""
