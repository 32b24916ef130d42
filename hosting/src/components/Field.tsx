import type { ComponentProps } from "react";
import styles from "./Field.module.css";

type Props = Omit<ComponentProps<"input">, "onChange"> & {
  label: string;
  value: string;
  onChange?: (value: string) => void;
};

/** A line to type into, below what it is for. */
export function Field({ label, onChange, ...input }: Props) {
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <input
        {...input}
        onChange={(event) => {
          onChange?.(event.target.value);
        }}
      />
    </label>
  );
}
