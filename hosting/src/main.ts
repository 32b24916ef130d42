/** What comes first: the page's look and its first picture. The app is loaded beside them. */

import "./app/theme.css";
import "./app/shell.css";
import { showFirstClip } from "./features/feed/first-clip";
import { showScheme } from "./lib/scheme";

showTheme();
void showFirstClip().then(() => import("./start"));

/** As lib/theme.ts does once the app is there, which is not waited for. */
function showTheme() {
  try {
    showScheme(JSON.parse(localStorage.getItem("theme") ?? "null"));
  } catch {
    // It cannot be read: the page looks as the system does.
  }
}
