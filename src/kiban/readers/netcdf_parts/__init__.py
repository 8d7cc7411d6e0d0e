"""The parts of the reader of netCDF files: the classic format, netCDF-4, and the CF conventions both follow."""
