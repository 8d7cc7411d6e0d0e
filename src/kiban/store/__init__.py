"""Where records, facts and bytes are kept: the catalog (PostgreSQL, or memory for tests) and the object store."""
