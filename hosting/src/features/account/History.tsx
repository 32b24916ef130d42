import { useState } from "react";
import { Link } from "react-router";
import { Failed } from "../../components/Failed";
import { Icon } from "../../components/Icon";
import { failureText } from "../../lib/failure";
import { ago } from "../../lib/format";
import { account } from "../../lib/strings/account";
import styles from "./Account.module.css";
import { type Happened, useHistory } from "./history";

/** What the shopper did last; read only when it is opened. */
export function History() {
  const [open, setOpen] = useState(false);
  const { data, isPending, error, refetch } = useHistory(open);
  return (
    <details
      className={styles.section}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <h2>{account.history}</h2>
        <Icon name="down" />
      </summary>
      <p className={styles.hint}>{account.historyHint}</p>
      {isPending && <div className={styles.waiting} aria-hidden="true" />}
      {error && (
        <Failed onRetry={() => void refetch()}>{failureText(error, account.historyFailed)}</Failed>
      )}
      {data && !data.length && <p className={styles.empty}>{account.noHistory}</p>}
      <ul className={styles.list}>
        {data?.map((event) => (
          <li key={event.event_id} className={styles.row} data-testid="happened">
            <Line event={event} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Line({ event }: { event: Happened }) {
  const { type, at, query, product_id = "", title } = event;
  return (
    <div className={styles.what}>
      {query !== undefined && <Link to={`/search?q=${encodeURIComponent(query)}`}>{query}</Link>}
      {query === undefined && title !== undefined && (
        <Link to={`/product/${encodeURIComponent(product_id)}`}>{title}</Link>
      )}
      {query === undefined && title === undefined && <span>{account.goneProduct}</span>}
      <small>
        {account.happened[type]}, {ago(at)}
      </small>
    </div>
  );
}
