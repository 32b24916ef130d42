import { useState } from "react";
import { Icon } from "../../components/Icon";
import { strings } from "../../lib/strings";
import styles from "./SearchPage.module.css";

const MOST_CHARACTERS = 500;

interface Props {
  query: string;
  onSearch: (words: string) => void;
}

export function SearchBar({ query, onSearch }: Props) {
  const [words, setWords] = useState(query);
  return (
    <form
      role="search"
      className={styles.bar}
      onSubmit={(event) => {
        event.preventDefault();
        if (words.trim()) onSearch(words.trim());
      }}
    >
      <Icon name="search" size={20} />
      <input
        type="search"
        aria-label={strings.search}
        placeholder={strings.searchHint}
        value={words}
        maxLength={MOST_CHARACTERS}
        enterKeyHint="search"
        autoFocus={!query}
        onChange={(event) => {
          setWords(event.target.value);
        }}
      />
    </form>
  );
}
