"""What makers' words mean: units, quantities, header fields."""
