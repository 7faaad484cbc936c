"""A talk about documents: follow-ups lean on the question and the document, and no title is a slang word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.answer.scripted import ScriptedChat, found, hit, of_documents, passage

from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs, begin
from slangrag.answer.chat.follow_up import resolve
from slangrag.answer.chat.translated import Translated
from slangrag.answer.chat.turns import Talking, converse
from slangrag.answer.events import Finished, Sources
from slangrag.retrieval.types import Retrieval
from slangrag.service.retelling import retold

ASKED = "what is the deadline for apologies"
TITLE = "House rules"
DUE = passage(TITLE, "An apology goes out within two hours. It is signed.", pages=(("4", 0),))
WEEKENDS = passage(TITLE, "On Saturdays an apology may take until noon.", pages=(("9", 0),), n=2, score=4.9)
UNPAGED = passage("Minutes", "The trainee writes the apology.", n=3)


class Talk:
    """A chat whose questions all find the same, and which remembers what was looked up."""

    def __init__(self, retrieval: Retrieval, *replies: str, capable: bool = False) -> None:
        self.retrieval = retrieval
        self.looked_up: list[str] = []
        self.chat = ScriptedChat(*replies, capable=capable)
        self.conversation: Conversation = begin(0.0)
        self.read_as = ""

    def _retrieve(self, query: str) -> Retrieval:
        self.looked_up.append(query)
        return replace(self.retrieval, query=query)

    def say(self, line: str) -> str:
        self.read_as = ""
        talking = Talking(self._retrieve, self.chat, lambda text: Translated(text, (), True))
        text = ""
        for event in converse(line, self.conversation, talking):
            if isinstance(event, ReadAs):
                self.read_as = event.text
            elif isinstance(event, Finished):
                text = event.answer.text
            elif isinstance(event, Continued):
                self.conversation = event.conversation
        return text


def about_apologies(*replies: str, capable: bool = False) -> Talk:
    talk = Talk(of_documents(DUE, query=ASKED), *replies, capable=capable)
    assert "two hours" in talk.say(ASKED)
    return talk


def test_a_title_is_no_headword_and_the_turn_knows_its_document_and_page() -> None:
    turn = about_apologies().conversation.turns[-1]
    assert (turn.headwords, turn.titles, turn.kind) == ((), (TITLE,), "documents")
    assert [(one.passage, one.page) for one in turn.sources] == [(True, "4")]


@pytest.mark.parametrize(
    ("line", "standalone"),
    [
        ("and on weekends?", f"{ASKED}; and on weekends?"),
        ("what about refunds", f"{ASKED}; what about refunds"),
        ("how about at night?", f"{ASKED}; how about at night?"),
        ("on weekends?", f"{ASKED}; on weekends?"),
        ("is it rude?", f"{ASKED}; is it rude?"),
        ("why?", f"{ASKED}; why?"),
        ("who signs them", f"{ASKED}; who signs them"),
        ("what does it say about emoji", "what does House rules say about emoji"),
        ("does the guide mention emoji?", "does House rules mention emoji?"),
        ("tell me more", f"more on: {ASKED}"),
        ("anything else?", f"more on: {ASKED}"),
        ("another one", f"more on: {ASKED}"),
        ("say it in simple words", ASKED),
        ("who may refund postage", "who may refund postage"),
        ("what does rizz mean", "what does rizz mean"),
    ],
)
def test_a_follow_up_is_read_by_rules_with_what_was_asked(line: str, standalone: str) -> None:
    follow_up = resolve(line, about_apologies().conversation)
    assert follow_up.standalone == standalone
    assert (follow_up.word, follow_up.reply) == ("", None)
    assert TITLE not in follow_up.word
    assert follow_up.aspect in ("", "others")


def test_a_second_follow_up_leans_on_the_first_question_and_not_on_a_chain() -> None:
    talk = about_apologies()
    talk.say("and on weekends?")
    talk.say("and at night?")
    assert talk.read_as == f"{ASKED}; and at night?"
    assert talk.looked_up[-1] == f"{ASKED}; and at night?"


@pytest.mark.parametrize(
    "line",
    ["which page is that on?", "what page?", "on which page is it", "where does it say that?",
     "where is that from", "in which document?", "where did you find that?", "page number please"],
)  # fmt: skip
def test_the_page_is_told_from_what_was_cited_and_nothing_is_looked_up(line: str) -> None:
    talk = about_apologies()
    before = list(talk.looked_up)
    assert talk.say(line) == "That is in [1] “House rules”, p. 4."
    assert talk.looked_up == before
    assert talk.say("and on weekends?")
    assert talk.read_as == f"{ASKED}; and on weekends?"


def test_a_document_without_pages_is_named_and_that_is_said() -> None:
    talk = Talk(of_documents(UNPAGED, query="who writes it"))
    talk.say("who writes the apology")
    assert talk.say("which page is that on?") == "That is in [1] “Minutes”, which has no pages."


def test_more_tells_what_was_not_told_and_then_that_there_is_no_more() -> None:
    talk = about_apologies()
    talk.retrieval = of_documents(DUE, WEEKENDS, query=ASKED)
    assert "until noon" in (told := talk.say("tell me more"))
    assert "two hours" not in told
    assert talk.say("more") == f"My data has nothing more on “{ASKED}”."


def test_what_a_summary_and_a_check_say_of_a_document() -> None:
    talk = about_apologies()
    assert "“House rules”" in talk.say("summarise our chat")
    assert "An apology goes out within two hours." in talk.say("are you sure that's right?")


def test_a_dictionary_word_is_asked_about_as_before_whatever_documents_say_beside_it() -> None:
    ghost = hit("ghost", "To stop answering somebody. It is rude.", span="ghost")
    retrieval = Retrieval("what does ghost mean", "define", "yes", (ghost, replace(DUE, score=0.1)))
    talk = Talk(retrieval)
    talk.say("what does ghost mean")
    assert talk.conversation.turns[-1].headwords == ("ghost",)
    assert not talk.conversation.turns[-1].of_documents
    follow_up = resolve("is it rude?", talk.conversation)
    assert (follow_up.word, follow_up.aspect, follow_up.standalone) == ("ghost", "tone", "is ghost rude?")


def test_after_a_document_a_word_takes_the_talk_back_to_the_dictionary() -> None:
    talk = about_apologies()
    talk.retrieval = found(("rizz", "Charm."), span="rizz")
    talk.say("what does rizz mean")
    assert resolve("is it rude?", talk.conversation).word == "rizz"
    assert resolve("which page is that on?", talk.conversation).kind != "place"


def test_a_capable_model_is_told_of_the_document_and_writes_the_question_alone() -> None:
    talk = about_apologies(
        "An apology goes out within two hours [1].",
        "QUESTION | | what is the deadline for apologies on weekends",
        "An apology goes out within two hours [1].",
        capable=True,
    )
    talk.say("and on weekends?")
    assert talk.read_as == "what is the deadline for apologies on weekends"
    assert talk.looked_up[-1] == "what is the deadline for apologies on weekends"
    system, user = talk.chat.asked[1]
    assert "about a document and not about a slang word" in system.content
    assert f"The chat is about: {TITLE}" in user.content


def test_a_question_of_the_models_own_is_not_taken_and_the_rules_read_the_line() -> None:
    talk = about_apologies(
        "An apology goes out within two hours [1].", "QUESTION | | buy more lamps", capable=True
    )
    talk.say("and on weekends?")
    assert talk.read_as == f"{ASKED}; and on weekends?"


def test_a_talk_kept_elsewhere_has_no_titles_for_words_either() -> None:
    talk = retold([(ASKED, "Within two hours [1].")], lambda query: of_documents(DUE, query=query))
    turn = talk.turns[-1]
    assert (turn.headwords, turn.titles, turn.sources[0].page) == ((), (TITLE,), "4")
    assert resolve("and on weekends?", talk).standalone == f"{ASKED}; and on weekends?"


def test_sources_are_shown_before_the_answer() -> None:
    talk = about_apologies()
    talking = Talking(talk._retrieve, talk.chat, lambda text: Translated(text, (), True))
    events = list(converse("and on weekends?", talk.conversation, talking))
    assert isinstance(events[0], ReadAs)
    assert isinstance(events[1], Sources)
