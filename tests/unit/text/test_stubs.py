"""Which definitions send elsewhere, and where to."""

from __future__ import annotations

import pytest

from slangrag.text.stubs import Stub, stub


@pytest.mark.parametrize(
    ("definition", "targets"),
    [
        ("see [mutuals]", ("mutuals",)),
        ("See: Flying Squid.", ("Flying Squid",)),
        ("see also what everybody likes", ("what everybody likes",)),
        ('(See definition for "Train Run")', ("Train Run",)),
        ("see synonyms at [hecka].", ("hecka",)),
        ("refer to drip", ("drip",)),
        ("same as yeet", ("yeet",)),
        ("Plural form of 'jawn'", ("jawn",)),
        ("past tense of [yeet]", ("yeet",)),
        ("alternate spelling of cool", ("cool",)),
        ("n. Variant of donk.", ("donk",)),
        ("The British version of fit.", ("fit",)),
        ("See Mop, Brush.", ("Mop, Brush", "Mop", "Brush")),
    ],
)
def test_a_bare_stub_says_nothing_itself(definition: str, targets: tuple[str, ...]) -> None:
    found = stub(definition)
    assert found is not None
    assert found.bare
    assert found.targets[: len(targets)] == targets


@pytest.mark.parametrize(
    ("definition", "target"),
    [
        ("another word for kecks", "kecks"),
        ("Slang for boinking.", "boinking"),
        ("short for homie", "homie"),
        ("Just another way of saying chillin", "chillin"),
        ("Like chillax, but on a Sunday.", "chillax"),
        ("the same as a milf but thirty years older", "milf"),
        ("Misspelling of noob. Typed in a hurry by those who mean it.", "noob"),
        ("see [noob]\nAlso said of new pupils.", "noob"),
    ],
)
def test_half_a_meaning_points_too(definition: str, target: str) -> None:
    assert stub(definition) == Stub((target,), bare=False)


@pytest.mark.parametrize(
    "definition",
    [
        "To see somebody in secret.",
        "see the way he walks, that is drip and nothing else will ever be it",
        "Refers to when someone is really tired.",
        "A seesaw.",
        "Seeing two people at once.",
        "Like, all the time.",
        "Another word that nobody needs.",
        "",
    ],
)
def test_a_meaning_is_no_stub(definition: str) -> None:
    assert stub(definition) is None
