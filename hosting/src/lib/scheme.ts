/** The page's look, and that of the browser's bar above it: dark, light, or as the system is. */
export function showScheme(theme: unknown): void {
  const scheme = theme === "dark" || theme === "light" ? theme : undefined;
  const { dataset } = document.documentElement;
  if (scheme) dataset["theme"] = scheme;
  else delete dataset["theme"];
  // One for each look, of which index.html has the colours. Not imported by main.ts, which would wait
  // for a file more before the first picture.
  for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = bar.dataset["scheme"];
    const chosen = own === scheme ? "all" : "not all";
    bar.setAttribute("media", scheme ? chosen : `(prefers-color-scheme: ${own})`);
  }
}
