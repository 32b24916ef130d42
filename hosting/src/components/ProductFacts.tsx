import type { Product } from "../lib/api";
import { count, stars } from "../lib/format";
import { strings } from "../lib/strings";
import styles from "./ProductFacts.module.css";

const SOLD_WORTH_SAYING = 100;

/** Rating and sold count in one line; only what is known. */
export function ProductFacts({ product }: { product: Product }) {
  const { rating, rating_count, sold_count } = product;
  const by = rating_count > 0 ? count(rating_count) : "";
  return (
    <span className={styles.facts}>
      {rating !== null && (
        <span>
          <span aria-hidden="true">
            <span className={styles.star}>★</span> {stars(rating)}
            {by && ` (${by})`}
          </span>
          <span className="visually-hidden">{strings.rating(stars(rating), by)}</span>
        </span>
      )}
      {sold_count >= SOLD_WORTH_SAYING && <span>{strings.sold(count(sold_count))}</span>}
    </span>
  );
}
