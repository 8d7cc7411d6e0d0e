"""Parts of the reader of PicoLog files."""
