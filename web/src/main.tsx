// Runs before the body is parsed: theme first, so that nothing flashes; then the page, once there is one.

import { render } from "preact";
import { App } from "./components/App.tsx";
import { startHistory } from "./history.ts";
import { applyTheme } from "./preferences.ts";
import { startRouter } from "./router.ts";
import { startStatus } from "./status.ts";

function start(): void {
  const place = document.getElementById("app");
  if (!place) return;
  startRouter();
  startHistory();
  startStatus();
  render(<App />, place);
}

applyTheme();
if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
