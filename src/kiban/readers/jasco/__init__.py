"""JASCO text: its lines and its words."""
