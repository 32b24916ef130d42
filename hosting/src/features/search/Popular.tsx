import { strings } from "../../lib/strings";
import styles from "./SearchPage.module.css";
import { popularSearches } from "./suggestions";
import { useSuggestions } from "./useSuggestions";

/** What many look for; nothing when that is not known. */
export function Popular({ onSearch }: { onSearch: (words: string) => void }) {
  const popular = popularSearches(useSuggestions());
  if (!popular.length) return null;
  return (
    <section>
      <h2 className={styles.heading}>{strings.popularSearches}</h2>
      <ul className={styles.chips}>
        {popular.map((words) => (
          <li key={words}>
            <button
              type="button"
              onClick={() => {
                onSearch(words);
              }}
            >
              {words}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
