// Settings: configuration in layers, each value with its origin.
