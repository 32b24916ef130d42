import type { ReactNode } from "react";
import type { IconName } from "./Icon";
import { Sign } from "./Sign";
import styles from "./Message.module.css";

interface Props {
  children: ReactNode;
  /** What may help. */
  hint?: string;
  action?: ReactNode;
  /** Of what fills a page. */
  sign?: IconName;
}

/** A state that is not the usual one: empty, failed, done. */
export function Message({ children, hint, action, sign }: Props) {
  return (
    <div className={`${styles.message} ${sign ? styles.whole : ""}`} role="status">
      {sign && <Sign name={sign} />}
      <p>
        {children}
        {hint && <span className={styles.hint}>{hint}</span>}
      </p>
      {action}
    </div>
  );
}
