import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { strings } from "../lib/strings";
import { Icon } from "./Icon";
import styles from "./Page.module.css";

/** A page that is not the feed: a header with a way back, and content. */
export function Page({ header, children }: { header: ReactNode; children: ReactNode }) {
  const navigate = useNavigate();
  const back = () => {
    // A page opened by its address has nothing to go back to.
    const opened = (history.state as { idx?: number } | null)?.idx ?? 0;
    void (opened > 0 ? navigate(-1) : navigate("/"));
  };
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <button type="button" className="icon-button" aria-label={strings.back} onClick={back}>
          <Icon name="back" />
        </button>
        {header}
      </header>
      <main className={styles.content}>{children}</main>
    </div>
  );
}
