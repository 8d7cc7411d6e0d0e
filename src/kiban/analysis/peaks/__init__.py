"""Finding and fitting peaks of curves: plain arrays in, plain arrays out."""
