"""Data sets, metrics and the runner behind `slangrag eval`."""
