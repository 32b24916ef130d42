import { TileSkeletons } from "../../components/Skeleton";
import styles from "./ProductPage.module.css";

/** A product's picture and words in grey, where they will be. */
export function ProductSkeleton() {
  return (
    <div className={styles.product} aria-busy="true">
      <TileSkeletons count={1} />
    </div>
  );
}
