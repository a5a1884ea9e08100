"""Steering: a model's text changed by features of its SAEs."""
