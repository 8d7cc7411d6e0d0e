"""What is wanted of the outcomes: better, near a value, several at once, within limits, at what cost."""
