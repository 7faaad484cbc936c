"""Whatever the bytes: nothing stops the run, and every byte belongs to one record."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.sources.records import HEADER, records_of

# No markup, nothing that cleaning takes out (Hangul fillers are letters without ink).
SAFE = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["C", "Z", "M"],
        exclude_characters='&<;"#\u115f\u1160\u3164\uffa0',
    ),
    min_size=1,
)


@given(st.lists(st.tuples(SAFE, SAFE), max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    table = StringIO()
    csv.writer(table).writerows(
        [HEADER.strip().split(","), *([f"{i:07d}", w, 1, 2, "a", d] for i, (w, d) in enumerate(rows))]
    )
    path = tmp_path_factory.mktemp("written") / "words.csv"
    path.write_bytes(table.getvalue().encode())
    assert [(r.entry.word, r.entry.definition) for r in records_of(path) if r.entry] == rows


@given(
    st.lists(
        st.sampled_from(
            [
                b"0000001,",
                b"0000002,a,1,2,x,",
                b'"',
                b'""',
                b",",
                b"\n",
                b"\r\n",
                b"\r",
                b"word",
                b"1",
                b"\xff",
                b"\0",
                b";;",
            ]
        ),
        max_size=40,
    )
)
def test_no_bytes_stop_the_run_and_every_byte_belongs_to_one_record(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("any") / "words.csv"
    path.write_bytes(HEADER.encode() + b"".join(pieces))
    records = records_of(path)
    assert all((record.entry is None) != (record.reject is None) for record in records)
    if records:
        assert records[-1].after.place[1] == path.stat().st_size
        assert [record.after.record for record in records] == list(range(1, len(records) + 1))
        middle = len(records) // 2
        assert records_of(path, records[middle].after) == records[middle + 1 :]
