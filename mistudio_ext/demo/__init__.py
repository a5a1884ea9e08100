"""The demo: text with known concepts, made on the spot, a small language model of that text, and what is made of the two.

`corpus` and `material` need nothing but Python itself; `steps` and `operations` are above all domains.
"""
