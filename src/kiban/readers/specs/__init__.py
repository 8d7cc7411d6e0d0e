"""Parts of the reader of SPECS: the lines of Prodigy's XY files, and what becomes of them."""
