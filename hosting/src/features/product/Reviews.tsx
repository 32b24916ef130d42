import type { CSSProperties } from "react";
import type { Product } from "../../lib/api";
import { count, percent, stars } from "../../lib/format";
import { strings } from "../../lib/strings";
import styles from "./Reviews.module.css";

/** How a product is rated: stars, how many rated it, and how they spread, as far as known. */
export function Reviews({ product }: { product: Product }) {
  const { rating, rating_count, rating_histogram } = product;
  if (rating === null) return null;
  const all = rating_histogram.reduce((sum, n) => sum + n, 0);
  const value = stars(rating);
  const by = rating_count > 0 ? count(rating_count) : "";
  return (
    <section className={styles.reviews} aria-labelledby="ratings">
      <h2 id="ratings">{strings.ratings}</h2>
      <div className={styles.summary}>
        <p className={styles.mean}>
          <span className={styles.value} aria-hidden="true">
            {value}
          </span>
          <span
            className={styles.stars}
            role="img"
            aria-label={strings.rating(value, by)}
            style={{ "--share": `${(rating / 5) * 100}%` } as CSSProperties}
          >
            ★★★★★
          </span>
          {by && (
            <span className={styles.count} aria-hidden="true">
              {strings.ratingsCount(by)}
            </span>
          )}
        </p>
        {all > 0 && (
          <ul className={styles.bars}>
            {[5, 4, 3, 2, 1].map((star) => {
              const share = (rating_histogram[star - 1] ?? 0) / all;
              return (
                <li key={star}>
                  <span className="visually-hidden">{strings.starShare(star, percent(share))}</span>
                  <span aria-hidden="true">{star} ★</span>
                  <span className={styles.bar} aria-hidden="true">
                    <span style={{ inlineSize: `${share * 100}%` }} />
                  </span>
                  <span aria-hidden="true">{percent(share)}</span>
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </section>
  );
}
