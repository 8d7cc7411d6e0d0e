"""What an experimenter can set: parameters, constraints, lists of candidates, and points inside of them."""
