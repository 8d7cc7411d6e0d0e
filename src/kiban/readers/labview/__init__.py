"""The parts of the reader of TDMS files, which National Instruments' programs write."""
