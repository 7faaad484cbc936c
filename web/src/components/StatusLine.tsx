// The foot of the page: engine, model, rows, GPU or not, data until when.

import { useCell } from "../cell.ts";
import { line, refreshStatus, status, statusProblem } from "../status.ts";
import { withCode } from "./Trouble.tsx";

export function StatusLine() {
  const server = useCell(status);
  const problem = useCell(statusProblem);
  return (
    <footer class="foot">
      {problem ? (
        <p class="foot-problem">
          {problem.message}{" "}
          <button type="button" class="plain" onClick={() => void refreshStatus()}>
            Look again
          </button>
        </p>
      ) : !server ? (
        <p>Looking for the server</p>
      ) : !server.ready ? (
        <p>The server is getting ready</p>
      ) : (
        <p>
          {line(server).map((part, i) => (
            <span key={part}>
              {i > 0 && <span aria-hidden="true"> · </span>}
              {part}
            </span>
          ))}
        </p>
      )}
      {!problem && server?.notes.map((note) => <p key={note}>{withCode(note)}</p>)}
      <p class="keys">
        <kbd>/</kbd> to the box · <kbd>Enter</kbd> sends · <kbd>Shift</kbd>+<kbd>Enter</kbd> new line · <kbd>Esc</kbd> stops or goes back
      </p>
    </footer>
  );
}
