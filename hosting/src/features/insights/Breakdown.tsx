import { useState } from "react";
import type { Counts, Dimension, InsightsDay } from "../../lib/api";
import { insights } from "../../lib/strings/insights";
import { Choice } from "./Choice";
import { LineChart } from "./LineChart";
import { Bar, Table } from "./Table";
import {
  type Metric,
  calendar,
  figure,
  lines,
  mainCurrency,
  metrics,
  sum,
  totals,
} from "./figures";
import { formatted, groupName } from "./format";
import styles from "./Dashboard.module.css";

const dimensions = Object.keys(insights.dimensions) as Dimension[];
const metricNames: Record<Metric, string> = {
  impressions: insights.impressions,
  ctr: insights.ctr,
  addRate: insights.addRate,
  rpm: insights.rpmShort,
};

/** One figure by source, reason, variant or release, over time; and all figures of the period. */
export function Breakdown({ days }: { days: InsightsDay[] }) {
  const [dimension, setDimension] = useState<Dimension>("source");
  const [metric, setMetric] = useState<Metric>("ctr");
  const currency = mainCurrency(sum(days.map(({ cards }) => cards)));
  const groups = totals(days, dimension);
  const most = Math.max(1, ...groups.map(({ impressions }) => impressions));
  const series = lines(days, dimension, metric, currency);
  return (
    <section className={styles.panel}>
      <h2>{insights.breakdown}</h2>
      <div className={styles.choices}>
        <Choice
          label={insights.breakdown}
          options={dimensions.map((value) => ({ value, name: insights.dimensions[value] }))}
          chosen={dimension}
          onChoose={setDimension}
        />
        <Choice
          label={insights.metric}
          options={metrics.map((value) => ({ value, name: metricNames[value] }))}
          chosen={metric}
          onChoose={setMetric}
        />
      </div>
      {dimension === "source" && <p className={styles.note}>{insights.besideCards}</p>}
      <div className={styles.halves}>
        <LineChart
          title={metricNames[metric]}
          days={calendar(days).map(({ day }) => day)}
          series={series.map(({ name, values }) => ({ name: groupName(name), values }))}
          format={(value) => formatted(value, metric, currency)}
        />
        <Table label={insights.breakdown}>
          <thead>
            <tr>
              <th scope="col">{insights.dimensions[dimension]}</th>
              {metrics.map((name) => (
                <th key={name} scope="col">
                  {metricNames[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.name}>
                <th scope="row">
                  {groupName(group.name)}
                  <Bar part={group.impressions / most} />
                </th>
                {metrics.map((name) => (
                  <td key={name}>{said(group, name, currency)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </section>
  );
}

const said = (counts: Counts, metric: Metric, currency: string) =>
  formatted(figure(counts, metric, currency), metric, currency);
