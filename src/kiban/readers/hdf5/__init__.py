"""HDF5 files from strangers: opened without following any link or reference out of the file, and never believed."""
