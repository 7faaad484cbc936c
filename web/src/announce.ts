// The page's one live region: states and finished sentences, never tokens.

const KEEP_MS = 15_000;

export function announce(text: string): void {
  const region = document.getElementById("live");
  if (!region || !text) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  setTimeout(() => line.remove(), KEEP_MS);
}
