"""Parts of the MSA reader: keywords, numbers, and what becomes of them."""
