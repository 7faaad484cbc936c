"""`python -m slangrag` is `slangrag`."""

from slangrag.cli.main import main

main()
