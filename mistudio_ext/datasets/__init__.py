"""Text: getting it in, tokenizing it, looking at it."""
