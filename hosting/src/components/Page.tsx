import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { strings } from "../lib/strings";
import { useKeptFocus } from "../lib/useKeptFocus";
import { Icon } from "./Icon";
import styles from "./Page.module.css";

/** How far each place of the history was scrolled. */
const scrolled = new Map<string, number>();

interface Props {
  header: ReactNode;
  children: ReactNode;
  /** What it is scrolled by; by default each address of the history has a place of its own. */
  place?: string;
}

/** A page that is not the feed: a header with a way back, and content. */
export function Page({ header, children, place }: Props) {
  const navigate = useNavigate();
  const back = () => {
    // A page opened by its address has nothing to go back to.
    const opened = (history.state as { idx?: number } | null)?.idx ?? 0;
    void (opened > 0 ? navigate(-1) : navigate("/"));
  };
  const page = useRef<HTMLDivElement>(null);
  const main = useRef<HTMLElement>(null);
  useKeptFocus(main);
  const location = useLocation();
  const key = place ?? location.key;
  useLayoutEffect(() => {
    const element = page.current;
    if (!element) return;
    // Who goes back is where they were; what is new begins at its top.
    element.scrollTop = scrolled.get(key) ?? 0;
    return () => {
      scrolled.set(key, element.scrollTop);
    };
  }, [key]);
  return (
    <div className={styles.page} ref={page}>
      <header className={styles.header}>
        <button type="button" className="icon-button" aria-label={strings.back} onClick={back}>
          <Icon name="back" />
        </button>
        {header}
      </header>
      <main ref={main} className={styles.content}>
        {children}
      </main>
    </div>
  );
}
