"""Parts of the reader of Thermo OMNIC's files."""
