import { useState } from "react";
import { Failed } from "../../components/Failed";
import { Sheet } from "../../components/Sheet";
import type { FacetName, Filters } from "../../lib/api";
import { failureText } from "../../lib/failure";
import { facetNames, strings } from "../../lib/strings";
import { FacetValues } from "./FacetValues";
import styles from "./Filters.module.css";
import { facetOrder } from "./filters";
import { type Asked, useSearch } from "./useSearch";

interface Props {
  asked: Asked;
  /** One facet, or all. */
  only: FacetName | null;
  onApply: (filters: Filters) => void;
  onClose: () => void;
}

/**
 * A sheet to choose filters in. Each choice is counted at once, and what was counted last stays
 * where that fails; the page behind follows when it is applied, so that it is one step back.
 */
export function FilterSheet({ asked, only, onApply, onClose }: Props) {
  const [filters, setFilters] = useState(asked.choice.filters);
  const { data, isPlaceholderData, error, refetch } = useSearch({
    ...asked,
    choice: { ...asked.choice, filters },
  });
  const first = data?.pages[0];
  const [last, setLast] = useState(first);
  if (first && first !== last) setLast(first);
  const shown = facetOrder.filter((name) => only === null || name === only);
  const clear = () => {
    setFilters((before) => (only === null ? {} : { ...before, [only]: undefined }));
  };
  return (
    <Sheet title={only ? facetNames[only] : strings.filters} beside onClose={onClose}>
      <form
        className={styles.chooser}
        onSubmit={(event) => {
          event.preventDefault();
          onApply(filters);
        }}
      >
        <div className={styles.facets}>
          {shown.map((name) => {
            const facet = last?.facets?.find((other) => other.name === name);
            return (
              facet && (
                <FacetValues
                  key={name}
                  facet={facet}
                  filters={filters}
                  alone={only !== null}
                  onChange={setFilters}
                />
              )
            );
          })}
        </div>
        {error && (
          <Failed onRetry={() => void refetch()}>{failureText(error, strings.searchFailed)}</Failed>
        )}
        <footer>
          <button type="button" className="button" onClick={clear}>
            {strings.clearFilters}
          </button>
          <button
            type="submit"
            className={`button main ${isPlaceholderData ? styles.counting : ""}`}
          >
            {first ? strings.show(first.total) : strings.showUncounted}
          </button>
        </footer>
      </form>
    </Sheet>
  );
}
