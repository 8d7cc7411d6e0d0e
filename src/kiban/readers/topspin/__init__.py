"""Parts of the reader of Bruker's NMR experiments."""
