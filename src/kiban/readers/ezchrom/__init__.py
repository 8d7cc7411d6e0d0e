"""Parts of the readers of EZChrom files."""
