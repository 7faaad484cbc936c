// A value that components follow: all the state that outlives a view is in a few of these.

import { useLayoutEffect, useState } from "preact/hooks";

export class Cell<T> {
  #value: T;
  #followers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(next: T) {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const follower of [...this.#followers]) follower();
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

export function useCell<T>(cell: Cell<T>): T {
  const [, again] = useState({});
  useLayoutEffect(() => cell.follow(() => again({})), [cell]);
  return cell.value;
}
