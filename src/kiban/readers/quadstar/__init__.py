"""Parts of the reader of Quadstar files."""
