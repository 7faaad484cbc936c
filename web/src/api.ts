// The server's API: one function each. Every failure is a Problem.

import { Problem, asProblem, cut, refused, unreachable } from "./problem.ts";
import { serverSent } from "./sse.ts";
import { token } from "./token.ts";
import type {
  Added,
  AskEvent,
  DefineDocument,
  DocumentText,
  EntryDocument,
  Only,
  SearchDocument,
  Status,
  StoredDocument,
  TranslateDocument,
} from "./types.ts";

async function reach(path: string, accept: string, body?: unknown, signal?: AbortSignal, method = ""): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (token()) headers["Authorization"] = `Bearer ${token()}`;
  const init: RequestInit = { headers, cache: "no-store", credentials: "omit", signal: signal ?? null };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.method = "POST";
    init.body = JSON.stringify(body);
  }
  if (method) init.method = method;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    throw signal?.aborted ? error : unreachable();
  }
  if (!response.ok) throw await refused(response);
  return response;
}

async function call<T>(path: string, body?: unknown, signal?: AbortSignal, method = ""): Promise<T> {
  const response = await reach(path, "application/json", body, signal, method);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem("error", "The server's answer could not be read.", "Try again.");
  }
}

export const status = (signal?: AbortSignal) => call<Status>("/api/status", undefined, signal);
export const random = () => call<{ word: string }>("/api/random");
export const define = (word: string, signal?: AbortSignal) => call<DefineDocument>("/api/define", { word }, signal);
export const search = (query: string, signal?: AbortSignal) => call<SearchDocument>("/api/search", { query }, signal);
export const entry = (id: string, signal?: AbortSignal) =>
  call<EntryDocument>(`/api/entries/${encodeURIComponent(id)}`, undefined, signal);

export const documents = (signal?: AbortSignal) => call<{ documents: StoredDocument[] }>("/api/documents", undefined, signal);
export const documentPage = (number: number, page: number, signal?: AbortSignal) =>
  call<DocumentText>(`/api/documents/${number}/pages/${page}`, undefined, signal);
export const documentPart = (number: number, start: number, length: number, signal?: AbortSignal) =>
  call<DocumentText>(`/api/documents/${number}?start=${start}&length=${length}`, undefined, signal);
export const removeDocument = (number: number) => call<object>(`/api/documents/${number}`, undefined, undefined, "DELETE");

/** Sends a file; fetch could not tell how much of it has gone. */
export function upload(file: File, sent: (share: number) => void, signal: AbortSignal): Promise<Added> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/documents?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    if (token()) request.setRequestHeader("Authorization", `Bearer ${token()}`);
    request.upload.onprogress = (event) => sent(event.lengthComputable ? event.loaded / event.total : 0);
    request.upload.onload = () => sent(1);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new DOMException("left", "AbortError"));
    request.onload = () => {
      if (request.status < 300) return resolve(JSON.parse(request.responseText) as Added);
      const wait = request.getResponseHeader("Retry-After");
      const headers: HeadersInit = wait ? { "Retry-After": wait } : {};
      void refused(new Response(request.responseText, { status: request.status, headers })).then(reject);
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

export interface TranslateRequest {
  text: string;
  to: "plain" | "slang";
  ask_model: boolean;
  substitute: boolean;
}

export const translate = (request: TranslateRequest, signal?: AbortSignal) =>
  call<TranslateDocument>("/api/translate", request, signal);

const completed = new Map<string, string[]>();

export async function headwords(starting: string, signal?: AbortSignal): Promise<string[]> {
  const before = completed.get(starting);
  if (before) return before;
  const path = `/api/headwords?starting=${encodeURIComponent(starting)}&limit=8`;
  const { headwords: found } = await call<{ headwords: string[] }>(path, undefined, signal);
  if (completed.size > 300) completed.clear();
  completed.set(starting, found);
  return found;
}

export interface AskRequest {
  question: string;
  turns?: { question: string; answer: string }[];
  quoted?: boolean;
  generate?: boolean;
  only?: Only;
}

const LAST = new Set(["finished", "error"]);

/** The events of an answer; throws a Problem of kind "cut" where the stream ends before its last event. */
export async function* ask(request: AskRequest, signal: AbortSignal): AsyncGenerator<AskEvent> {
  const response = await reach("/api/ask", "text/event-stream", request, signal);
  if (!response.body) throw cut();
  try {
    for await (const { name, data } of serverSent(response.body)) {
      yield { name, data: JSON.parse(data) } as AskEvent;
      if (LAST.has(name)) return;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw error instanceof TypeError || error instanceof SyntaxError ? cut() : asProblem(error);
  }
  throw cut();
}
