// What can go wrong between the page and the server, as values that a view can tell.

import type { ServerError } from "./types.ts";

export type ProblemKind = "gone" | "offline" | "unauthorised" | "busy" | "cut" | "error";

export class Problem extends Error {
  constructor(
    readonly kind: ProblemKind,
    message: string,
    readonly hint = "",
    readonly retryAfter = 0,
    readonly code = "",
  ) {
    super(message);
  }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** No answer at all. On loopback the network is not to blame: the server has stopped. */
export function unreachable(): Problem {
  if (!navigator.onLine && !LOOPBACK.test(location.hostname)) {
    return new Problem("offline", "You are offline.", "What is kept in this browser can still be read.");
  }
  return new Problem("gone", "The server does not answer.", "Is `slangrag serve` still running, and the tunnel to it open?");
}

export function cut(): Problem {
  return new Problem("cut", "The answer was cut off.", "What had come before stands. The server stopped, or the connection broke.");
}

const LONGEST_WAIT = 600;
const SOME_WAIT = 10; // where the server does not say how long

const FOR_PROGRAMS = /^(GET|POST) \//; // the API's advice to whoever writes a client

export function reported(told: ServerError): Problem {
  const error = FOR_PROGRAMS.test(told.hint) ? { ...told, hint: "" } : told;
  if (error.code === "queue_full") {
    return new Problem("busy", error.message, error.hint, Math.min(error.retry_after ?? SOME_WAIT, LONGEST_WAIT), error.code);
  }
  return new Problem("error", error.message, error.hint, 0, error.code);
}

/** An answer with a status of 400 and more; its body should be the server's error document. */
export async function refused(response: Response): Promise<Problem> {
  const told = await errorIn(response);
  if (response.status === 401) {
    return new Problem(
      "unauthorised",
      "This page needs the server's token.",
      "Open it with the whole address that `slangrag serve` printed: it ends in #token=…",
    );
  }
  const wait = Number(response.headers.get("Retry-After") ?? "");
  if ((response.status === 503 || response.status === 429) && wait > 0) {
    return new Problem("busy", told?.message || "The server is busy.", told?.hint ?? "", Math.min(wait, LONGEST_WAIT), told?.code);
  }
  if (told) return reported(told);
  return new Problem("error", `The server answered with status ${response.status}.`, "Try again, or read the server's log.");
}

async function errorIn(response: Response): Promise<ServerError | null> {
  try {
    const { error } = (await response.json()) as { error?: Partial<ServerError> };
    return error?.message ? { message: String(error.message), hint: String(error.hint ?? ""), code: String(error.code ?? "") } : null;
  } catch {
    return null; // a proxy's page, not the server's document: the caller tells the status
  }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem("error", "Something in this page failed.", String(error));
}
