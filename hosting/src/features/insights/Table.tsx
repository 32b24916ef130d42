import type { ReactNode } from "react";
import styles from "./Table.module.css";

/** A table that scrolls sideways where there is no room for it. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    // Focusable, so that the keyboard scrolls it as well.
    <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
      <table className={styles.table}>{children}</table>
    </div>
  );
}

/** How much of the most: what a table's figures look like side by side. */
export function Bar({ part }: { part: number }) {
  return (
    <span className={styles.measure} aria-hidden="true">
      <span style={{ inlineSize: `${100 * part}%` }} />
    </span>
  );
}
