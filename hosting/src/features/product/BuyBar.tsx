import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { Icon } from "../../components/Icon";
import { LinkSheet } from "../../components/LinkSheet";
import { Price } from "../../components/Price";
import type { Offer, Product } from "../../lib/api";
import { addToBag, bag, inBag } from "../../lib/bag";
import { share } from "../../lib/share";
import { strings } from "../../lib/strings";
import styles from "./BuyBar.module.css";

const SAID_MS = 4000;

interface Props {
  product: Product;
  offer: Offer | undefined;
  /** Another variant was chosen and is not there yet: this one is not to be taken for it. */
  awaited: boolean;
}

/** What a product costs, a way to take it and a way to hand it on, always in sight. */
export function BuyBar({ product, offer, awaited }: Props) {
  const added = inBag(bag.use(), product);
  const toBag = useRef<HTMLAnchorElement>(null);
  const pressed = useRef(false);
  const [note, setNote] = useState("");
  const [uncopied, setUncopied] = useState(false);

  useEffect(() => {
    // The button that was pressed is gone; what took its place has the focus.
    if (added && pressed.current) toBag.current?.focus({ preventScroll: true });
    pressed.current = false;
  }, [added]);
  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => {
      setNote("");
    }, SAID_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [note]);

  const address = `${location.origin}/product/${encodeURIComponent(product.product_id)}`;
  return (
    <div className={styles.bar}>
      {/* There from the start: a status that comes with its text is not read out. */}
      <p className={styles.note} role="status">
        {note && <span>{note}</span>}
      </p>
      {uncopied && (
        <LinkSheet
          address={address}
          onClose={() => {
            setUncopied(false);
          }}
        />
      )}
      <span className={styles.price}>
        <Price product={product} />
      </span>
      <button
        type="button"
        className={`icon-button ${styles.share}`}
        aria-label={strings.share}
        aria-disabled={awaited}
        onClick={() => {
          if (awaited) return;
          void share(product.title, address).then((how) => {
            setUncopied(how === "failed");
            setNote(how === "copied" ? strings.linkCopied : "");
          });
        }}
      >
        <Icon name="share" />
      </button>
      {added ? (
        <Link ref={toBag} to="/bag" className={`button ${styles.main}`}>
          <Icon name="check" size={18} />
          {strings.viewBag}
        </Link>
      ) : (
        <button
          type="button"
          className={`button main ${styles.main}`}
          disabled={!product.in_stock}
          aria-disabled={awaited}
          onClick={() => {
            if (awaited) return;
            pressed.current = true;
            setNote(strings.added);
            addToBag(product, offer);
          }}
        >
          {product.in_stock ? strings.addToBag : strings.outOfStock}
        </button>
      )}
    </div>
  );
}
