"""A conversation comes back as it was left."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.answer.talks import ABOUT_RIZZ, ABOUT_TWO

from slangrag.answer.chat.conversation import CitedEntry, Turn, begin
from slangrag.answer.events import Sentence
from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.service.chat_markdown import markdown
from slangrag.service.conversations import delete, latest, load, save, saved, write_new


def test_a_conversation_comes_back_as_it_was_left(tmp_path: Path) -> None:
    save(ABOUT_TWO, tmp_path)
    assert load(tmp_path, ABOUT_TWO.id) == ABOUT_TWO
    assert latest(tmp_path) == (ABOUT_TWO, [])


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(), st.lists(st.text(), max_size=3)), max_size=4))
def test_any_text_survives_being_kept(
    tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[str, str, list[str]]]
) -> None:
    kept = begin(0.0)
    for asked, told, words in turns:
        kept = kept.with_turn(Turn(asked, asked, told, tuple(words), 1.5))
    directory = tmp_path_factory.mktemp("chats")
    save(kept, directory)
    assert load(directory, kept.id) == kept


def test_saving_again_replaces_and_leaves_no_litter(tmp_path: Path) -> None:
    save(ABOUT_RIZZ, tmp_path)
    save(ABOUT_TWO, tmp_path)
    save(ABOUT_RIZZ.with_turn(ABOUT_TWO.turns[-1]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{ABOUT_RIZZ.id}.jsonl"]


def test_the_latest_comes_first_and_a_broken_file_is_passed_over_and_named(tmp_path: Path) -> None:
    old, new = begin(1_000_000.0), begin(2_000_000.0)
    save(old, tmp_path)
    save(new, tmp_path)
    (tmp_path / "20300101-000000-ffff.jsonl").write_text("{not json", encoding="utf-8")
    (tmp_path / "notes.jsonl").write_text("{}", encoding="utf-8")
    kept, passed_over = saved(tmp_path)
    assert [c.id for c in kept] == [new.id, old.id]
    assert len(passed_over) == 1
    assert "20300101-000000-ffff" in passed_over[0]
    assert latest(tmp_path)[0].id == new.id
    assert latest(tmp_path)[1] == passed_over
    with pytest.raises(InputFormat):
        load(tmp_path, "20300101-000000-ffff")


@pytest.mark.parametrize(
    "wrong", ["../../etc/passwd", "x", "", "20261122-120000-zzzz", "20261122-120000-0000"]
)
def test_an_id_cannot_lead_out_of_the_directory_and_a_wrong_one_is_said(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputMissing):
        load(tmp_path, wrong)


def test_nothing_to_go_on_with_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        latest(tmp_path / "none")


TOLD = Turn(
    "and <b>its</b> use?",
    "what does rizz mean",
    "Not sure. Rizz is charm [1]. It is new.",
    ("rizz",),
    2.0,
    ("0000001",),
    "define",
    (Sentence("Rizz is charm [1].", (1,)), Sentence("It is new.", (), "own words")),
    (CitedEntry(1, "0000001", "rizz", "Charm.\n# [see](http://bad.example) *this*, bitch"),),
)


def test_marks_and_sources_come_back_and_older_files_are_still_read(tmp_path: Path) -> None:
    path = save(ABOUT_RIZZ.with_turn(TOLD), tmp_path)
    assert load(tmp_path, ABOUT_RIZZ.id).turns[-1] == TOLD
    old = '{"asked": "a", "standalone": "a", "answered": "b", "headwords": ["c"], "at": 1.0}'
    path.write_text(f'{{"id": "{ABOUT_RIZZ.id}", "began": 1.0}}\n{old}\n', encoding="utf-8")
    assert load(tmp_path, ABOUT_RIZZ.id).turns == (Turn("a", "a", "b", ("c",), 1.0),)


def test_markdown_has_the_marks_and_the_sources_and_no_markup_of_strangers() -> None:
    text = markdown(ABOUT_RIZZ.with_turn(TOLD))
    assert "- Rizz is charm \\[1\\]. *(supported)*" in text
    assert "- It is new. *(own words, not verified)*" in text
    assert "\nNot sure.\n" in text
    assert "*read as: what does rizz mean*" in text
    assert "<b>" not in text.replace("\\<", "")
    assert "](" not in text
    assert "http://" not in text, "no address becomes a link by itself"
    assert not [line for line in text.splitlines() if line.startswith("# \\[see")]
    assert "bitch" not in markdown(ABOUT_RIZZ.with_turn(TOLD), safe=True)


def test_a_deleted_conversation_is_gone_and_a_second_time_it_is_said(tmp_path: Path) -> None:
    save(ABOUT_RIZZ, tmp_path)
    delete(tmp_path, ABOUT_RIZZ.id)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputMissing):
        delete(tmp_path, ABOUT_RIZZ.id)
    with pytest.raises(InputMissing):
        delete(tmp_path, "../../etc/passwd")


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("mine", encoding="utf-8")
    with pytest.raises(InputUnreadable, match="there already"):
        write_new(tmp_path / "notes.md", "ours")
    with pytest.raises(InputUnreadable):
        write_new(tmp_path / "absent" / "notes.md", "ours")
    assert (tmp_path / "notes.md").read_text(encoding="utf-8") == "mine"
