"""Parts of the readers of battery cyclers' tables."""
