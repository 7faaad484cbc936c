"""What works here and what does not: checks with the command that mends each."""
