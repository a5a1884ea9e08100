"""Contestants of the training benchmarks, and the arena that they run in."""
