"""A message in plain words, with what each slang word in it means."""
