/** A page's name, as the browser shows it in its tab, its history and its bookmarks. */

import { useEffect } from "react";
import { strings } from "./strings";

export function useTitle(name = ""): void {
  useEffect(() => {
    document.title = name ? `${name} · ${strings.appName}` : strings.appName;
  }, [name]);
}
