import { useEffect, useState } from "react";
import { Price } from "../../components/Price";
import { Sheet } from "../../components/Sheet";
import type { FeedClip, Offer, Product } from "../../lib/api";
import { log } from "../../lib/queue";
import { ofShopper } from "../../lib/shopper";
import { strings } from "../../lib/strings";
import { useVisible } from "../../lib/useVisible";
import { CardProduct } from "./CardProduct";
import styles from "./ClipProducts.module.css";
import card from "./ShopCard.module.css";
import { isRejected } from "./useNotInterested";

interface Props {
  clip: FeedClip;
  current: boolean;
  release: string;
}

/** The impressions that are logged. */
const logged = ofShopper(new Set<string>());

/** A pill on a clip: the first of the products seen in it, and that it is; the others come in a sheet. */
export function ShopPill({ clip, current, release }: Props) {
  // The sheet's products, as they were when it was opened: one that is rejected there keeps its
  // place, and so its way back.
  const [opened, setOpened] = useState<Product[] | null>(null);
  const offer = { release, source: "clip" };
  const products = wanted(clip);
  const [first] = products;
  useImpressions(`pill ${clip.clip_id}`, current ? products.slice(0, 1) : [], offer);
  return (
    <>
      {first && (
        <button
          type="button"
          className={styles.pill}
          aria-haspopup="dialog"
          onClick={() => {
            setOpened(products);
          }}
        >
          <img src={first.image_url || undefined} alt="" width="40" height="40" />
          <span className={styles.words}>
            <small>{strings.inThisClip}</small>
            <span className={styles.title}>{first.title}</span>
            <Price product={first} />
          </span>
        </button>
      )}
      {opened && (
        <Sheet
          title={strings.inThisClip}
          onClose={() => {
            setOpened(null);
          }}
        >
          <Products place={`sheet ${clip.clip_id}`} products={opened} offer={offer} />
        </Sheet>
      )}
    </>
  );
}

/** The products seen in a clip, beside it. */
export function ClipRail(props: Props) {
  // Anew for each clip, so that its products count as seen.
  return <Rail key={props.clip.clip_id} {...props} />;
}

function Rail({ clip, release }: Props) {
  // As in the sheet.
  const [products] = useState(() => wanted(clip));
  if (!products.length) return null;
  return (
    <section className={styles.rail}>
      <h2>{strings.inThisClip}</h2>
      <Products
        place={`rail ${clip.clip_id}`}
        products={products}
        offer={{ release, source: "clip_rail" }}
      />
    </section>
  );
}

interface ProductsProps {
  /** Where they are shown. */
  place: string;
  products: Product[];
  offer: Offer;
}

function Products({ place, products, offer }: ProductsProps) {
  useImpressions(place, products, offer);
  return (
    <ul className={card.products}>
      {products.map((product) => (
        <CardProduct key={product.product_id} product={product} offer={offer} />
      ))}
    </ul>
  );
}

function wanted(clip: FeedClip): Product[] {
  return clip.products.filter(({ product_id }) => !isRejected(product_id));
}

/** Log that each of these was seen in a place; once, however often the shopper comes back to it. */
function useImpressions(place: string, products: Product[], offer: Offer): void {
  const visible = useVisible();
  useEffect(() => {
    if (!visible) return;
    for (const [position, { product_id }] of products.entries()) {
      const key = `${place} ${product_id}`;
      if (logged.has(key)) continue;
      logged.add(key);
      log({ type: "impression", product_id, ...offer, position });
    }
  });
}
