"""The parts of the readers of FEI's and Thermo Fisher's formats."""
