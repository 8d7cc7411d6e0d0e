"""Parts that the readers of adsorption isotherms share."""
