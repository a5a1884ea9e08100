"""Training sparse autoencoders on captured activations."""
