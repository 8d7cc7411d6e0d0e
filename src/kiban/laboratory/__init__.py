"""Laboratories that do experiments by themselves: what is asked of a driver, and those that come with Kiban."""
