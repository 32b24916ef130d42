import type { ReactNode } from "react";
import type { SlotName, UnderstoodSlot } from "../../lib/api";
import { strings } from "../../lib/strings";
import styles from "./SearchPage.module.css";
import { chipsOf } from "./chips";

interface Props {
  understood: UnderstoodSlot[];
  ignored: SlotName[];
  onIgnore: (slots: SlotName[]) => void;
  /** More chips. */
  children?: ReactNode[];
}

/** What was understood, as chips; removing one searches again without it. */
export function Understood({ understood, ignored, onIgnore, children = [] }: Props) {
  const chips = chipsOf(understood);
  if (!chips.length && !ignored.length && !children.flat().some(Boolean)) return null;
  return (
    <ul className={styles.chips} aria-label={strings.understood}>
      {chips.map(({ slot, label }) => (
        <li key={slot}>
          <button
            type="button"
            aria-label={strings.remove(label)}
            onClick={() => {
              onIgnore([...ignored, slot]);
            }}
          >
            {label} <span aria-hidden="true">✕</span>
          </button>
        </li>
      ))}
      {!!ignored.length && (
        <li>
          <button
            type="button"
            className={styles.restore}
            onClick={() => {
              onIgnore([]);
            }}
          >
            {strings.restore}
          </button>
        </li>
      )}
      {children}
    </ul>
  );
}
