"""Sparse autoencoders: what they are made of, what they compute, how they are kept."""
