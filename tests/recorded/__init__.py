"""Commands of the program and what they said, recorded once, so that a change of its insides can be proved.

Of slangrag itself nothing is imported here but `slangrag.cli.main.main`, in the worker.
"""

from __future__ import annotations

from tests.recorded.playing import Player
from tests.recorded.records import FOLDER, Record, load, save
from tests.recorded.settling import alike

__all__ = ["FOLDER", "Player", "Record", "alike", "load", "save"]
