"""Pictures of a terminal: commands recorded in one, its screens drawn as SVG. Nothing here is shipped."""
