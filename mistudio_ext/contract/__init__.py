"""What every face agrees on: the base of all records, the one error form, and how an operation describes itself."""
