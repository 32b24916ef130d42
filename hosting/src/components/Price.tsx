import type { Product } from "../lib/api";
import { discount, percent, price } from "../lib/format";
import { strings } from "../lib/strings";
import styles from "./Price.module.css";

/** A price, with the one before the discount struck through. */
export function Price({ product }: { product: Product }) {
  const { price: amount, list_price: before, currency } = product;
  if (amount === null) return null;
  const off = discount(amount, before);
  return (
    <span className={styles.price}>
      <strong>{price(amount, currency)}</strong>
      {off > 0 && before !== null && (
        <>
          <s>
            <span className="visually-hidden">{strings.wasPrice} </span>
            {price(before, currency)}
          </s>
          <span className={styles.off}>−{percent(off / 100)}</span>
        </>
      )}
    </span>
  );
}
