"""How the database's tables came to be, step by step. Run by `kiban.store.migrate`."""
