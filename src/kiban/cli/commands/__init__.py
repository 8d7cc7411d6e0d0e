"""The commands: one file for each, with a module-level `COMMAND`."""
