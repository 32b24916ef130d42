import { useEffect, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import { ProductTile } from "../../components/ProductTile";
import type { Offer, Product, Scope } from "../../lib/api";
import { addToBag, bag, inBag } from "../../lib/bag";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { strings } from "../../lib/strings";
import { useNotInterested } from "./useNotInterested";
import styles from "./ShopCard.module.css";

/** A product on a card, and in its place a panel once the shopper is not interested in it. */
export function CardProduct({ product, offer }: { product: Product; offer: Offer }) {
  const added = inBag(bag.use(), product);
  const { scopes, notInterested, undo } = useNotInterested(product.product_id);
  const hidden = scopes.length > 0;
  const [put, setPut] = useState(false);
  const undoButton = useRef<HTMLButtonElement>(null);
  const hideButton = useRef<HTMLButtonElement>(null);

  const shown = useRef(scopes);
  useEffect(() => {
    if (shown.current === scopes) return;
    shown.current = scopes;
    // The button that was pressed is gone; what undoes the press takes its place.
    (scopes.length ? undoButton : hideButton).current?.focus({ preventScroll: true });
  }, [scopes]);

  return (
    <li className={styles.product}>
      <div className={styles.panel}>
        {/* There from the start: a status that comes with its text is not read out. */}
        <p role="status" className={hidden ? undefined : "visually-hidden"}>
          {hidden ? said(product, scopes.at(-1)) : put && added && strings.added}
        </p>
        {hidden && (
          <>
            <button ref={undoButton} type="button" className="button" onClick={undo}>
              {strings.undo}
            </button>
            {further(product).map(({ scope, label }) => (
              <button
                key={scope}
                type="button"
                className={`button ${styles.further}`}
                disabled={scopes.includes(scope)}
                onClick={() => {
                  notInterested(scope);
                }}
              >
                {scopes.includes(scope) && <Icon name="check" size={18} />}
                {label}
              </button>
            ))}
          </>
        )}
      </div>
      <div className={styles.tile} inert={hidden}>
        <ProductTile
          product={product}
          testId="card-product"
          offer={offer}
          onSelect={() => {
            log({ type: "select_item", product_id: product.product_id, ...offer });
            signals.raise();
          }}
        />
        <div className={styles.actions}>
          <button
            type="button"
            className="button main"
            // Not disabled: it would lose the focus to the page.
            aria-disabled={added}
            onClick={() => {
              if (added) return;
              setPut(true);
              addToBag(product, offer);
            }}
          >
            <Icon name={added ? "check" : "plus"} size={18} />
            {added ? strings.added : strings.addToBag}
          </button>
          <button
            ref={hideButton}
            type="button"
            className="icon-button"
            aria-label={strings.notInterested}
            onClick={() => {
              notInterested("product");
            }}
          >
            <Icon name="close" size={20} />
          </button>
        </div>
      </div>
    </li>
  );
}

/** What the shopper may want less of, beyond the product itself. */
function further({ brand, category }: Product): { scope: Scope; label: string }[] {
  const last = category.at(-1);
  return [
    ...(brand ? [{ scope: "brand" as const, label: strings.wantLessFromBrand(brand) }] : []),
    ...(last ? [{ scope: "category" as const, label: strings.wantLessOfCategory(last) }] : []),
  ];
}

function said({ brand, category }: Product, scope: Scope | undefined): string {
  switch (scope) {
    case undefined:
      return "";
    case "product":
      return strings.lessLikeThis;
    case "brand":
      return strings.lessFromBrand(brand);
    case "category":
      return strings.lessOfCategory(category.at(-1) ?? "");
  }
}
