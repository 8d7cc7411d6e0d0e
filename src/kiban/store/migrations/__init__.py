"""How the database's tables came to be: one file in `versions` for each step. Run by `kiban.store.migrate`."""
