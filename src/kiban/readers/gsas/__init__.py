"""Banks of GSAS powder data."""
