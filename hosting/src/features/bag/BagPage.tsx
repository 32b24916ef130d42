import { useState } from "react";
import { Link } from "react-router";
import { Message } from "../../components/Message";
import { Page } from "../../components/Page";
import { Price } from "../../components/Price";
import type { Product } from "../../lib/api";
import { bag, buyAll, removeFromBag } from "../../lib/bag";
import { price } from "../../lib/format";
import { strings } from "../../lib/strings";
import styles from "./BagPage.module.css";

export function BagPage() {
  const products = bag.use();
  const [bought, setBought] = useState(false);
  const keepWatching = (
    <Link to="/" className="button">
      {strings.keepWatching}
    </Link>
  );
  return (
    <Page header={<h1>{strings.bag}</h1>}>
      {!products.length && (
        <Message action={keepWatching}>{bought ? strings.bought : strings.bagEmpty}</Message>
      )}
      {products.length > 0 && (
        <div className={styles.bag}>
          <ul>
            {products.map((product) => (
              <Line key={product.product_id} product={product} />
            ))}
          </ul>
          <Totals products={products} />
          <button
            type="button"
            className="button main"
            onClick={() => {
              buyAll();
              setBought(true);
            }}
          >
            {strings.checkout}
          </button>
          <p className={styles.note}>{strings.checkoutNote}</p>
        </div>
      )}
    </Page>
  );
}

function Line({ product }: { product: Product }) {
  return (
    <li>
      <img src={product.image_url || undefined} alt="" width="72" height="72" />
      <Link to={`/product/${encodeURIComponent(product.product_id)}`}>
        {product.title}
        <br />
        <Price product={product} />
      </Link>
      <button
        type="button"
        className="icon-button"
        aria-label={strings.remove(product.title)}
        onClick={() => {
          removeFromBag(product);
        }}
      >
        ×
      </button>
    </li>
  );
}

/** One total for each currency: sums across them would mean nothing. */
function Totals({ products }: { products: Product[] }) {
  const totals = new Map<string, number>();
  for (const { price: amount, currency } of products) {
    totals.set(currency, (totals.get(currency) ?? 0) + (amount ?? 0));
  }
  return [...totals].map(([currency, amount]) => (
    <p key={currency} className={styles.total}>
      <span>{strings.bagTotal}</span>
      <strong>{price(amount, currency)}</strong>
    </p>
  ));
}
