"""The demo's material: text with known concepts, made on the spot, and a small language model of that text.

Nothing here needs anything but Python itself, so that lanes, tests and notebooks can all use it.
"""
