// The server's token: read once from the address's fragment, kept for this tab, taken out of the address.

const KEY = "slangrag.token";
let kept = "";

/** Whether the address held one. */
export function takeToken(): boolean {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const found = fragment.get("token");
  // Anybody can write an address: what no header can hold would fail every request of this tab.
  const given = found !== null && /^[!-~]+$/.test(found) ? found : null;
  if (found !== null) {
    fragment.delete("token");
    const rest = fragment.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (rest ? `#${rest}` : ""));
  }
  try {
    if (given) sessionStorage.setItem(KEY, given);
    kept = given || sessionStorage.getItem(KEY) || "";
  } catch {
    kept = given || kept; // no storage here: it lasts until the page is loaded anew
  }
  return Boolean(given);
}

export function token(): string {
  return kept;
}
