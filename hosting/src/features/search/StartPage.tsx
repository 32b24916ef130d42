import { Icon } from "../../components/Icon";
import { Message } from "../../components/Message";
import { strings } from "../../lib/strings";
import { Popular } from "./Popular";
import styles from "./SearchPage.module.css";
import { recent } from "./recent";

/** Where a search begins: the shopper's last ones, and what many look for. */
export function StartPage({ onSearch }: { onSearch: (words: string) => void }) {
  const searches = recent.use();
  return (
    <>
      {searches.length ? (
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
                  <Icon name="clock" size={20} />
                  <span>{words}</span>
                </button>
                <button
                  type="button"
                  className="icon-button"
                  aria-label={strings.remove(words)}
                  onClick={() => {
                    recent.forget(words);
                  }}
                >
                  <Icon name="close" size={18} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : (
        <Message>{strings.searchExample}</Message>
      )}
      <Popular onSearch={onSearch} />
    </>
  );
}
