"""The tools' schemas are the documents of `service/documents.py`, and a missing SDK has its pip line."""

from __future__ import annotations

from importlib import metadata
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ConfigDict

from slangrag.answer.events import Answer, Citation, Sentence, Support
from slangrag.answer.translate.terms import Sense, SlangTerm, Translation
from slangrag.errors import EngineMissing
from slangrag.mcp import require_sdk, schemas
from slangrag.mcp.tools import TOOLS
from slangrag.retrieval.types import Definition, Hit, Retrieval, Span
from slangrag.service import documents, shapes
from slangrag.sources.entry import Entry

ENTRY = Entry("0000001", "rizz", "Charm.", 5, None)
HITS = (Hit(ENTRY, 1.0, "exact", Span("rizz", 0, 4), slang=0.9), Hit(ENTRY, 0.5, "semantic"))
TERM = SlangTerm(Span("rizz", 0, 4), (Sense("0000001", "rizz", "Charm.", "charm"),))
ANSWER = Answer(
    "q", "Charm [1].", "yes", False, True, (Citation(1, "0000001", "rizz"),), HITS, "e", "m",
    {"total": 1.0}, sentences=(Sentence("Charm [1].", (1,)),),
)  # fmt: skip


def exact(model: type[BaseModel]) -> type[BaseModel]:
    """The model, in which a field too many is an error, all the way down."""
    made: dict[type[BaseModel], type[BaseModel]] = {}

    def strict(one: Any) -> Any:
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one not in made:
                fields = {name: strict(info.annotation) for name, info in one.model_fields.items()}
                defaults = {
                    name: info.default for name, info in one.model_fields.items() if not info.is_required()
                }
                body = {"__annotations__": fields, "model_config": ConfigDict(extra="forbid"), **defaults}
                made[one] = type(one.__name__, (BaseModel,), body)
            return made[one]
        if getattr(one, "__origin__", None) is list:
            return list[strict(get_args(one)[0])]  # type: ignore[misc]
        return one

    return strict(model)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("model", "document"),
    [
        (shapes.Definition, documents.definition(Definition("rizz", "yes", (ENTRY,), ("riz",)))),
        (shapes.Retrieval, documents.retrieval(Retrieval("q", "define", "yes", HITS, ("riz",), ("n",)))),
        (shapes.Answer, documents.answer(ANSWER)),
        (shapes.Translation, documents.translation(Translation("rizz", "charm", (TERM,)))),
    ],
)
def test_a_result_has_the_fields_of_its_document_and_no_others(
    model: type[BaseModel], document: dict[str, Any]
) -> None:
    exact(model).model_validate(document)
    assert set(model.model_fields) == set(document)


def test_a_sentence_that_is_shown_stands_in_one_of_the_ways_that_the_schema_names() -> None:
    named = get_args(shapes.Sentence.model_fields["support"].annotation)
    assert set(named) == set(get_args(Support)) - {"withheld"}


def test_a_schema_is_an_object_without_noise() -> None:
    for tool in TOOLS:
        for model in (tool.arguments, tool.result):
            schema = schemas.schema_of(model)
            assert schema["type"] == "object"
            assert not any("title" in field for field in schema["properties"].values())


@pytest.mark.parametrize("installed", ["", "1.30.0"])
def test_a_missing_or_old_sdk_comes_with_its_pip_line(
    installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(_: str) -> str:
        if not installed:
            raise metadata.PackageNotFoundError("mcp")
        return installed

    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(EngineMissing, match="version 2") as told:
        require_sdk()
    assert told.value.hint == "pip install 'slangrag[mcp]'"
