"""Parts of the JPK reader: properties, channels with their conversions, curves."""
