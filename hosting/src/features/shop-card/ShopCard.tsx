import { useEffect, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import { Message } from "../../components/Message";
import { ProductTile } from "../../components/ProductTile";
import { TileSkeletons } from "../../components/Skeleton";
import type { Card, ScoredProduct } from "../../lib/api";
import { addToBag, bag, inBag } from "../../lib/bag";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { reasonText, strings } from "../../lib/strings";
import { useCard } from "./useCard";
import styles from "./ShopCard.module.css";

/** How long a product can be taken back after it was waved away. */
const UNDO_MS = 5000;

interface Props {
  slotKey: string;
  current: boolean;
}

/** A ShopFYPCard: products for one interest, and why they are shown. */
export function ShopCard({ slotKey, current }: Props) {
  const { data, isPending, isError } = useCard(slotKey, current);
  const card = data?.cards[0];
  return (
    <section className={styles.card}>
      {isPending && (
        <>
          <h2>{strings.cardLoading}</h2>
          <div className={styles.products}>
            <TileSkeletons count={2} />
          </div>
        </>
      )}
      {isError && <Message>{strings.cardFailed}</Message>}
      {data && !card && <Message>{strings.cardEmpty}</Message>}
      {data && card && <Products card={card} release={data.release} current={current} />}
    </section>
  );
}

function Products({ card, release, current }: { card: Card; release: string; current: boolean }) {
  const logged = useRef(false);
  useEffect(() => {
    if (!current || logged.current) return;
    logged.current = true;
    for (const { product, sources } of card.products) {
      const source = sources[0] ?? card.source;
      log({ type: "impression", product_id: product.product_id, release, source });
    }
  }, [current, card, release]);

  return (
    <>
      <h2 data-testid="card-reason">{reasonText(card.reason)}</h2>
      <ul className={styles.products}>
        {card.products.map((item) => (
          <CardProduct key={item.product.product_id} item={item} release={release} />
        ))}
      </ul>
    </>
  );
}

function CardProduct({ item, release }: { item: ScoredProduct; release: string }) {
  const { product, sources } = item;
  const offer = { release, source: sources[0] };
  const added = inBag(bag.use(), product);
  const { hidden, hide, undo } = useNotInterested(product.product_id);
  if (hidden) {
    return (
      <li className={styles.hidden}>
        <p role="status">{strings.hidden}</p>
        <button type="button" className="button" onClick={undo}>
          {strings.undo}
        </button>
      </li>
    );
  }
  return (
    <li>
      <ProductTile
        product={product}
        testId="card-product"
        onSelect={() => {
          log({
            type: "select_item",
            product_id: product.product_id,
            release,
            ...(sources[0] && { source: sources[0] }),
          });
          signals.raise();
        }}
      />
      <div className={styles.actions}>
        <button
          type="button"
          className="button main"
          disabled={added}
          onClick={() => {
            addToBag(product, offer);
          }}
        >
          <Icon name={added ? "check" : "plus"} size={18} />
          {added ? strings.added : strings.addToBag}
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={strings.notInterested}
          onClick={hide}
        >
          <Icon name="close" size={20} />
        </button>
      </div>
    </li>
  );
}

/** Wave a product away; it is logged once it can no longer be taken back. */
function useNotInterested(productId: string) {
  const [hidden, setHidden] = useState(false);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const settle = useRef<() => void>(() => undefined);
  useEffect(
    () => () => {
      settle.current();
    },
    [],
  );
  const hide = () => {
    setHidden(true);
    const done = () => {
      clearTimeout(waiting.current);
      settle.current = () => undefined;
      log({ type: "not_interested", product_id: productId });
      signals.raise();
    };
    settle.current = done;
    waiting.current = setTimeout(done, UNDO_MS);
  };
  const undo = () => {
    clearTimeout(waiting.current);
    settle.current = () => undefined;
    setHidden(false);
  };
  return { hidden, hide, undo };
}
