"""What the tools take, as pydantic models, and the schemas that a client reads.

Arguments are checked with their models; results are described by those of `service.shapes`. A docstring under
a field is its description in the schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from slangrag.answer.translate.terms import Direction
from slangrag.errors import UsageError
from slangrag.retrieval.types import Only
from slangrag.service.shapes import LONGEST_TEXT, LONGEST_WORD

MOST_HITS: Final = 50
MOST_DOCUMENTS: Final = 200
LONGEST_READ: Final = 20_000
_LAST: Final = 2**31 - 1

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class DefineArguments(_Arguments):
    """What `define` takes."""

    word: Annotated[Text, Field(max_length=LONGEST_WORD)]
    """The word or phrase to look up, without anything around it."""


class SearchArguments(_Arguments):
    """What `search` takes."""

    query: Annotated[Text, Field(max_length=LONGEST_TEXT)]
    """A slang word, a message with slang in it, or a description of what a word should mean."""

    limit: Annotated[int, Field(ge=1, le=MOST_HITS)] = 10
    """At most so many definitions and passages."""

    only: Only | None = None
    """Which of dictionary and documents are searched; the server's own choice if left out."""


class AskArguments(_Arguments):
    """What `ask` takes."""

    question: Annotated[Text, Field(max_length=LONGEST_TEXT)]
    """One question about slang, complete in itself: earlier questions are not remembered."""

    quoted: bool = False
    """Ask no language model: answer with the definitions themselves. Fast, and never made up."""

    only: Only | None = None
    """Which of dictionary and documents answer; the server's own choice if left out."""


class TranslateArguments(_Arguments):
    """What `translate` takes."""

    text: Annotated[Text, Field(max_length=LONGEST_TEXT)]
    """The message."""

    to: Direction = "plain"
    """"plain": slang into plain English. "slang": plain English with words of the data."""


class DocumentsArguments(_Arguments):
    """What `documents` takes."""

    after: Annotated[int, Field(ge=0, le=_LAST)] = 0
    """Only documents with a higher number than this: the last of the list before."""

    limit: Annotated[int, Field(ge=1, le=MOST_DOCUMENTS)] = 50
    """At most so many documents."""


class ReadDocumentArguments(_Arguments):
    """What `read_document` takes."""

    document: Annotated[int, Field(ge=1, le=_LAST)]
    """The document's number, as `documents`, `search` and `ask` give it."""

    page: Annotated[int, Field(ge=1, le=_LAST)] | None = None
    """Read this page, counted from 1 in the file, instead of a stretch."""

    start: Annotated[int, Field(ge=0, le=_LAST)] | None = None
    """Read from this character on; 0 if neither page nor start is given."""

    length: Annotated[int, Field(ge=1, le=LONGEST_READ)] = 6_000
    """At most so many characters."""


class _Untitled(GenerateJsonSchema):
    """Without a title for every field: it repeats the name, and a model reads every word of a schema."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's signature
        return False


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema (2020-12), an object at its root."""
    return model.model_json_schema(schema_generator=_Untitled)


def read_arguments(model: type[BaseModel], given: dict[str, Any]) -> BaseModel:
    """The arguments of a call. Raises UsageError that names each one that is off, without its value."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        names = ", ".join(model.model_fields)
        raise UsageError("; ".join(wrong), hint=f"the arguments are: {names}") from error
