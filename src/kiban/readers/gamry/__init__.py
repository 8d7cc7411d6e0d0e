"""Parts of the reader of Gamry's files."""
