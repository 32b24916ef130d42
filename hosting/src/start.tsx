/** The app itself, on the page that stands. */

import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { language } from "./lib/language";
import { installOffline } from "./lib/offline";
import "./lib/theme";

installOffline();
document.documentElement.lang = language;
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
// In slices, so that a touch is answered meanwhile.
startTransition(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
