import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import { Message } from "../../components/Message";
import { Page } from "../../components/Page";
import { ProductTile } from "../../components/ProductTile";
import { TileSkeletons } from "../../components/Skeleton";
import type { SearchResponse, SlotName } from "../../lib/api";
import { call } from "../../lib/firebase";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { slotNames, strings } from "../../lib/strings";
import { SearchBar } from "./SearchBar";
import styles from "./SearchPage.module.css";
import { StartPage } from "./StartPage";
import { Understood } from "./Understood";
import { ignoredOf } from "./chips";
import { recent } from "./recent";

export function SearchPage() {
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const query = parameters.get("q") ?? "";
  const ignored = ignoredOf(parameters.get("ignore"));
  const search = (words: string) => {
    recent.remember(words);
    setParameters({ q: words });
  };
  const ignore = (slots: SlotName[]) => {
    setParameters({ q: query, ...(slots.length && { ignore: slots.join(",") }) });
  };
  const open = (product_id: string, release: string) => {
    const offer = { release, source: "suggestions" };
    log({ type: "select_item", product_id, ...offer });
    signals.raise();
    void navigate(`/product/${encodeURIComponent(product_id)}`, { state: { offer } });
  };
  return (
    <Page header={<SearchBar key={query} query={query} onSearch={search} onOpen={open} />}>
      <h1 className="visually-hidden">{strings.search}</h1>
      {query ? (
        <Results query={query} ignored={ignored} onIgnore={ignore} />
      ) : (
        <StartPage onSearch={search} />
      )}
    </Page>
  );
}

const tabs = [
  { id: "top", label: strings.top },
  { id: "clips", label: strings.clips },
  { id: "shop", label: strings.shop },
] as const;

interface ResultsProps {
  query: string;
  ignored: SlotName[];
  onIgnore: (slots: SlotName[]) => void;
}

function Results({ query, ignored, onIgnore }: ResultsProps) {
  const [tab, setTab] = useState<(typeof tabs)[number]["id"]>("top");
  const { data, isPending, isError, refetch } = useSearch(query, ignored);
  if (isError) {
    return (
      <Message
        action={
          <button type="button" className="button" onClick={() => void refetch()}>
            {strings.retry}
          </button>
        }
      >
        {strings.searchFailed}
      </Message>
    );
  }
  if (data && !data.products.length && !data.clips.length) {
    return (
      <Message>
        {strings.noResults(query)} {strings.noResultsHint}
      </Message>
    );
  }
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
      <Understood understood={data?.understood ?? []} ignored={ignored} onIgnore={onIgnore} />
      {!!data?.relaxed.length && (
        <p className={styles.relaxed} role="status">
          {strings.relaxed(data.relaxed.map((slot) => slotNames[slot].toLowerCase()).join(", "))}
        </p>
      )}
      {tab !== "shop" && data && <Clips clips={data.clips} whole={tab === "clips"} />}
      {tab !== "clips" && (
        <div className="grid" aria-busy={isPending}>
          {isPending && <TileSkeletons count={8} />}
          {data?.products.map(({ product, sources }) => (
            <ProductTile
              key={product.product_id}
              product={product}
              testId="search-product"
              onSelect={() => {
                log({
                  type: "select_item",
                  product_id: product.product_id,
                  release: data.release,
                  ...(sources[0] && { source: sources[0] }),
                });
                signals.raise();
              }}
            />
          ))}
        </div>
      )}
    </>
  );
}

function Clips({ clips, whole }: { clips: SearchResponse["clips"]; whole: boolean }) {
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

/** Search by the function, which logs the query itself: a strong signal for the next card. */
function useSearch(query: string, ignore: SlotName[]) {
  // Each visit is a search of its own; coming back to one is not searching again.
  const visit = useLocation().key;
  return useQuery({
    queryKey: ["search", query, ignore, visit],
    // While a chip's removal is answered, the page stays as it is.
    placeholderData: (before) => (before?.query === query ? before : undefined),
    queryFn: async () => {
      const at = new Date().toISOString();
      const asked = { query, ignore, event_id: crypto.randomUUID(), at };
      const found = await call<SearchResponse>("search", asked);
      signals.raise();
      return found;
    },
  });
}
