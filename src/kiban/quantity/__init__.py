"""Numbers with a unit and an uncertainty: `unit`, `spelling`, `uncertainty`, `measured`, `series`, `propagation`."""
