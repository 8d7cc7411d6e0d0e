"""Parts of the PHI reader: the text header, the blocks of numbers, and what becomes of them."""
