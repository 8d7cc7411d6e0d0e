"""Parts of the reader of JEOL's NMR files."""
