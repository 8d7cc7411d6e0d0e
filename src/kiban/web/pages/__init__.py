"""Pages: one file for each, with a module-level `ROUTER`, and its template in `templates/`."""
