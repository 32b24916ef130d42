import { Link } from "react-router";
import type { Product } from "../lib/api";
import { Price } from "./Price";
import { ProductFacts } from "./ProductFacts";
import styles from "./ProductTile.module.css";

interface Props {
  product: Product;
  testId: string;
  onSelect?: () => void;
}

/** A product in a grid, a rail or a card: square picture, two-line title, price, facts. */
export function ProductTile({ product, testId, onSelect }: Props) {
  return (
    <Link
      to={`/product/${encodeURIComponent(product.product_id)}`}
      className={styles.tile}
      data-testid={testId}
      onClick={onSelect}
    >
      <img src={product.image_url} alt="" width="400" height="400" loading="lazy" />
      <span className={styles.title}>{product.title}</span>
      <Price product={product} />
      <ProductFacts product={product} />
    </Link>
  );
}
