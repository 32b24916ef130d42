import { Icon } from "../../components/Icon";
import type { Facet, FacetName, Sort, UnderstoodSlot } from "../../lib/api";
import { facetNames, sortNames, strings } from "../../lib/strings";
import styles from "./Filters.module.css";
import { type Choice, countOf, facetOrder } from "./filters";

interface Props {
  choice: Choice;
  facets: Facet[];
  understood: UnderstoodSlot[];
  onOpen: (sheet: FacetName | "all") => void;
  onSort: (sort: Sort | null) => void;
}

/** The order, and the facets to open. */
export function FilterBar({ choice, facets, understood, onOpen, onSort }: Props) {
  const { filters } = choice;
  const offered = facetOrder.filter(
    (name) => countOf(filters, name) || facets.some((facet) => facet.name === name),
  );
  const chosen = offered.reduce((sum, name) => sum + countOf(filters, name), 0);
  // An order that was asked for in words counts until another is chosen.
  const asked = understood.find(({ slot }) => slot === "sort")?.values[0] as Sort | undefined;
  const sort = choice.sort ?? asked ?? "relevance";
  return (
    <div className={styles.bar} role="group" aria-label={strings.filters}>
      <button
        type="button"
        className={styles.open}
        aria-haspopup="dialog"
        aria-label={chosen ? strings.filtersChosen(chosen) : strings.filters}
        onClick={() => {
          onOpen("all");
        }}
      >
        <Icon name="filter" size={18} />
        {strings.filters}
        {chosen > 0 && <span className={styles.number}>{chosen}</span>}
      </button>
      <span className={`${styles.open} ${choice.sort ? styles.chosen : ""}`}>
        <select
          aria-label={strings.sortBy}
          value={sort}
          onChange={({ target }) => {
            const wanted = target.value as Sort;
            onSort(wanted === "relevance" && !asked ? null : wanted);
          }}
        >
          {Object.entries(sortNames).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
        <Icon name="down" size={16} />
      </span>
      {offered.map((name) => {
        const count = countOf(filters, name);
        return (
          <button
            key={name}
            type="button"
            className={`${styles.open} ${count ? styles.chosen : ""}`}
            aria-haspopup="dialog"
            onClick={() => {
              onOpen(name);
            }}
          >
            {facetNames[name]}
            {count > 1 && <span className={styles.number}>{count}</span>}
            <Icon name="down" size={16} />
          </button>
        );
      })}
    </div>
  );
}
