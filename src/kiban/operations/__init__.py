"""What a person can ask for: one file for each deed. Each takes the asker first."""
