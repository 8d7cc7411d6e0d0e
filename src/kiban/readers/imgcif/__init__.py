"""CBF/imgCIF: the binary sections, the compression by byte offsets, and the header of Dectris' detectors."""
