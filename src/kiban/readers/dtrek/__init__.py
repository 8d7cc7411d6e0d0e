"""Headers of d*TREK images: their keys, and what they say of source, goniometer and detector."""
