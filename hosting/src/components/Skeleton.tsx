import styles from "./Skeleton.module.css";

/** A grid of grey tiles in the place and size of those to come. */
export function TileSkeletons({ count }: { count: number }) {
  return Array.from({ length: count }, (_, place) => (
    <div key={place} className={styles.tile} aria-hidden="true">
      <div className={styles.picture} />
      <div className={styles.line} />
      <div className={styles.short} />
      <div className={styles.facts} />
    </div>
  ));
}
