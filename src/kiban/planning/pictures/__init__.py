"""What pictures of a campaign show, as values: the front, slices of what is expected, maps, and all experiments."""
