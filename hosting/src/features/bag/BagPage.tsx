import { useEffect, useState } from "react";
import { Link } from "react-router";
import { Icon } from "../../components/Icon";
import { Page } from "../../components/Page";
import { Price } from "../../components/Price";
import { Sign } from "../../components/Sign";
import type { Product } from "../../lib/api";
import {
  MOST_PIECES,
  bag,
  buyAll,
  quantities,
  quantityIn,
  removeFromBag,
  setQuantity,
} from "../../lib/bag";
import { price } from "../../lib/format";
import { useOnline } from "../../lib/offline";
import { strings } from "../../lib/strings";
import { useTitle } from "../../lib/title";
import { useVisible } from "../../lib/useVisible";
import styles from "./BagPage.module.css";
import { recheck } from "./recheck";

export default function BagPage() {
  useTitle(strings.bag);
  const products = bag.use();
  const [bought, setBought] = useState(false);
  const empty = !products.length;
  return (
    <Page header={<h1>{strings.bag}</h1>}>
      <div className={empty ? styles.empty : ""}>
        {empty ? (
          <Sign name={bought ? "check" : "bag"} />
        ) : (
          <Filled
            products={products}
            onBuy={() => {
              buyAll();
              setBought(true);
            }}
          />
        )}
        {/* There from the start: a status that comes with its text is not read out. */}
        <p className={styles.said} role="status">
          {bought ? strings.bought : empty && strings.bagEmpty}
          {empty && !bought && <span className={styles.hint}>{strings.bagHint}</span>}
        </p>
        {empty && (
          <div className={styles.ways}>
            <Link to="/" className="button main">
              {strings.keepWatching}
            </Link>
            <Link to="/search" className="button">
              {strings.browse}
            </Link>
          </div>
        )}
      </div>
    </Page>
  );
}

function Filled({ products, onBuy }: { products: Product[]; onBuy: () => void }) {
  const held = quantities.use();
  const changed = useRecheck();
  const available = products.filter(({ in_stock }) => in_stock);
  const pieces = available.reduce((sum, product) => sum + quantityIn(held, product), 0);
  return (
    <div className={styles.bag}>
      <ul>
        {products.map((product) => (
          <Line key={product.product_id} product={product} quantity={quantityIn(held, product)} />
        ))}
      </ul>
      <div className={styles.checkout}>
        <p className={styles.changed} role="status">
          {changed && strings.bagChanged}
        </p>
        <p className={styles.pieces} role="status">
          {strings.pieces(pieces)}
        </p>
        <Totals products={available} held={held} />
        <button
          type="button"
          className="button main"
          // Not disabled: it would lose the focus to the page.
          aria-disabled={!pieces}
          onClick={() => {
            if (pieces) onBuy();
          }}
        >
          {strings.checkout}
        </button>
        <p className={styles.note}>{strings.checkoutNote}</p>
      </div>
    </div>
  );
}

/** Whether something in the bag is not what it was; asked whenever the page comes into sight. */
function useRecheck(): boolean {
  const [changed, setChanged] = useState(false);
  const visible = useVisible();
  const online = useOnline();
  const asked = visible && online;
  useEffect(() => {
    if (!asked) return;
    void recheck().then((now) => {
      setChanged((before) => before || now);
    });
  }, [asked]);
  return changed;
}

/** A product of the bag. */
function Line({ product, quantity }: { product: Product; quantity: number }) {
  const { product_id, title, image_url, in_stock } = product;
  const to = `/product/${encodeURIComponent(product_id)}`;
  return (
    <li className={in_stock ? undefined : styles.gone}>
      {/* The title beside it is the same link, for who hears the page. */}
      <Link to={to} className={styles.picture} tabIndex={-1} aria-hidden="true">
        <img src={image_url || undefined} alt="" width="88" height="88" />
      </Link>
      <div className={styles.words}>
        <Link to={to} className={styles.title}>
          {title}
        </Link>
        <Price product={product} />
        {in_stock ? (
          <Quantity product={product} quantity={quantity} />
        ) : (
          <strong className={styles.soldOut}>{strings.outOfStock}</strong>
        )}
      </div>
      <button
        type="button"
        className="icon-button"
        aria-label={strings.remove(title)}
        onClick={() => {
          removeFromBag(product);
        }}
      >
        <Icon name="trash" size={22} />
      </button>
    </li>
  );
}

/** How many pieces. Its buttons stay focusable at the bounds, which `setQuantity` keeps. */
function Quantity({ product, quantity }: { product: Product; quantity: number }) {
  const { title } = product;
  return (
    <div className={styles.quantity} role="group" aria-label={strings.quantity(quantity, title)}>
      <button
        type="button"
        aria-label={strings.fewer(title)}
        aria-disabled={quantity <= 1}
        onClick={() => {
          setQuantity(product, quantity - 1);
        }}
      >
        <Icon name="minus" size={18} />
      </button>
      <output>{quantity}</output>
      <button
        type="button"
        aria-label={strings.more(title)}
        aria-disabled={quantity >= MOST_PIECES}
        onClick={() => {
          setQuantity(product, quantity + 1);
        }}
      >
        <Icon name="plus" size={18} />
      </button>
    </div>
  );
}

/** One total for each currency: sums across them would mean nothing. */
function Totals({ products, held }: { products: Product[]; held: Record<string, number> }) {
  const totals = new Map<string, number>();
  for (const product of products) {
    const { price: amount, currency } = product;
    const line = (amount ?? 0) * quantityIn(held, product);
    totals.set(currency, (totals.get(currency) ?? 0) + line);
  }
  return [...totals].map(([currency, amount]) => (
    <p key={currency} className={styles.total}>
      <span>{strings.bagTotal}</span>
      <strong>{price(amount, currency)}</strong>
    </p>
  ));
}
