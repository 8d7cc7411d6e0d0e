"""What follows from current, potential and time at an electrode: half cycles, sweeps."""
