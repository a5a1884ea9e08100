"""Worker processes: started by whichever face needs one, owned by none."""
