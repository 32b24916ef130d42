import { useSearchParams } from "react-router";
import { Message } from "../../components/Message";
import { Page } from "../../components/Page";
import { localStore } from "../../lib/store";
import { strings } from "../../lib/strings";
import { Results } from "./Results";
import { SearchBar } from "./SearchBar";
import styles from "./SearchPage.module.css";
import { ignoredOf } from "./chips";
import { choiceOf, parametersOf } from "./filters";
import { type Asked, useVisit } from "./useSearch";

const RECENT = 8;
const recent = localStore<string[]>("searches", []);

export function SearchPage() {
  const [parameters, setParameters] = useSearchParams();
  const query = parameters.get("q") ?? "";
  const visit = useVisit();
  const ignored = ignoredOf(parameters.get("ignore"));
  const verbatim = parameters.has("verbatim");
  const search = (words: string) => {
    recent.set([words, ...recent.get().filter((other) => other !== words)].slice(0, RECENT));
    setParameters({ q: words });
  };
  const ask = ({ ignored, verbatim, choice }: Asked) => {
    const next: [string, string][] = [["q", query]];
    if (verbatim) next.push(["verbatim", "1"]);
    if (ignored.length) next.push(["ignore", ignored.join(",")]);
    setParameters([...next, ...parametersOf(choice)], { state: { visit } });
  };
  return (
    <Page header={<SearchBar key={query} query={query} onSearch={search} />}>
      <h1 className="visually-hidden">{strings.search}</h1>
      {query ? (
        <Results asked={{ query, ignored, verbatim, choice: choiceOf(parameters) }} onAsk={ask} />
      ) : (
        <RecentSearches onSearch={search} />
      )}
    </Page>
  );
}

function RecentSearches({ onSearch }: { onSearch: (words: string) => void }) {
  const searches = recent.use();
  if (!searches.length) return <Message>{strings.searchExample}</Message>;
  return (
    <section>
      <h2 className={styles.heading}>{strings.recentSearches}</h2>
      <ul className={styles.recent}>
        {searches.map((words) => (
          <li key={words}>
            <button
              type="button"
              className={styles.words}
              onClick={() => {
                onSearch(words);
              }}
            >
              {words}
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={strings.remove(words)}
              onClick={() => {
                recent.set(searches.filter((other) => other !== words));
              }}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
