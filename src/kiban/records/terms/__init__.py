"""The property terms that come with Kiban, one table for each field of work."""
