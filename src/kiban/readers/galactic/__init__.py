"""Parts of the reader of SPC files."""
