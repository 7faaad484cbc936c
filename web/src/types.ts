// The server's JSON documents, as docs/cli.md ("JSON") has them.

export type Known = "yes" | "maybe" | "no";
export type Support = "supported" | "own words" | "quoted" | "remark";

export interface Entry {
  entry_id: string;
  word: string;
  definition: string;
  up_votes: number | null;
  down_votes: number | null;
}

/** Words that the switch for strong words masks, as they are spelt in the document. */
interface Masked {
  strong?: string[];
}

export interface EntryDocument extends Entry, Masked {}

/** Where a passage stands; start and end count code points of the document's text. */
export interface Locator {
  document: number;
  title: string;
  heading: string;
  page: number | null;
  label: string | null;
  url: string | null;
  start: number;
  end: number;
}

export interface Hit extends Entry {
  rank: number;
  kind?: "entry" | "passage";
  locator?: Locator;
  match: "exact" | "inflected" | "fuzzy" | "lexical" | "semantic";
}

export interface DefineDocument extends Masked {
  word: string;
  known: Known;
  entries: Entry[];
  suggestions: string[];
}

export interface SearchDocument extends Masked {
  query: string;
  intent: "define" | "sentence" | "reverse";
  known: Known;
  hits: Hit[];
  suggestions: string[];
  notes: string[];
}

/** Where hit n's definition says it; start and end count code points. */
export interface Evidence {
  n: number;
  start: number;
  end: number;
  /** Of a passage: where that is in its document. */
  document?: number;
  document_start?: number;
  document_end?: number;
  page?: string | null;
  page_number?: number | null;
}

export interface Sentence {
  text: string;
  citations: number[];
  support: Support;
  evidence?: Evidence[];
}

export interface AskDocument extends Masked {
  query: string;
  answer: string;
  known: Known;
  abstained: boolean;
  grounded: boolean;
  hits: Hit[];
  engine: string;
  model: string;
  timings_ms: Record<string, number>;
  quoted: boolean;
  suggestions: string[];
  notes: string[];
  sentences: Sentence[];
}

export interface Term {
  span: string;
  start: number;
  end: number;
  word: string;
  entry_id: string;
  definition: string;
  senses: { word: string; entry_id: string; meaning: string }[];
}

export interface TranslateDocument extends Masked {
  text: string;
  plain: string;
  terms: Term[];
  grounded: boolean;
  engine: string;
  model: string;
  rendering: "rewritten" | "substituted" | "glossed";
  notes: string[];
}

export interface Status {
  version: string;
  store: { headwords: number; rows: number; complete: boolean; data_until: string | null };
  engine: string;
  model: string;
  capable: boolean;
  gpu: boolean | null;
  ready: boolean;
  notes: string[];
  queue: { running: number; waiting: number; room: number };
  documents: number;
  only: Only;
  uploads: boolean;
}

export type Only = "both" | "dictionary" | "documents";

export interface StoredDocument {
  number: number;
  title: string;
  kind: string;
  source: string;
  date: string;
  pages: number;
  passages: number;
  characters: number;
  bytes: number;
  added_at: string;
  changed_at: string;
  notes: string[];
}

export interface DocumentText extends StoredDocument, Masked {
  start: number;
  text: string;
  page_list: { number: number; label: string; start: number; end: number }[];
}

export interface Added {
  outcome: "added" | "changed" | "unchanged";
  document: StoredDocument;
  embedded: number;
  refused: number;
}

export interface Withheld {
  text: string;
  reason: string;
}

export interface ServerError {
  message: string;
  hint: string;
  code: string;
  /** Seconds; in a stream, where no header can say it. */
  retry_after?: number | null;
}

/** The events of an answer, by the name that the stream gives them. */
export type AskEvent =
  | { name: "queued"; data: { ahead: number } }
  | { name: "read_as" | "note" | "draft" | "remark"; data: { text: string } }
  | { name: "sources"; data: SearchDocument }
  | { name: "first_token"; data: { ms: number } }
  | { name: "sentence"; data: Sentence }
  | { name: "withdrawn"; data: Withheld }
  | { name: "finished"; data: AskDocument }
  | { name: "error"; data: { error: ServerError } };
