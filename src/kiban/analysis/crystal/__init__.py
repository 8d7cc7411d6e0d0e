"""From the atoms that a file lists to all atoms of the unit cell."""
