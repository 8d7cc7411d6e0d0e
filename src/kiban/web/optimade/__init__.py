"""OPTIMADE 1.2 under `/optimade/v1`: what everybody may see, for the programs that search many databases at once."""
