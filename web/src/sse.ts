// Server-sent events from a fetch: EventSource can neither POST nor send a token.

export interface ServerSent {
  name: string;
  data: string;
}

/** Takes text as it comes, in any pieces; gives whole events. Follows the WHATWG HTML standard, 9.2.6. */
export class EventParser {
  #rest = "";
  #name = "";
  #data: string[] = [];

  take(text: string): ServerSent[] {
    const events: ServerSent[] = [];
    this.#rest += text;
    // A lone \r at the end may be the first half of \r\n: wait for what follows.
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length) events.push({ name: this.#name || "message", data: this.#data.join("\n") });
        this.#name = "";
        this.#data = [];
      } else {
        const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
        if (field === "event") this.#name = value;
        if (field === "data") this.#data.push(value);
      }
    }
    return events;
  }
}

export async function* serverSent(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.take(decoder.decode(value, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
