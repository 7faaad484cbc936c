"""Whether a conversion lost nothing: the XML, the CSV as ingest reads it, that as XML again, row by row."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from slangrag.service.converting import Skipped, Tally, Told, fault_of, in_megabytes, xml_from_csv
from slangrag.sources.csv.fields import content_id, vote_count
from slangrag.sources.source import open_source
from slangrag.sources.xml.records import XmlShape, read_records
from slangrag.sources.xml.writing import fields_of, shape_of_ours
from slangrag.text.clean import clean_definition, clean_word


@dataclass(frozen=True, slots=True)
class Check:
    """What became of the rows: in the CSV, in what ingest reads of it, and after the way back to XML.

    refused: rows that ingest would reject, by its reasons and with the CSV's lines. different: rows that are
    not the same in all three, with the XML's lines.
    """

    compared: int
    same: int
    different: Skipped
    refused: tuple[Skipped, ...]

    @property
    def ok(self) -> bool:
        """Whether every row came through."""
        return self.same == self.compared and not self.refused and not self.different.count


def check(source: Path, shape: XmlShape, converted: Path, told: Told) -> Check:
    """Compare an XML file, the CSV made of it as ingest reads it, and that written as XML and read again.

    Texts are compared as ingest cleans them. Needs room beside the CSV for its like. Raises as
    `csv_from_xml` and `xml_from_csv` do.
    """
    different, refused = Tally(), Tally()
    compared = same = 0
    with tempfile.TemporaryDirectory(prefix=".check.", dir=converted.parent) as folder:
        back = Path(folder) / "back.xml"
        xml_from_csv(converted, back, lambda _stage, _done, _total: told("back to XML", 0, None))
        again = (
            row.fields for one in read_records(back, shape_of_ours(), lambda _done: None) for row in one.rows
        )
        with open_source(converted) as opened:
            told_megabytes = in_megabytes("check", source, told)
            for wanted, record in zip_longest(_lines(source, shape, told_megabytes), opened.records()):
                compared += 1
                if record is not None and record.reject is not None:
                    refused.add(record.reject.reason, record.line)
                    continue
                line, expected = wanted or (0, None)
                read = None if record is None or record.entry is None else fields_of(record.entry)
                if expected == read == next(again, None):
                    same += 1
                else:
                    different.add("different", line)
    return Check(compared, same, different.of("different"), refused.all())


def _lines(
    source: Path, shape: XmlShape, told: Callable[[int], None]
) -> Iterator[tuple[int, dict[str, str] | None]]:
    """The rows that were written, each with its line and as ingest should read it."""
    for record in read_records(source, shape, told):
        for row in record.rows:
            if not fault_of(row):
                yield record.line, _as_ingested(row.fields)


def _as_ingested(fields: Mapping[str, str]) -> dict[str, str] | None:
    """The fields as an entry has them; None for votes that cannot be read."""
    word, definition = clean_word(fields["word"]), clean_definition(fields["definition"])
    votes = {}
    for name in ("up_votes", "down_votes"):
        try:
            count = vote_count(fields.get(name, ""))
        except ValueError:
            return None
        votes[name] = "" if count is None else str(count)
    return {
        "word_id": clean_word(fields.get("word_id", "")) or content_id(word, definition),
        "word": word,
        "definition": definition,
        **votes,
        "author": clean_word(fields.get("author", "")),
    }
