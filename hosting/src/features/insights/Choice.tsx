import { useId } from "react";
import styles from "./Choice.module.css";

interface Props<Value> {
  label: string;
  options: { value: Value; name: string }[];
  chosen: Value;
  onChoose: (value: Value) => void;
}

/** One of a few, all in sight. */
export function Choice<Value extends string | number>(props: Props<Value>) {
  const { label, options, chosen, onChoose } = props;
  const group = useId();
  return (
    <fieldset className={styles.choice}>
      <legend className="visually-hidden">{label}</legend>
      {options.map(({ value, name }) => (
        <label key={value}>
          <input
            type="radio"
            className="visually-hidden"
            name={group}
            checked={value === chosen}
            onChange={() => {
              onChoose(value);
            }}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
