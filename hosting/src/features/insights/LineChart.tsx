import { type CSSProperties, type PointerEvent, useId, useState } from "react";
import { insights } from "../../lib/strings/insights";
import { Table } from "./Table";
import { type Series, ticks } from "./figures";
import { dayName } from "./format";
import styles from "./LineChart.module.css";

interface Props {
  title: string;
  /** One a value, as 2026-03-01. */
  days: string[];
  series: Series[];
  format: (value: number) => string;
}

const WIDTH = 100;
const HEIGHT = 100;

/** Lines over days, with what they say at the day pointed to, and all of it as a table. */
export function LineChart({ title, days, series, format }: Props) {
  const id = useId();
  const [pointed, setPointed] = useState<number>();
  const at = Math.min(pointed ?? days.length - 1, days.length - 1);
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const scale = ticks(Math.max(0, ...known));
  const x = (place: number) => (days.length > 1 ? (WIDTH * place) / (days.length - 1) : WIDTH / 2);
  const y = (value: number) => HEIGHT - (HEIGHT * value) / (scale.at(-1) ?? 1);
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const place = Math.round(((event.clientX - left) / width) * (days.length - 1));
    setPointed(Math.max(0, Math.min(days.length - 1, place)));
  };
  const said = (value: number | null | undefined) => (value == null ? "–" : format(value));

  return (
    <figure className={styles.chart}>
      <figcaption>
        <h3>{title}</h3>
        <span>{dayName(days[at] ?? "")}</span>
      </figcaption>
      <ul className={styles.legend}>
        {series.map(({ name, values }, place) => (
          <li key={name}>
            <span className={styles.sign} style={coloured(place)} aria-hidden="true" />
            <span>{name}</span>
            <strong>{said(values[at])}</strong>
          </li>
        ))}
      </ul>
      <div className={styles.plot}>
        <div className={styles.scale} aria-hidden="true">
          {scale.toReversed().map((value) => (
            <span key={value}>{format(value)}</span>
          ))}
        </div>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-labelledby={`${id}-title ${id}-desc`}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => {
            setPointed(undefined);
          }}
        >
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-desc`}>
            {series.map(({ name, values }) => `${name}: ${said(values.at(-1))}`).join("; ")}
          </desc>
          {scale.map((value) => (
            <path key={value} className={styles.grid} d={`M0 ${y(value)}H${WIDTH}`} />
          ))}
          {pointed !== undefined && <path className={styles.pointed} d={`M${x(at)} 0V${HEIGHT}`} />}
          {series.map(({ name, values }, place) => (
            <g key={name} style={coloured(place)}>
              <path data-testid="line" d={line(values, x, y)} />
              <path className={styles.dot} d={dots(values, at, x, y)} />
            </g>
          ))}
        </svg>
        <div className={styles.days} aria-hidden="true">
          {marked(days).map((day) => (
            <span key={day}>{dayName(day)}</span>
          ))}
        </div>
      </div>
      <details className={styles.table}>
        <summary>{insights.asTable}</summary>
        <Table label={title}>
          <thead>
            <tr>
              <th scope="col">{insights.day}</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day, place) => (
              <tr key={day}>
                <th scope="row">{dayName(day)}</th>
                {series.map(({ name, values }) => (
                  <td key={name}>{said(values[place])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </figure>
  );
}

/** The line alone, for a place where the figure beside it says the rest. */
export function Sparkline({ values }: { values: (number | null)[] }) {
  const most = Math.max(0, ...values.map((value) => value ?? 0)) || 1;
  const course = values.length > 1 ? values : [];
  const x = (place: number) => (WIDTH * place) / Math.max(1, values.length - 1);
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={line(course, x, (value) => HEIGHT - (HEIGHT * value) / most)} />
    </svg>
  );
}

type Place = (value: number) => number;

/** A path through what is known; what is not breaks it, and a day alone is a dot. */
function line(values: (number | null)[], x: Place, y: Place): string {
  return values
    .map((value, place) => {
      if (value === null) return "";
      const before = values[place - 1] ?? null;
      const alone = before === null && (values[place + 1] ?? null) === null;
      return `${before === null ? "M" : "L"}${x(place)} ${y(value)}${alone ? "h0" : ""}`;
    })
    .join("");
}

/** The dot of the day that the legend speaks of: a line without length, round at its ends. */
function dots(values: (number | null)[], at: number, x: Place, y: Place): string {
  const value = values[at] ?? null;
  return value === null ? "" : `M${x(at)} ${y(value)}h0`;
}

/** The days that are named below: the first, the middle and the last. */
function marked(days: string[]): string[] {
  const middle = days.length > 2 ? days[(days.length - 1) >> 1] : undefined;
  return [...new Set([days[0], middle, days.at(-1)])].filter((day) => day !== undefined);
}

const coloured = (place: number) => ({ color: `var(--series-${place + 1})` }) as CSSProperties;
