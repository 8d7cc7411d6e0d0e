"""The parts of the reader of NeXus files: entries, plots and what stands around them."""
