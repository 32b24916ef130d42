import { useEffect, useRef } from "react";
import { BusyButton } from "../../components/BusyButton";
import { failureText } from "../../lib/failure";
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
  // What is around the button stays when that goes, and has the focus then: below the products.
  if (!hasNextPage) return <div className={styles.more} />;
  return (
    <div className={styles.more}>
      <div ref={near} className={styles.near} />
      {isFetchNextPageError && <p role="status">{failureText(search.error, strings.moreFailed)}</p>}
      <BusyButton busy={isFetching} onClick={() => void fetchNextPage()}>
        {isFetchNextPageError ? strings.retry : strings.showMore}
      </BusyButton>
    </div>
  );
}
