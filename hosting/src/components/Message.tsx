import type { ReactNode } from "react";
import styles from "./Message.module.css";

interface Props {
  children: ReactNode;
  /** What may help. */
  hint?: string;
  action?: ReactNode;
}

/** A state that is not the usual one: empty, failed, done. */
export function Message({ children, hint, action }: Props) {
  return (
    <div className={styles.message} role="status">
      <p>
        {children}
        {hint && <span className={styles.hint}>{hint}</span>}
      </p>
      {action}
    </div>
  );
}
