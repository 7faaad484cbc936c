"""The documentation's pictures: what a terminal would show is what is drawn, at the time it was shown."""

from __future__ import annotations

import re

from tools.pictures.drawing import Moment, session, still
from tools.pictures.gallery import text_of
from tools.pictures.screen import Run, shown


def test_faint_text_is_kept_apart_from_bold_and_from_colours() -> None:
    (row,) = shown(["\x1b[2mdim\x1b[0m \x1b[1mbold\x1b[22m \x1b[38;5;2mgreen\x1b[0m"], 40).frame()
    assert [(run.text, run.bold, run.faint) for run in row] == [
        ("dim", False, True),
        ("bold", True, False),
        ("green", False, False),
    ]


def test_a_bar_that_was_erased_is_not_in_the_picture() -> None:
    screen = shown(["50 %\r\x1b[2K", "done\r\n"], 20)
    assert screen.text() == "done"


def test_the_text_of_a_picture_can_be_read_back() -> None:
    screen = shown(["$ \x1b[1mslangrag\x1b[0m  <3 & co\r\n", "    indented\r\n"], 40)
    assert text_of(still(screen.frame(), 40, title="t")) == ["$ slangrag  <3 & co", "    indented"]


def test_a_session_shows_each_row_from_its_first_to_its_last_moment() -> None:
    one, two = (Run(0, 3, text) for text in ("one", "two"))
    svg = session([Moment(0, ((one,),)), Moment(2, ((two,), (one,)))], 10, 2, ends=4, title="t")
    first, *later = re.findall(r"@keyframes k\d+\{(.*?\})\}", svg)
    assert first == "0%{opacity:1}0.000%{opacity:1}50.000%{opacity:0}"
    assert later == ["0%{opacity:0}50.000%{opacity:1}100.000%{opacity:1}"]
    assert svg.count('class="k o"') == 1, (
        "only what is gone at the end is hidden from viewers that play nothing"
    )
