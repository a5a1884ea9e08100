"""What a hub of models and datasets has, and how it gets here: checked byte by byte, gone on with after a break."""
