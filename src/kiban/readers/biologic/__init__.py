"""What the two BioLogic readers share: columns, modules, techniques, cell and header of EC-Lab's files."""
