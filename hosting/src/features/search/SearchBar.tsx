import { type KeyboardEvent, useId, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import { strings } from "../../lib/strings";
import styles from "./SearchBar.module.css";
import { SuggestionList } from "./SuggestionList";
import { recent } from "./recent";
import { type Match, matchesOf } from "./suggestions";
import { useSuggestions } from "./useSuggestions";

const MOST_CHARACTERS = 500;

interface Props {
  query: string;
  onSearch: (words: string) => void;
  onOpen: (product_id: string, release: string) => void;
}

/**
 * The search field with its suggestions: the ARIA pattern "editable combobox with list
 * autocomplete". The focus stays in the field; the arrow keys move through the list.
 */
export function SearchBar({ query, onSearch, onOpen }: Props) {
  const [words, setWords] = useState(query);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  const index = useSuggestions();
  const searches = recent.use();

  // A page without a query shows by itself what an empty field would suggest.
  const matches = open && (query || words.trim()) ? matchesOf(index, words, searches) : [];
  const expanded = matches.length > 0;
  const chosen = matches[active];

  const show = (text: string) => {
    setWords(text);
    setOpen(true);
    setActive(-1);
  };
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const fill = (text: string) => {
    show(text);
    field.current?.focus();
  };
  const search = (text: string) => {
    if (!text.trim()) return;
    close();
    setWords(text.trim());
    field.current?.blur();
    onSearch(text.trim());
  };
  const choose = ({ text, product_id }: Match) => {
    if (product_id === undefined) search(text);
    else onOpen(product_id, index.release);
  };
  const forget = (text: string) => {
    recent.forget(text);
    setActive(-1);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // Keys that compose a letter belong to the input method.
    if (event.nativeEvent.isComposing) return;
    const { selectionStart, selectionEnd, value } = event.currentTarget;
    const atEnd = selectionStart === value.length && selectionEnd === value.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      setOpen(true);
      // The field itself is one more place, between the last suggestion and the first.
      const places = matches.length + 1;
      if (expanded) setActive(((active + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && chosen) choose(chosen);
    else if (event.key === "Escape" && expanded) close();
    else if (event.key === "ArrowRight" && chosen && atEnd) fill(chosen.text);
    else if (event.key === "Delete" && event.shiftKey && chosen?.kind === "recent")
      forget(chosen.text);
    else return;
    event.preventDefault();
  };

  return (
    <form
      role="search"
      className={styles.bar}
      onSubmit={(event) => {
        event.preventDefault();
        search(words);
      }}
      onBlur={close}
    >
      <Icon name="search" size={20} />
      <input
        ref={field}
        type="search"
        role="combobox"
        aria-label={strings.search}
        aria-autocomplete="list"
        aria-expanded={expanded}
        aria-controls={listId}
        aria-activedescendant={chosen && `${listId}-${active}`}
        placeholder={strings.searchHint}
        value={words}
        maxLength={MOST_CHARACTERS}
        enterKeyHint="search"
        autoComplete="off"
        autoCorrect="off"
        autoFocus={!query}
        onChange={(event) => {
          show(event.target.value);
        }}
        onFocus={() => {
          setOpen(true);
        }}
        onClick={() => {
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      {words && (
        <button
          type="button"
          className={styles.clear}
          aria-label={strings.clearSearch}
          onMouseDown={keepFocus}
          onClick={() => {
            fill("");
          }}
        >
          <Icon name="close" size={18} />
        </button>
      )}
      <div aria-live="polite" className="visually-hidden">
        {open && words.trim() && strings.suggestions(matches.length)}
      </div>
      {expanded && (
        <SuggestionList
          id={listId}
          matches={matches}
          active={active}
          onChoose={choose}
          onFill={fill}
          onForget={forget}
          onClose={() => {
            field.current?.blur();
          }}
        />
      )}
    </form>
  );
}

function keepFocus(event: React.MouseEvent) {
  event.preventDefault();
}
