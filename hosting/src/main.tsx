import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import "./app/theme.css";
import { installOffline } from "./lib/offline";
import { language } from "./lib/language";
import "./lib/theme";

installOffline();
document.documentElement.lang = language;
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
