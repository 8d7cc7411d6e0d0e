"""What follows from the angles of diffraction: spacings of lattice planes, lattice parameters."""
