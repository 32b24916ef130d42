import type { Facet, Filters, Range } from "../../lib/api";
import { strings } from "../../lib/strings";
import styles from "./Filters.module.css";

interface Props {
  facet: Facet;
  filters: Filters;
  onChange: (filters: Filters) => void;
}

/** A price range of the shopper's own; it counts when a field is left. */
export function PriceFields({ facet: { low, high, currency }, filters, onChange }: Props) {
  const { price, ...rest } = filters;
  const set = (bound: "low" | "high", text: string) => {
    const number = text.trim() ? Math.max(Number(text), 0) : NaN;
    const range: Range = { ...price, [bound]: Number.isFinite(number) ? number : null };
    const bounds = [range.low ?? null, range.high ?? null];
    const [least = null, most = null] = bounds.includes(null)
      ? bounds
      : // Whoever types 50 to 20 means 20 to 50.
        bounds.toSorted((one, other) => (one ?? 0) - (other ?? 0));
    const next = {
      ...(least !== null && { low: least }),
      ...(most !== null && { high: most }),
      ...(currency && { currency }),
    };
    onChange(least === null && most === null ? rest : { ...rest, price: next });
  };
  return (
    <div className={styles.prices}>
      {(["low", "high"] as const).map((bound) => (
        <label key={bound}>
          {bound === "low" ? strings.priceFrom : strings.priceTo}
          <input
            // What the fields hold follows what is chosen above them.
            key={price?.[bound] ?? ""}
            type="number"
            inputMode="decimal"
            min="0"
            step="any"
            placeholder={placeholderOf(bound === "low" ? low : high, bound)}
            defaultValue={price?.[bound] ?? ""}
            onBlur={({ target }) => {
              if (target.value !== String(price?.[bound] ?? "")) set(bound, target.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              event.currentTarget.blur();
            }}
          />
        </label>
      ))}
      <span>{currency}</span>
    </div>
  );
}

function placeholderOf(price: number | null, bound: "low" | "high"): string {
  if (price === null) return "";
  return String(bound === "low" ? Math.floor(price) : Math.ceil(price));
}
