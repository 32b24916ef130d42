import type { UnansweredQuery } from "../../lib/api";
import { strings } from "../../lib/strings";
import { Bar, Table } from "./Table";
import { moment, whole } from "./format";
import styles from "./Dashboard.module.css";

const texts = strings.insights;

/** What shoppers ask for and the catalogue lacks. */
export function Unanswered({ queries }: { queries: UnansweredQuery[] }) {
  const most = Math.max(1, ...queries.map(({ count }) => count));
  return (
    <section className={styles.panel}>
      <h2>{texts.unanswered}</h2>
      {!queries.length && <p className={styles.note}>{texts.unansweredNone}</p>}
      {queries.length > 0 && (
        <Table label={texts.unanswered}>
          <thead>
            <tr>
              <th scope="col">{texts.query}</th>
              <th scope="col">{texts.times}</th>
              <th scope="col">{texts.answer}</th>
              <th scope="col">{texts.lastAsked}</th>
            </tr>
          </thead>
          <tbody>
            {queries.map(({ query, why, count, last_at }) => (
              <tr key={query}>
                <th scope="row">
                  <span className={styles.words}>{query}</span>
                  <Bar part={count / most} />
                </th>
                <td>{whole(count)}</td>
                <td>{texts.why[why]}</td>
                <td>{moment(last_at)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}
