import { useEffect, useId, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import type { FacetName, Filters } from "../../lib/api";
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
 * A sheet from below, or beside on a wide screen, to choose filters in. Each choice is counted at
 * once; the page behind follows when it is applied, so that it is one step back.
 */
export function FilterSheet({ asked, only, onApply, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [filters, setFilters] = useState(asked.choice.filters);
  const { data, isPlaceholderData } = useSearch({
    ...asked,
    choice: { ...asked.choice, filters },
  });
  const first = data?.pages[0];
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const shown = facetOrder.filter((name) => only === null || name === only);
  const clear = () => {
    setFilters((before) => (only === null ? {} : { ...before, [only]: undefined }));
  };
  return (
    <dialog
      ref={dialog}
      className={styles.sheet}
      aria-labelledby={title}
      onClose={onClose}
      onClick={(event) => {
        // The dialog's own box is filled by the form: what is left of it is the backdrop.
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onApply(filters);
        }}
      >
        <header>
          <h2 id={title}>{only ? facetNames[only] : strings.filters}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={strings.close}
            onClick={() => {
              dialog.current?.close();
            }}
          >
            <Icon name="close" />
          </button>
        </header>
        <div className={styles.facets}>
          {shown.map((name) => {
            const facet = first?.facets?.find((other) => other.name === name);
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
        <footer>
          <button type="button" className="button" onClick={clear}>
            {strings.clearFilters}
          </button>
          <button
            type="submit"
            className={`button main ${isPlaceholderData ? styles.counting : ""}`}
          >
            {first ? strings.show(first.total) : strings.filters}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
