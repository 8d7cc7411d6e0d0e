"""The parts of the reader of TIFF pictures: directories, segments, codecs, and what each maker writes into tags."""
