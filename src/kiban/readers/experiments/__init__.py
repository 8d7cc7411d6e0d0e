"""Tables of past experiments: what their columns mean, and what each row says."""
