"""Parts of the reader of Touchstone files."""
