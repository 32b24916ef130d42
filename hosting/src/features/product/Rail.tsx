import { ProductTile } from "../../components/ProductTile";
import type { ScoredProduct } from "../../lib/api";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import styles from "./Rail.module.css";

interface Props {
  heading: string;
  items: ScoredProduct[];
  release: string;
  testId: string;
}

/** Products in one line that scrolls sideways; nothing when there are none. */
export function Rail({ heading, items, release, testId }: Props) {
  if (!items.length) return null;
  return (
    <section className={styles.section}>
      <h2>{heading}</h2>
      <ul className={styles.rail}>
        {items.map(({ product, sources: [source] }) => {
          const offer = { release, ...(source && { source }) };
          return (
            <li key={product.product_id}>
              <ProductTile
                product={product}
                testId={testId}
                offer={offer}
                onSelect={() => {
                  log({ type: "select_item", product_id: product.product_id, ...offer });
                  signals.raise();
                }}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
