-- A store as version 1 of the schema had it: twelve entries, one of them under a second id, two rejects.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row per distinct folded headword. word is the spelling to show.
CREATE TABLE headwords (
    hid INTEGER PRIMARY KEY,
    fold TEXT NOT NULL UNIQUE,
    word TEXT NOT NULL
);

-- AUTOINCREMENT: the index remembers row ids, so one that was pruned must not come back.
CREATE TABLE entries (
    rid INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id TEXT NOT NULL UNIQUE,
    hid INTEGER NOT NULL REFERENCES headwords (hid),
    word TEXT NOT NULL,
    definition TEXT NOT NULL,
    up_votes INTEGER,
    down_votes INTEGER,
    author TEXT NOT NULL DEFAULT '',
    rating INTEGER NOT NULL DEFAULT 0,
    text_hash BLOB NOT NULL,           -- of word and definition: what decides whether to embed again
    source INTEGER NOT NULL            -- ledger id of the last load that saw this entry
);
CREATE INDEX entries_by_headword ON entries (hid);

-- One row per load of one file with one set of options. record, line, byte: where to go on.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,               -- reading, superseded, complete
    record INTEGER NOT NULL DEFAULT 0,
    line INTEGER NOT NULL DEFAULT 0,
    byte INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0,
    filtered INTEGER NOT NULL DEFAULT 0,
    embedded INTEGER NOT NULL DEFAULT 0,
    rewritten INTEGER NOT NULL DEFAULT 0,  -- entries of earlier loads that this one changed or pruned
    saved_at TEXT NOT NULL
);

