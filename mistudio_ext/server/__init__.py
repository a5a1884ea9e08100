"""The Jupyter server extension. Starting it loads nothing of the house; the first request does."""
