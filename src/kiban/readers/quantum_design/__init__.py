"""Parts of the reader of Quantum Design's data files."""
