"""Parts of the reader of Renishaw's WiRE files."""
