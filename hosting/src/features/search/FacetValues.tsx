import { type CSSProperties, useState } from "react";
import type { Facet, FacetValue, Filters } from "../../lib/api";
import { locale } from "../../lib/language";
import { facetNames, strings } from "../../lib/strings";
import { PriceFields } from "./PriceFields";
import styles from "./Filters.module.css";
import { paintOf } from "./colours";
import { isChosen, labelOf, toggled } from "./filters";

const FEW = 8;
/** Only one value of these can be chosen, so they are pills beside each other. */
const single = new Set(["price", "rating", "age"]);

interface Props {
  facet: Facet;
  filters: Filters;
  /** Whether it is the only one on the sheet. */
  alone: boolean;
  onChange: (filters: Filters) => void;
}

/** The values of one facet, with how many products each would leave. */
export function FacetValues({ facet, filters, alone, onChange }: Props) {
  const { name, values, currency } = facet;
  const [whole, setWhole] = useState(alone);
  const shown = whole
    ? values
    : values.filter((value, place) => place < FEW || isChosen(filters, name, value));
  const choose = (value: FacetValue) => {
    onChange(toggled(filters, name, value, currency));
  };
  return (
    <fieldset className={styles.facet}>
      <legend className={alone ? "visually-hidden" : ""}>{facetNames[name]}</legend>
      {single.has(name) ? (
        <div className={styles.pills}>
          {values.map((value) => (
            <button
              key={`${value.low} ${value.high}`}
              type="button"
              aria-pressed={isChosen(filters, name, value)}
              onClick={() => {
                choose(value);
              }}
            >
              {name === "rating" && <span className={styles.star}>★</span>}
              {labelOf(name, value, currency)}
              <small>{value.count.toLocaleString(locale)}</small>
            </button>
          ))}
        </div>
      ) : (
        <ul className={name === "colour" ? styles.colours : styles.values}>
          {shown.map((value) => (
            <li
              key={value.path.join("\n")}
              style={{ "--depth": value.path.length - 1 } as CSSProperties}
            >
              <label>
                <input
                  type="checkbox"
                  checked={isChosen(filters, name, value)}
                  onChange={() => {
                    choose(value);
                  }}
                />
                {name === "colour" && (
                  <span className={styles.paint} style={{ background: paintOf(value.path[0]) }} />
                )}
                <span className={styles.name}>{labelOf(name, value)}</span>
                <small>{value.count.toLocaleString(locale)}</small>
              </label>
            </li>
          ))}
        </ul>
      )}
      {name === "price" && <PriceFields facet={facet} filters={filters} onChange={onChange} />}
      {shown.length < values.length && (
        <button
          type="button"
          className={styles.rest}
          onClick={() => {
            setWhole(true);
          }}
        >
          {strings.showAll(values.length)}
        </button>
      )}
    </fieldset>
  );
}
