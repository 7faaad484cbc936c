// The head of the page: its name, the modes, and the switches.

import { announce } from "../announce.ts";
import { useCell } from "../cell.ts";
import { type Theme, showStrong, theme } from "../preferences.ts";
import { type Route, route } from "../router.ts";
import { status } from "../status.ts";
import { Icon, type IconName } from "./Icon.tsx";

const MODES: { path: string; label: string; names: Route["name"][] }[] = [
  { path: "/", label: "Ask", names: ["ask"] },
  { path: "/translate", label: "Translate", names: ["translate"] },
  { path: "/lookup", label: "Look up", names: ["lookup", "word", "entry"] },
  { path: "/documents", label: "Documents", names: ["documents", "document"] },
];

const THEMES: Record<Theme, { next: Theme; icon: IconName; label: string }> = {
  system: { next: "light", icon: "system", label: "Theme: as the system" },
  light: { next: "dark", icon: "light", label: "Theme: light" },
  dark: { next: "system", icon: "dark", label: "Theme: dark" },
};

export function Header({ onHistory }: { onHistory: () => void }) {
  const here = useCell(route);
  const strong = useCell(showStrong);
  const chosen = THEMES[useCell(theme)];
  const server = useCell(status);
  const documents = server !== null && (server.documents > 0 || server.uploads);

  function nextTheme(): void {
    theme.value = chosen.next;
    announce(THEMES[chosen.next].label);
  }

  return (
    <header class="head">
      <a class="name" href="/">
        slangrag
      </a>
      <nav aria-label="Modes">
        <ul>
          {MODES.filter((mode) => documents || mode.path !== "/documents" || mode.names.includes(here.name)).map((mode) => (
            <li key={mode.path}>
              <a href={mode.path} aria-current={mode.names.includes(here.name) ? (location.pathname === mode.path ? "page" : "true") : undefined}>
                {mode.label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="switches">
        <button type="button" class="bare" aria-label="History" title="History" onClick={onHistory}>
          <Icon name="history" />
        </button>
        <button
          type="button"
          class="bare"
          role="switch"
          aria-checked={strong}
          aria-label="Show strong words"
          title={strong ? "Strong words are shown" : "Strong words are masked"}
          onClick={() => (showStrong.value = !strong)}
        >
          <Icon name={strong ? "eye" : "masked"} />
        </button>
        <button type="button" class="bare" aria-label={chosen.label} title={chosen.label} onClick={nextTheme}>
          <Icon name={chosen.icon} />
        </button>
      </div>
    </header>
  );
}
