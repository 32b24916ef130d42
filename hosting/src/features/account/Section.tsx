import { type ReactNode, useId } from "react";
import styles from "./Account.module.css";

interface Props {
  title: string;
  hint?: string;
  children: ReactNode;
}

/** A part of the page, under its heading. */
export function Section({ title, hint, children }: Props) {
  const heading = useId();
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      {hint && <p className={styles.hint}>{hint}</p>}
      {children}
    </section>
  );
}
