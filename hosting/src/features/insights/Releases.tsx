import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { BusyButton } from "../../components/BusyButton";
import type { InsightsDay, ReleaseFacts } from "../../lib/api";
import { failureText } from "../../lib/failure";
import { number } from "../../lib/format";
import { callAsOperator } from "../../lib/operator";
import { insights } from "../../lib/strings/insights";
import { Table } from "./Table";
import { figure, totals } from "./figures";
import { formatted, moment, whole } from "./format";
import styles from "./Dashboard.module.css";

interface Props {
  releases: ReleaseFacts[];
  days: InsightsDay[];
  /** Another may be live now, whether that was heard of or not. */
  onMoved: () => Promise<unknown>;
}

/** The releases and how each did; another one is made live after a question. */
export function Releases({ releases, days, onMoved }: Props) {
  const [asked, setAsked] = useState<string>();
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: (version: string) => callAsOperator<{ release: string }>("roll_back", { version }),
    onSettled: () => {
      setAsked(undefined);
      return onMoved();
    },
  });
  const live = releases.findIndex(({ current }) => current);
  const counts = new Map(totals(days, "release").map((group) => [group.name, group]));
  return (
    <section className={styles.panel}>
      <div className={styles.head}>
        <h2>{insights.releases}</h2>
        <p role="status" className={error ? styles.problem : styles.note}>
          {error
            ? failureText(error, insights.rollBackFailed)
            : data && insights.rolledBack(data.release)}
        </p>
      </div>
      {!releases.length && <p className={styles.note}>{insights.releasesNone}</p>}
      {releases.length > 0 && (
        <Table label={insights.releases}>
          <thead>
            <tr>
              <th scope="col">{insights.release}</th>
              <th scope="col">{insights.published}</th>
              <th scope="col">{insights.products}</th>
              <th scope="col">{insights.impressions}</th>
              <th scope="col">{insights.ctr}</th>
              <th scope="col">{insights.evaluation}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {releases.map((release, place) => {
              const { version, published_at, current, evaluation } = release;
              const did = counts.get(version);
              return (
                <tr key={version}>
                  <th scope="row" className={styles.version}>
                    {version}
                  </th>
                  <td>{moment(published_at)}</td>
                  <td>{whole(release.counts["products"] ?? 0)}</td>
                  <td>{whole(did?.impressions ?? 0)}</td>
                  <td>{did ? formatted(figure(did, "ctr", ""), "ctr", "") : "–"}</td>
                  <td>
                    {Object.entries(evaluation).map(([name, value]) => (
                      <span key={name} className={styles.fact}>
                        {name.replaceAll("_", " ")} {number(value, { maximumSignificantDigits: 3 })}
                      </span>
                    ))}
                  </td>
                  <td className={styles.action}>
                    {current && <strong className={styles.live}>{insights.live}</strong>}
                    {!current && asked === version && (
                      <Question
                        busy={isPending}
                        onYes={() => {
                          mutate(version);
                        }}
                        onNo={() => {
                          setAsked(undefined);
                        }}
                      />
                    )}
                    {!current && asked !== version && (
                      <button
                        type="button"
                        className="button"
                        aria-label={insights.makeLive(version)}
                        onClick={() => {
                          setAsked(version);
                        }}
                      >
                        {place > live ? insights.rollBack : insights.rollForward}
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function Question({ busy, onYes, onNo }: { busy: boolean; onYes: () => void; onNo: () => void }) {
  const no = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone; the harmless answer takes its place.
  useEffect(() => {
    no.current?.focus();
  }, []);
  return (
    <div className={styles.question} role="group" aria-label={insights.rollBackAsk}>
      <span>{insights.rollBackAsk}</span>
      <BusyButton className="button main" busy={busy} onClick={onYes}>
        {insights.rollBackYes}
      </BusyButton>
      <BusyButton ref={no} busy={busy} onClick={onNo}>
        {insights.cancel}
      </BusyButton>
    </div>
  );
}
