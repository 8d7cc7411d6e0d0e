"""The nouns: what Kiban keeps, as frozen values checked when made. No I/O."""
