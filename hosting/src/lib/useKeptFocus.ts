import { type RefObject, useEffect } from "react";

/**
 * Keeps the focus where it was: when the control that has it goes, what was around it takes it. It
 * would fall to the page otherwise, and who goes by keyboard or by ear would begin at its top.
 */
export function useKeptFocus(within: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = within.current;
    if (!root) return;
    /** What has the focus, or had it last, and all that is around it. */
    let path: HTMLElement[] = [];
    const onFocus = (event: FocusEvent) => {
      path = event
        .composedPath()
        .filter((at): at is HTMLElement => at instanceof HTMLElement && root.contains(at));
    };
    const observer = new MutationObserver(() => {
      if (path[0]?.isConnected !== false || document.activeElement !== document.body) return;
      const around = path.find(({ isConnected }) => isConnected);
      if (!around) return;
      if (!around.hasAttribute("tabindex")) around.tabIndex = -1;
      around.focus({ preventScroll: true });
    });
    document.addEventListener("focusin", onFocus);
    observer.observe(root, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", onFocus);
      observer.disconnect();
    };
  }, [within]);
}
