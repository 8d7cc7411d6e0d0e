"""The public test suites: subclass the one for your plug-in and run it with pytest."""
