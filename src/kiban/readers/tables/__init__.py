"""What the readers of tables share: finding them, their headers, rows, dates."""
