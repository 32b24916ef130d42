import type { ReactNode } from "react";
import styles from "./Message.module.css";

/** A state that is not the usual one: empty, failed, done. */
export function Message({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.message} role="status">
      <p>{children}</p>
      {action}
    </div>
  );
}
