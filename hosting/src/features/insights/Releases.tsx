import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { InsightsDay, ReleaseFacts } from "../../lib/api";
import { callAsOperator } from "../../lib/operator";
import { strings } from "../../lib/strings";
import { figure, totals } from "./figures";
import { formatted, moment, whole } from "./format";
import styles from "./Dashboard.module.css";

const texts = strings.insights;

interface Props {
  releases: ReleaseFacts[];
  days: InsightsDay[];
  onRolledBack: () => Promise<unknown>;
}

/** The releases and how each did; another one is made live after a question. */
export function Releases({ releases, days, onRolledBack }: Props) {
  const [asked, setAsked] = useState<string>();
  const { mutate, isPending, isError, data } = useMutation({
    mutationFn: (version: string) => callAsOperator<{ release: string }>("roll_back", { version }),
    onSuccess: onRolledBack,
    onSettled: () => {
      setAsked(undefined);
    },
  });
  const counts = new Map(totals(days, "release").map((group) => [group.name, group]));
  return (
    <section className={styles.panel}>
      <h2>{texts.releases}</h2>
      <p role="status" className={styles.note}>
        {isError ? texts.rollBackFailed : data && texts.rolledBack(data.release)}
      </p>
      {!releases.length && <p className={styles.note}>{texts.releasesNone}</p>}
      {releases.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{texts.release}</th>
                <th scope="col">{texts.published}</th>
                <th scope="col">{texts.products}</th>
                <th scope="col">{texts.impressions}</th>
                <th scope="col">{texts.ctr}</th>
                <th scope="col">{texts.evaluation}</th>
                <th scope="col" />
              </tr>
            </thead>
            <tbody>
              {releases.map(({ version, published_at, current, counts: held, evaluation }) => {
                const did = counts.get(version);
                return (
                  <tr key={version}>
                    <th scope="row" className={styles.version}>
                      {version}
                    </th>
                    <td>{moment(published_at)}</td>
                    <td>{whole(held["products"] ?? 0)}</td>
                    <td>{whole(did?.impressions ?? 0)}</td>
                    <td>{did ? formatted(figure(did, "ctr", ""), "ctr", "") : "–"}</td>
                    <td>
                      {Object.entries(evaluation).map(([name, value]) => (
                        <span key={name} className={styles.fact}>
                          {name.replaceAll("_", " ")} {value.toPrecision(3)}
                        </span>
                      ))}
                    </td>
                    <td>
                      {current && <strong className={styles.live}>{texts.live}</strong>}
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
                          aria-label={texts.rollBackTo(version)}
                          onClick={() => {
                            setAsked(version);
                          }}
                        >
                          {texts.rollBack}
                        </button>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
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
    <div className={styles.question} role="group" aria-label={texts.rollBackAsk}>
      <span>{texts.rollBackAsk}</span>
      <button type="button" className="button main" disabled={busy} onClick={onYes}>
        {texts.rollBackYes}
      </button>
      <button ref={no} type="button" className="button" disabled={busy} onClick={onNo}>
        {texts.cancel}
      </button>
    </div>
  );
}
