"""Jobs: queue, states, control and what a job function is given. Files only, no process."""
