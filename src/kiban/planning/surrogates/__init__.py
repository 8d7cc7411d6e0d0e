"""Models of outcomes that engines learn from trials: numbers in, expectations with their doubt out."""
