"""People, organisations, projects and agreements: what the rules of access know of the world."""
