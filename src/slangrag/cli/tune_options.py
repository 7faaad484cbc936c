"""The flag that every step of `slangrag tune` has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

DirOption = Annotated[
    Path, typer.Option("--dir", metavar="DIR", help="Working folder; each step goes on where it was.")
]
DIR: Final = Path("tune")
