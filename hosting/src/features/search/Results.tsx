import { useState } from "react";
import { Link } from "react-router";
import { Message } from "../../components/Message";
import { ProductTile } from "../../components/ProductTile";
import { TileSkeletons } from "../../components/Skeleton";
import type { Clip, FacetName, ScoredProduct } from "../../lib/api";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { slotNames, strings } from "../../lib/strings";
import { Chosen } from "./Chosen";
import { FilterBar } from "./FilterBar";
import { FilterSheet } from "./FilterSheet";
import { More } from "./More";
import styles from "./SearchPage.module.css";
import { type Asked, productsOf, useSearch } from "./useSearch";

const tabs = [
  { id: "top", label: strings.top },
  { id: "clips", label: strings.clips },
  { id: "shop", label: strings.shop },
] as const;

interface Props {
  asked: Asked;
  onAsk: (asked: Asked) => void;
}

/** What answers a search: clips and products, with what narrows and orders them. */
export function Results({ asked, onAsk }: Props) {
  const { query, choice } = asked;
  const [tab, setTab] = useState<(typeof tabs)[number]["id"]>("top");
  const [sheet, setSheet] = useState<FacetName | "all" | null>(null);
  const search = useSearch(asked);
  const first = search.data?.pages[0];
  const filtered = Object.keys(choice.filters).length > 0;
  const clear = () => {
    onAsk({ ...asked, choice: { ...choice, filters: {} } });
  };
  if (search.isError && !first) {
    return (
      <Message
        action={
          <button type="button" className="button" onClick={() => void search.refetch()}>
            {strings.retry}
          </button>
        }
      >
        {strings.searchFailed}
      </Message>
    );
  }
  if (first && !first.products.length && !first.clips.length && !filtered) {
    return (
      <Message>
        {strings.noResults(query)} {strings.noResultsHint}
      </Message>
    );
  }
  const products = productsOf(search.data?.pages ?? []);
  return (
    <>
      <div className={styles.tabs} role="group" aria-label={strings.search}>
        {tabs.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            aria-pressed={tab === id}
            onClick={() => {
              setTab(id);
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {tab !== "shop" && first && <Clips clips={first.clips} whole={tab === "clips"} />}
      {tab !== "clips" && (
        <>
          <FilterBar
            choice={choice}
            facets={first?.facets ?? []}
            understood={first?.understood ?? []}
            onOpen={setSheet}
            onSort={(sort) => {
              onAsk({ ...asked, choice: { ...choice, sort } });
            }}
          />
          <Chosen asked={asked} understood={first?.understood ?? []} onAsk={onAsk} />
          {first?.corrected && (
            <p className={styles.note} role="status">
              {strings.corrected} <strong>{first.corrected}</strong>.{" "}
              <button
                type="button"
                onClick={() => {
                  onAsk({ ...asked, verbatim: true });
                }}
              >
                {strings.searchInstead(query)}
              </button>
            </p>
          )}
          {first?.nearest_only && !filtered && (
            <p className={styles.note} role="status">
              {strings.nearestOnly(first.corrected ?? query)}
            </p>
          )}
          {!!first?.relaxed.length && (
            <p className={styles.note} role="status">
              {strings.relaxed(
                first.relaxed.map((slot) => slotNames[slot].toLowerCase()).join(", "),
              )}
            </p>
          )}
          <p className={styles.total} role="status">
            {first ? first.total > 0 && strings.found(first.total) : "\u00a0"}
          </p>
          {first?.total === 0 && (
            <Message
              action={
                <button type="button" className="button" onClick={clear}>
                  {strings.clearFilters}
                </button>
              }
            >
              {strings.nothingPasses}
            </Message>
          )}
          <div
            className={`grid ${search.isPlaceholderData ? styles.stale : ""}`}
            aria-busy={search.isFetching}
          >
            {search.isPending && <TileSkeletons count={8} />}
            {products.map((item) => (
              <Found key={item.product.product_id} {...item} />
            ))}
            {search.isFetchingNextPage && (
              <TileSkeletons count={Math.min(8, (first?.total ?? 0) - products.length)} />
            )}
          </div>
          <More search={search} />
        </>
      )}
      {sheet && (
        <FilterSheet
          asked={asked}
          only={sheet === "all" ? null : sheet}
          onApply={(filters) => {
            setSheet(null);
            onAsk({ ...asked, choice: { ...choice, filters } });
          }}
          onClose={() => {
            setSheet(null);
          }}
        />
      )}
    </>
  );
}

function Found({ product, sources, release }: ScoredProduct & { release: string }) {
  return (
    <ProductTile
      product={product}
      testId="search-product"
      onSelect={() => {
        log({
          type: "select_item",
          product_id: product.product_id,
          release,
          ...(sources[0] && { source: sources[0] }),
        });
        signals.raise();
      }}
    />
  );
}

function Clips({ clips, whole }: { clips: Clip[]; whole: boolean }) {
  if (!clips.length) return null;
  return (
    <div className={whole ? "grid" : styles.rail}>
      {clips.map((clip) => (
        <Link
          key={clip.clip_id}
          to={`/?clip=${encodeURIComponent(clip.clip_id)}`}
          className={styles.clip}
        >
          <img src={clip.poster_url} alt="" width="540" height="960" loading="lazy" />
          <span>{clip.caption}</span>
        </Link>
      ))}
    </div>
  );
}
