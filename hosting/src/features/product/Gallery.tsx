import { type KeyboardEvent, useRef, useState } from "react";
import type { Product } from "../../lib/api";
import { strings } from "../../lib/strings";
import styles from "./Gallery.module.css";

/** A product's pictures in a row that is swiped, scrolled by arrow keys, or jumped through. */
export function Gallery({ product }: { product: Product }) {
  const { title, image_url, image_urls } = product;
  const pictures = [image_url, ...image_urls].filter(Boolean);
  const row = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);

  const show = (place: number) => {
    const to = Math.min(Math.max(place, 0), pictures.length - 1);
    const picture = row.current?.children[to] as HTMLElement | undefined;
    // Not by scrollIntoView, which may scroll the page as well.
    row.current?.scrollTo({ left: picture?.offsetLeft ?? 0 });
    setCurrent(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const forth = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const to = {
      [forth]: current + 1,
      [back]: current - 1,
      Home: 0,
      End: pictures.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  };

  if (!pictures.length) return <div className={styles.none} />;
  return (
    <div className={styles.gallery}>
      <div
        ref={row}
        className={styles.row}
        role="group"
        aria-roledescription="carousel"
        aria-label={strings.pictures}
        tabIndex={pictures.length > 1 ? 0 : undefined}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: { scrollLeft, clientWidth } }) => {
          // Leftward counts below zero where text runs from right to left.
          if (clientWidth) setCurrent(Math.round(Math.abs(scrollLeft) / clientWidth));
        }}
      >
        {pictures.map((picture, place) => (
          <img
            key={picture}
            src={picture}
            alt={strings.picture(title, place + 1, pictures.length)}
            width="400"
            height="400"
            // The first is what the page is waited for; the others come when they are near.
            {...(place ? { loading: "lazy" } : { fetchPriority: "high" })}
          />
        ))}
      </div>
      {pictures.length > 1 && (
        <div className={styles.dots}>
          {pictures.map((picture, place) => (
            <button
              key={picture}
              type="button"
              aria-label={strings.showPicture(place + 1, pictures.length)}
              aria-current={place === current}
              onClick={() => {
                show(place);
              }}
            >
              <img src={picture} alt="" width="64" height="64" loading="lazy" />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
