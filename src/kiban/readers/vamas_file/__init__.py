"""Parts of the VAMAS reader: lines, the experiment, its blocks, and what becomes of them."""
