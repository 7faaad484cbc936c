// A problem, told: what happened, what to do, and a way to try again.

import { useEffect, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import type { Problem } from "../problem.ts";
import { Icon } from "./Icon.tsx";

interface Props {
  problem: Problem;
  onRetry?: () => void;
  /** Asks for the definitions alone, which wait for no model. */
  onQuote?: () => void;
}

export function Trouble({ problem, onRetry, onQuote }: Props) {
  const left = useCountdown(problem);
  const retry = problem.kind === "unauthorised" ? undefined : onRetry;
  return (
    <div class="trouble" data-problem={problem.kind}>
      <p class="trouble-what">{withCode(problem.message)}</p>
      {problem.hint && <p>{withCode(problem.hint)}</p>}
      {problem.kind === "busy" && (
        <p>{left > 0 ? `The server asks to wait ${left} more second${left === 1 ? "" : "s"}.` : "You can try again now."}</p>
      )}
      {retry && (
        <button type="button" class="quiet" onClick={retry}>
          <Icon name="again" />
          Try again
        </button>
      )}
      {problem.kind === "busy" && onQuote && (
        <button type="button" class="quiet" onClick={onQuote}>
          Show the definitions now
        </button>
      )}
    </div>
  );
}

/** Seconds until the server wants to be asked again. */
function useCountdown(problem: Problem): number {
  const [left, setLeft] = useState(problem.retryAfter);
  useEffect(() => {
    const until = Date.now() + problem.retryAfter * 1000;
    setLeft(problem.retryAfter);
    if (!problem.retryAfter) return;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(seconds);
      if (seconds === 0) {
        clearInterval(timer);
        announce("You can try again now.");
      }
    }, 500);
    return () => clearInterval(timer);
  }, [problem]);
  return left;
}

/** `commands` in a message, as code. */
export function withCode(text: string) {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 ? <code>{part}</code> : part));
}
