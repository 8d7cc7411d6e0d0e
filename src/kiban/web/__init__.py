"""REST under /api/v1 and pages from the server. Everything goes through an operation."""
