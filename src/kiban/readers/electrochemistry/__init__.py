"""Parts that the readers of potentiostats' text files share."""
