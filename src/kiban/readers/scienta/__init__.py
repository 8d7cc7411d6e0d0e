"""What Scienta's programs write about a measurement, in text files and in the notes of Igor waves."""
