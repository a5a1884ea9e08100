"""What runs here, and where."""
