"""What the project writes about itself, made by running it."""