-- Rows set aside. entry_id, text_hash and fold are there for rows that the embedder refused.
CREATE TABLE rejects (
    source INTEGER NOT NULL REFERENCES ledger (id),
    record INTEGER NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    entry_id TEXT,
    text_hash BLOB,
    fold TEXT,
    PRIMARY KEY (source, record)
) WITHOUT ROWID;
CREATE INDEX rejects_by_entry ON rejects (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX rejects_by_headword ON rejects (fold) WHERE fold IS NOT NULL;

-- Entries that the index holds otherwise than this file does: changed or gone since it was built.
CREATE TABLE stale (entry_id TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE VIRTUAL TABLE entries_fts USING fts5 (
    word, definition, content='entries', content_rowid='rid', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TABLE vectors (rid INTEGER PRIMARY KEY, vector BLOB NOT NULL);

-- Looser forms than `fold`, only where they differ from it; several headwords may share one.
CREATE TABLE forms (
    form TEXT NOT NULL,
    kind INTEGER NOT NULL,             -- 1 joined, 2 squeezed, 3 stem, 4 skeleton
    hid INTEGER NOT NULL REFERENCES headwords (hid),
    PRIMARY KEY (form, kind, hid)
) WITHOUT ROWID;

-- How many entries define a headword, and what people thought of them (NULL where no vote is known).
CREATE TABLE headword_stats (
    hid INTEGER PRIMARY KEY REFERENCES headwords (hid),
    entries INTEGER NOT NULL,
    up_votes INTEGER,
    down_votes INTEGER
);

-- In how many definitions a folded word occurs, for words that occur in two or more.
CREATE TABLE terms (term TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('background', '{"embedder": {"engine": "stub", "model": "hash", "digest": "", "dimension": 16, "document_template": "{word}: {definition}", "query_template": "{text}"}, "centre": [0.01134, 0.02477, -0.0095, -0.01832, -0.08309, -0.07165, -0.02881, -0.07278, 0.02418, -0.01199, 0.09259, 0.01258, -0.00118, 0.12298, 0.03975, 0.03469], "spread": 0.24207, "rows": 12}');
INSERT INTO meta VALUES ('created', '"2026-11-29T10:56:49+00:00"');
INSERT INTO meta VALUES ('embedder', '{"engine": "stub", "model": "hash", "digest": "", "dimension": 16, "document_template": "{word}: {definition}", "query_template": "{text}"}');
INSERT INTO headwords VALUES (1, 'word 0', 'word 0');
INSERT INTO headwords VALUES (2, 'word 1', 'word 1');
INSERT INTO headwords VALUES (3, 'word 2', 'word 2');
INSERT INTO headwords VALUES (4, 'word 3', 'word 3');
INSERT INTO headwords VALUES (5, 'word 4', 'word 4');
INSERT INTO headwords VALUES (6, 'word 5', 'word 5');
INSERT INTO headwords VALUES (7, 'word 6', 'word 6');
INSERT INTO headwords VALUES (8, 'word 7', 'word 7');
INSERT INTO headwords VALUES (9, 'word 8', 'word 8');
INSERT INTO headwords VALUES (10, 'word 9', 'word 9');
INSERT INTO headwords VALUES (11, 'word 10', 'word 10');
INSERT INTO entries VALUES (1, '0000000', 1, 'word 0', 'meaning 0', 0, 0, 'someone', 0, X'B828006E831156D69664C8E2F9F83653', 1);
INSERT INTO entries VALUES (2, '0000001', 2, 'word 1', 'meaning 1', 1, 1, 'someone', 0, X'314EA8EB54D594B1CDEF21B7E351FE4B', 1);
INSERT INTO entries VALUES (3, '0000002', 3, 'word 2', 'meaning 2', 2, 2, 'someone', 0, X'6A7F2C5780A3FA930B146FDCE64764CA', 1);
INSERT INTO entries VALUES (4, '0000003', 4, 'word 3', 'meaning 3', 3, 3, 'someone', 0, X'1E0901D92D0D12F4BA4B5F23346B7DFF', 1);
INSERT INTO entries VALUES (5, '0000004', 5, 'word 4', 'meaning 4', 4, 4, 'someone', 0, X'EE78DB568C607DC6F2231920994EFED1', 1);
INSERT INTO entries VALUES (6, '0000005', 6, 'word 5', 'meaning 5', 5, 5, 'someone', 0, X'3AA764BEBCEF1D4466C8190B9FBF65CA', 1);
INSERT INTO entries VALUES (7, '0000006', 7, 'word 6', 'meaning 6', 6, 6, 'someone', 0, X'BE45C05F8798FBD9E1A6418C9363FB8E', 1);
INSERT INTO entries VALUES (8, '0000007', 8, 'word 7', 'meaning 7', 7, 0, 'someone', 0, X'A9E2438BCA7E850CC9BED09748438FDD', 1);
INSERT INTO entries VALUES (9, '0000008', 9, 'word 8', 'meaning 8', 8, 1, 'someone', 0, X'9916016C2EF66CFE477F185AF84F909F', 1);
INSERT INTO entries VALUES (10, '0000009', 10, 'word 9', 'meaning 9', 9, 2, 'someone', 0, X'3664662224420875B4B95C938A580363', 1);
INSERT INTO entries VALUES (11, '0000010', 11, 'word 10', 'meaning 10', 10, 3, 'someone', 0, X'6005947D327F1F44F6830DACE8061038', 1);
INSERT INTO entries VALUES (12, '0000003~32e4c555', 4, 'word 3', 'another meaning', 1, 1, 'someone', 0, X'32E4C5550CA2A1E93CF071C62EDF1CEC', 1);
INSERT INTO ledger VALUES (1, 'old.csv', 626, '0b6212e290300cbba537b8b9a1a0caa5a64194bba0033bbfd0d4219991c50f39', '{"columns": {}, "filters": {"limit": null, "max_per_word": null, "min_score": null, "min_up": null}, "prune": false}', 'complete', 15, 17, 626, 12, 2, 1, 0, 12, 0, '2026-11-29T10:56:49+00:00');
INSERT INTO rejects VALUES (1, 12, 13, 'embedder-rejected', 'word 11: too long', '0000011', X'A168A36D178DAE1AF911CEC847018B3B', 'word 11');
INSERT INTO rejects VALUES (1, 15, 16, 'empty-word', '0000099,,1,1,someone,nothing', NULL, NULL, NULL);
INSERT INTO vectors VALUES (1, X'45315A2DA5B2D4AE0FB5A033EF2B79B931B5DF311E30CC26F93318328830C5AD');
INSERT INTO vectors VALUES (2, X'94AD69AC623528B5729E0C2D7B3785B3EF30C2A823B27FB094355C354B2F7136');
INSERT INTO vectors VALUES (3, X'B9B05F8E81AC7335F5B4A4A40DB9B42E1A3399B54D2D6FA71CAE2EB4A43107B4');
INSERT INTO vectors VALUES (4, X'3BB1CBA4563009AF6C25ECB4A7B8782E3231E6B0073990A5E230DBAED42F1EAC');
INSERT INTO vectors VALUES (5, X'1F2420A7E6B454387AB0D1B7CCAF20B1C9B24AB0E43063A190346D3595B112A7');
INSERT INTO vectors VALUES (6, X'BF37B5344D3665AFBB35CA2EDFB0D8AC2FB060322A3273324EB525B373AD78B2');
INSERT INTO vectors VALUES (7, X'4BAC13B594B426A8C2B26DB7E7AD90B2A9A937A36F345F33123471B0BC32DCB7');
INSERT INTO vectors VALUES (8, X'E22BDCAD3028DD22CFAD45B2392EC0AEBD37052FA49A95AAABB7BD388BB45A2E');
INSERT INTO vectors VALUES (9, X'342E52A4452E8834ECB898310435FC2E0734873405360DB390A4A6AB6CAC5032');
INSERT INTO vectors VALUES (10, X'7331E936813400B704B16CADDDB32C317FB51D326CAF1BA6D9332F3635B0E224');
INSERT INTO vectors VALUES (11, X'D6B5A230DBB11E304933E79E86367530A12814B218B28AA1BDB5D43717343D33');
INSERT INTO vectors VALUES (12, X'0FA76AAF6BB570B6BE33E92E333014A67E286DB33DB36C3244B443AC6E32CB38');
INSERT INTO forms VALUES ('word0', 1, 1);
INSERT INTO forms VALUES ('word1', 1, 2);
INSERT INTO forms VALUES ('word10', 1, 11);
INSERT INTO forms VALUES ('word2', 1, 3);
INSERT INTO forms VALUES ('word3', 1, 4);
INSERT INTO forms VALUES ('word4', 1, 5);
INSERT INTO forms VALUES ('word5', 1, 6);
INSERT INTO forms VALUES ('word6', 1, 7);
INSERT INTO forms VALUES ('word7', 1, 8);
INSERT INTO forms VALUES ('word8', 1, 9);
INSERT INTO forms VALUES ('word9', 1, 10);
INSERT INTO forms VALUES ('wrd0', 4, 1);
INSERT INTO forms VALUES ('wrd1', 4, 2);
INSERT INTO forms VALUES ('wrd10', 4, 11);
INSERT INTO forms VALUES ('wrd2', 4, 3);
INSERT INTO forms VALUES ('wrd3', 4, 4);
INSERT INTO forms VALUES ('wrd4', 4, 5);
INSERT INTO forms VALUES ('wrd5', 4, 6);
INSERT INTO forms VALUES ('wrd6', 4, 7);
INSERT INTO forms VALUES ('wrd7', 4, 8);
INSERT INTO forms VALUES ('wrd8', 4, 9);
INSERT INTO forms VALUES ('wrd9', 4, 10);
INSERT INTO headword_stats VALUES (1, 1, 0, 0);
INSERT INTO headword_stats VALUES (2, 1, 1, 1);
INSERT INTO headword_stats VALUES (3, 1, 2, 2);
INSERT INTO headword_stats VALUES (4, 2, 4, 4);
INSERT INTO headword_stats VALUES (5, 1, 4, 4);
INSERT INTO headword_stats VALUES (6, 1, 5, 5);
INSERT INTO headword_stats VALUES (7, 1, 6, 6);
INSERT INTO headword_stats VALUES (8, 1, 7, 0);
INSERT INTO headword_stats VALUES (9, 1, 8, 1);
INSERT INTO headword_stats VALUES (10, 1, 9, 2);
INSERT INTO headword_stats VALUES (11, 1, 10, 3);
INSERT INTO terms VALUES ('meaning', 12);
INSERT INTO entries_fts (entries_fts) VALUES ('rebuild');
PRAGMA user_version = 1;
