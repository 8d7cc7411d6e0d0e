"""From records to tables, and from tables to models."""
