// Models: contracts, the calls that answer them, and the built-in model.
