import { Link } from "react-router";
import type { Offer, Product } from "../lib/api";
import { Price } from "./Price";
import { ProductFacts } from "./ProductFacts";
import styles from "./ProductTile.module.css";

interface Props {
  product: Product;
  testId: string;
  /** Handed to the product's page, so that what happens there is put down to it. */
  offer?: Offer;
  onSelect?: () => void;
}

/** A product in a grid, a rail or a card: square picture, two-line title, price, facts. */
export function ProductTile({ product, testId, offer, onSelect }: Props) {
  return (
    <Link
      to={`/product/${encodeURIComponent(product.product_id)}`}
      state={offer && { offer }}
      className={styles.tile}
      data-testid={testId}
      onClick={onSelect}
    >
      <img src={product.image_url || undefined} alt="" width="400" height="400" loading="lazy" />
      <span className={styles.title}>{product.title}</span>
      <Price product={product} />
      <ProductFacts product={product} />
    </Link>
  );
}
