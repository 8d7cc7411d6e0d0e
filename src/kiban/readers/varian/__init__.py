"""The parts of the Varian and Agilent reader: binary decays, parameters, experiments."""
