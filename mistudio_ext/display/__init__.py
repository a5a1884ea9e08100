"""What the notebook and the terminal share: words for people, parameters in words, and following a job."""
