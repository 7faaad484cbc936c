// A request that a view makes when it opens, and again when what it asks for changes.

import { useEffect, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { type Problem, asProblem } from "../problem.ts";
import { learnStrong } from "../strong.ts";

export interface Answered<T> {
  value: T | null;
  problem: Problem | null;
  again: () => void;
}

export function useRequest<T extends object>(ask: ((signal: AbortSignal) => Promise<T>) | null, key: string): Answered<T> {
  const [tries, setTries] = useState(0);
  const [told, setTold] = useState<{ key: string; value: T | null; problem: Problem | null }>({ key: "", value: null, problem: null });
  useEffect(() => {
    if (!ask) return;
    const leave = new AbortController();
    setTold({ key, value: null, problem: null });
    ask(leave.signal).then(
      (value) => {
        learnStrong(value as { strong?: string[] });
        if (!leave.signal.aborted) setTold({ key, value, problem: null });
      },
      (error: unknown) => {
        if (leave.signal.aborted) return;
        const problem = asProblem(error);
        setTold({ key, value: null, problem });
        announce(`${problem.message} ${problem.hint}`);
      },
    );
    return () => leave.abort();
  }, [key, tries]);
  const current = told.key === key;
  return { value: current ? told.value : null, problem: current ? told.problem : null, again: () => setTries(tries + 1) };
}
