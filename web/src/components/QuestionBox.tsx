// The box that one writes into: Enter sends, Shift+Enter makes a line.

import { useLayoutEffect, useRef } from "preact/hooks";
import { Options, useCompletion } from "./completion.tsx";
import { Icon } from "./Icon.tsx";

interface Props {
  label: string;
  placeholder: string;
  verb: string;
  value: string;
  onValue: (value: string) => void;
  onSend: () => void;
  /** Nothing is sent meanwhile; one may write. */
  running: boolean;
  /** Makes the button stop what runs. */
  onStop?: () => void;
  completes?: boolean;
  most?: number;
}

export function QuestionBox({ label, placeholder, verb, value, onValue, onSend, running, onStop, completes = false, most = 4000 }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const completion = useCompletion(false, (text, at) => {
    caret.current = at;
    onValue(text);
  });

  useLayoutEffect(() => {
    if (caret.current === null) return;
    box.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value]);

  function send(): void {
    completion.close();
    if (!running && value.trim()) onSend();
  }

  function pressed(event: KeyboardEvent): void {
    if (completion.key(event) || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  }

  return (
    <form
      class="box"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        data-box
        class="box-text"
        aria-label={label}
        aria-keyshortcuts="/"
        aria-autocomplete={completes ? "list" : undefined}
        aria-controls={completes && completion.open ? completion.id : undefined}
        aria-activedescendant={completion.activeId}
        placeholder={placeholder}
        rows={Math.min(8, value.split("\n").length)}
        maxLength={most}
        autocomplete="off"
        autocapitalize="none"
        enterkeyhint="send"
        dir="auto"
        value={value}
        onInput={(event) => {
          onValue(event.currentTarget.value);
          if (completes) completion.typed(event.currentTarget);
        }}
        onKeyDown={pressed}
        onBlur={completion.close}
      />
      {running && onStop ? (
        <button type="button" class="send" onClick={onStop} key="stop">
          <Icon name="stop" />
          Stop
        </button>
      ) : (
        <button type="submit" class="send" disabled={running || !value.trim()} key="send">
          <Icon name="ask" />
          {verb}
        </button>
      )}
      {completes && <Options of={completion} label="Headwords" />}
    </form>
  );
}
