"""Documents made for tests."""
