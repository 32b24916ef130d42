import type { Product } from "../lib/api";
import { count } from "../lib/format";
import { strings } from "../lib/strings";
import styles from "./ProductFacts.module.css";

const SOLD_WORTH_SAYING = 100;

/** Rating and sold count in one line; only what is known. */
export function ProductFacts({ product }: { product: Product }) {
  const { rating, rating_count, sold_count } = product;
  return (
    <span className={styles.facts}>
      {rating !== null && (
        <span>
          <span aria-hidden="true">
            <span className={styles.star}>★</span> {rating.toFixed(1)} ({count(rating_count)})
          </span>
          <span className="visually-hidden">
            {strings.rating(rating.toFixed(1), count(rating_count))}
          </span>
        </span>
      )}
      {sold_count >= SOLD_WORTH_SAYING && <span>{strings.sold(count(sold_count))}</span>}
    </span>
  );
}
