"""What others may do with a record, to whom it belongs, who contributed to it and who paid for it."""
