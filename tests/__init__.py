"""The tests. A package, so that `tests.standin` can be imported and run from the checkout."""
