/** What comes first: the page's look and its first picture. The app is loaded beside them. */

import "./app/theme.css";
import "./app/shell.css";
import { showFirstClip } from "./features/feed/first-clip";

showTheme();
void showFirstClip()
  .then(() => import("./start"))
  .catch((error: unknown) => {
    // index.html says so by itself after a while, but there is nothing left to wait for.
    document.querySelector<HTMLElement>(".late")?.style.setProperty("visibility", "visible");
    throw error;
  });

/** As lib/theme.ts does once the app is there, of which nothing is imported here. */
function showTheme() {
  try {
    const theme: unknown = JSON.parse(localStorage.getItem("theme") ?? "null");
    if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
  } catch {
    // It cannot be read: the page looks as the system does.
  }
}
