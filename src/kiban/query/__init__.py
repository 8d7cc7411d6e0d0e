"""Questions about records, as data: `question` holds the values, `parse` reads the language."""
