"""Which experiment next: search spaces, objectives, what was tried, and engines that suggest."""
