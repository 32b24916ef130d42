import type { UnansweredQuery } from "../../lib/api";
import { insights } from "../../lib/strings/insights";
import { Bar, Table } from "./Table";
import { moment, whole } from "./format";
import styles from "./Dashboard.module.css";

/** What shoppers ask for and the catalogue lacks. */
export function Unanswered({ queries }: { queries: UnansweredQuery[] }) {
  const most = Math.max(1, ...queries.map(({ count }) => count));
  return (
    <section className={styles.panel}>
      <h2>{insights.unanswered}</h2>
      {!queries.length && <p className={styles.note}>{insights.unansweredNone}</p>}
      {queries.length > 0 && (
        <Table label={insights.unanswered}>
          <thead>
            <tr>
              <th scope="col">{insights.query}</th>
              <th scope="col">{insights.times}</th>
              <th scope="col">{insights.answer}</th>
              <th scope="col">{insights.lastAsked}</th>
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
                <td>{insights.why[why]}</td>
                <td>{moment(last_at)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}
