import { useEffect, useRef } from "react";
import { strings } from "../../lib/strings";
import styles from "./SearchPage.module.css";
import type { useSearch } from "./useSearch";

/** The next page: fetched when its place comes near, or by the button. */
export function More({ search }: { search: ReturnType<typeof useSearch> }) {
  const near = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = search;
  const wanted = hasNextPage && !isFetching && !isFetchNextPageError;
  useEffect(() => {
    if (!wanted || !near.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void fetchNextPage();
    });
    observer.observe(near.current);
    return () => {
      observer.disconnect();
    };
  }, [wanted, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div className={styles.more}>
      <div ref={near} className={styles.near} />
      {isFetchNextPageError && <p role="status">{strings.moreFailed}</p>}
      <button
        type="button"
        className="button"
        disabled={isFetching}
        onClick={() => void fetchNextPage()}
      >
        {isFetchNextPageError ? strings.retry : strings.showMore}
      </button>
    </div>
  );
}
