"""Language models: what they are made of, where they can be read, in which precision they run."""
