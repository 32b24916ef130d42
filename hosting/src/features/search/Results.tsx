import { useState } from "react";
import { Failed } from "../../components/Failed";
import { Message } from "../../components/Message";
import { ProductTile } from "../../components/ProductTile";
import { TileSkeletons } from "../../components/Skeleton";
import type { FacetName, ScoredProduct } from "../../lib/api";
import { failureText } from "../../lib/failure";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { slotNames, strings } from "../../lib/strings";
import { Chosen } from "./Chosen";
import { Clips } from "./Clips";
import { FilterBar } from "./FilterBar";
import { FilterSheet } from "./FilterSheet";
import { More } from "./More";
import { Popular } from "./Popular";
import styles from "./SearchPage.module.css";
import { Tabs } from "./Tabs";
import { type Asked, productsOf, useSearch } from "./useSearch";

const tabs = [
  { id: "top", label: strings.top },
  { id: "clips", label: strings.clips },
  { id: "shop", label: strings.shop },
] as const;
export type Tab = (typeof tabs)[number]["id"];

/** The tab that an address names; the first one by default. */
export function tabOf(name: string | null): Tab {
  return tabs.find(({ id }) => id === name)?.id ?? "top";
}

interface Props {
  asked: Asked;
  tab: Tab;
  onAsk: (asked: Asked) => void;
  onTab: (tab: Tab) => void;
  onSearch: (words: string) => void;
}

/** What answers a search: clips and products, with what narrows and orders them. */
export function Results({ asked, tab, onAsk, onTab, onSearch }: Props) {
  const { query, choice } = asked;
  const [sheet, setSheet] = useState<FacetName | "all" | null>(null);
  const search = useSearch(asked);
  const first = search.data?.pages[0];
  const filtered = Object.keys(choice.filters).length > 0;
  const clear = () => {
    onAsk({ ...asked, choice: { ...choice, filters: {} } });
  };
  if (search.isError && !first) {
    return (
      <Failed whole onRetry={() => void search.refetch()}>
        {failureText(search.error, strings.searchFailed)}
      </Failed>
    );
  }
  const nothing = (
    <Message sign="search" hint={strings.noResultsHint}>
      {strings.noResults(query)}
    </Message>
  );
  if (first && !first.products.length && !first.clips.length && !filtered) {
    return (
      <>
        {nothing}
        <Popular onSearch={onSearch} />
      </>
    );
  }
  const products = productsOf(search.data?.pages ?? []);
  return (
    <Tabs label={strings.results} tabs={tabs} current={tab} onChange={onTab}>
      {tab === "clips" && first?.clips.length === 0 && (
        <Message
          sign="play"
          action={
            first.total > 0 && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  onTab("shop");
                }}
              >
                {strings.show(first.total)}
              </button>
            )
          }
        >
          {strings.noClips(query)}
        </Message>
      )}
      {tab !== "shop" && <Clips clips={first?.clips} as={tab === "clips" ? "grid" : "rail"} />}
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
              {strings.relaxed(first.relaxed.map((slot) => slotNames[slot]).join(", "))}
            </p>
          )}
          <p className={styles.total} role="status">
            {first ? first.total > 0 && strings.found(first.total) : "\u00a0"}
          </p>
          {first?.total === 0 && !filtered && nothing}
          {first?.total === 0 && filtered && (
            <Message
              sign="filter"
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
    </Tabs>
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
