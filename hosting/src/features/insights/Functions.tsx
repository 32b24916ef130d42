import type { FunctionFigures, InsightsDay } from "../../lib/api";
import { insights } from "../../lib/strings/insights";
import { LineChart } from "./LineChart";
import { Table } from "./Table";
import { calendar, errorShares, latencies } from "./figures";
import { milliseconds, percent, whole } from "./format";
import styles from "./Dashboard.module.css";

/** How long the functions take, and how often they fail. */
export function Functions(props: { functions: FunctionFigures[]; days: InsightsDay[] }) {
  const functions = [...props.functions].sort((a, b) => b.calls - a.calls);
  const names = functions.map(({ name }) => name);
  const days = calendar(props.days).map(({ day }) => day);
  const said = (value: number | null) => (value === null ? "–" : milliseconds(value));
  return (
    <section className={styles.panel}>
      <h2>{insights.functions}</h2>
      {!functions.length && <p className={styles.note}>{insights.functionsNone}</p>}
      {functions.length > 0 && (
        <>
          <div className={styles.halves}>
            <LineChart
              title={insights.latency}
              days={days}
              series={latencies(props.days, names)}
              format={milliseconds}
            />
            <LineChart
              title={insights.errorShare}
              days={days}
              series={errorShares(props.days, names)}
              format={percent}
            />
          </div>
          <Table label={insights.functions}>
            <thead>
              <tr>
                {[insights.function, insights.calls, insights.errors, insights.refused].map(
                  (name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ),
                )}
                <th scope="col">p50</th>
                <th scope="col">p95</th>
                <th scope="col">p99</th>
              </tr>
            </thead>
            <tbody>
              {functions.map(({ name, calls, errors, refused, p50, p95, p99 }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{whole(calls)}</td>
                  <td className={errors ? styles.bad : undefined}>{percent(errors / calls)}</td>
                  <td>{percent(refused / calls)}</td>
                  <td>{said(p50)}</td>
                  <td>{said(p95)}</td>
                  <td>{said(p99)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </>
      )}
    </section>
  );
}
