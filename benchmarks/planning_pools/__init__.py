"""Parts of `benchmarks/planning.py`: pools, runs, figures, and engines of other people."""
