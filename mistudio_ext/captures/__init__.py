"""Activations: reading them out of a model."""
