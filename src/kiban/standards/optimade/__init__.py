"""OPTIMADE 1.2: entries, their properties, and the documents around them."""
