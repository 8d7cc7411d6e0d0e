"""What the readers of Bruker's diffraction files share: drives, scan types, dates, points and the versions of RAW."""
