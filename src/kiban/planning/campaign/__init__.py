"""Campaigns: a search for better materials that remembers what was suggested, done, refused and learnt."""
