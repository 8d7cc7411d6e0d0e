"""What the readers of HORIBA LabSpec's exports share."""
