"""Parts of the reader of Bruker's OPUS files."""
