"""Parts of the reader of VersaStudio's files."""
