"""Handles with rich displays: what `import mistudio_ext as ms` gives a notebook or a script."""
