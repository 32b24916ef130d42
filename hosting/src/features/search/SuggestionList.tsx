import { type MouseEvent, useEffect, useRef, useSyncExternalStore } from "react";
import { Icon, type IconName } from "../../components/Icon";
import { strings, suggestionKinds } from "../../lib/strings";
import styles from "./SearchBar.module.css";
import type { Match } from "./suggestions";

const icons: Record<Match["kind"], IconName> = {
  recent: "clock",
  query: "search",
  combination: "search",
  category: "grid",
  theme: "star",
  brand: "tag",
  product: "bag",
};

interface Props {
  id: string;
  matches: Match[];
  active: number;
  onChoose: (match: Match) => void;
  onFill: (text: string) => void;
  onForget: (text: string) => void;
  onClose: () => void;
}

/**
 * The suggestions below the search field. The field keeps the focus, so that nothing in here
 * takes it: the small signs in a row are for fingers and mice, their keys are the field's.
 */
export function SuggestionList({
  id,
  matches,
  active,
  onChoose,
  onFill,
  onForget,
  onClose,
}: Props) {
  const list = useRef<HTMLUListElement>(null);
  const height = useSyncExternalStore(onResize, visibleHeight);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const aside = (act: () => void) => (event: MouseEvent) => {
    event.stopPropagation();
    act();
  };
  return (
    <div
      style={{ "--visible": `${height}px` } as React.CSSProperties}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
    >
      <div className={styles.scrim} onClick={onClose} />
      <ul ref={list} id={id} role="listbox" aria-label={strings.suggested} className={styles.list}>
        {matches.map((match, place) => (
          <li
            key={`${match.kind} ${match.text}`}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === active}
            // Read as one: the parts of a word would be read as words.
            aria-label={[match.text, suggestionKinds[match.kind]].filter(Boolean).join(", ")}
            className={styles.option}
            onClick={() => {
              onChoose(match);
            }}
          >
            <Icon name={icons[match.kind]} size={20} />
            <span className={styles.text}>
              {match.parts.map(({ text, typed }, part) =>
                typed ? <span key={part}>{text}</span> : <b key={part}>{text}</b>,
              )}
            </span>
            {match.kind !== "recent" && suggestionKinds[match.kind] && (
              <span className={styles.kind}>{suggestionKinds[match.kind]}</span>
            )}
            {match.kind === "recent" && (
              <span
                aria-hidden="true"
                className={styles.sign}
                title={strings.remove(match.text)}
                onClick={aside(() => {
                  onForget(match.text);
                })}
              >
                <Icon name="close" size={18} />
              </span>
            )}
            {match.kind !== "product" && (
              <span
                aria-hidden="true"
                className={styles.sign}
                title={strings.fillIn}
                onClick={aside(() => {
                  onFill(match.text);
                })}
              >
                <Icon name="fill" size={20} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The height that an on-screen keyboard leaves. */
function visibleHeight(): number {
  return Math.round(window.visualViewport?.height ?? window.innerHeight);
}

function onResize(listener: () => void) {
  const viewport = window.visualViewport ?? window;
  viewport.addEventListener("resize", listener);
  return () => {
    viewport.removeEventListener("resize", listener);
  };
}
