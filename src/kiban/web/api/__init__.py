"""REST: one file for each noun, with a module-level `ROUTER`."""
