"""What earlier studies and calculations expect of a campaign's outcomes, and how far that is to be believed."""
