"""Parts of the reader of CH Instruments' text."""
