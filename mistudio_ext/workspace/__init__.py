"""The ground: what is on disk, and how it gets there whole."""
