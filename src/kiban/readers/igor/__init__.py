"""Parts of the Igor reader: the wave, its axes, and what instruments write into its note."""
