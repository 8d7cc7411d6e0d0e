"""The parts of the reader of MRC and CCP4 maps: header, extended headers, numbers."""
