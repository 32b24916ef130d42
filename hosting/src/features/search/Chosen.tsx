import type { UnderstoodSlot } from "../../lib/api";
import { strings } from "../../lib/strings";
import styles from "./SearchPage.module.css";
import { Understood } from "./Understood";
import { chosenOf } from "./filters";
import type { Asked } from "./useSearch";

interface Props {
  asked: Asked;
  understood: UnderstoodSlot[];
  onAsk: (asked: Asked) => void;
}

/** All that narrows the answer: what was understood, and what was chosen. Each can be removed. */
export function Chosen({ asked, understood, onAsk }: Props) {
  const { choice, ignored } = asked;
  const chosen = chosenOf(choice.filters);
  const filter = (filters: typeof choice.filters) => {
    onAsk({ ...asked, choice: { ...choice, filters } });
  };
  return (
    <Understood
      // An order that was chosen takes the place of one that was understood.
      understood={understood.filter(({ slot }) => slot !== "sort" || !choice.sort)}
      ignored={ignored}
      onIgnore={(slots) => {
        onAsk({ ...asked, ignored: slots });
      }}
    >
      {chosen.map(({ key, label, without }) => (
        <li key={key}>
          <button
            type="button"
            className={styles.chosen}
            aria-label={strings.remove(label)}
            onClick={() => {
              filter(without);
            }}
          >
            {label} <span aria-hidden="true">✕</span>
          </button>
        </li>
      ))}
      {chosen.length > 1 && (
        <li key="clear">
          <button
            type="button"
            className={styles.restore}
            onClick={() => {
              filter({});
            }}
          >
            {strings.clearFilters}
          </button>
        </li>
      )}
    </Understood>
  );
}
