import { useNavigate, useSearchParams } from "react-router";
import { Page } from "../../components/Page";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { strings } from "../../lib/strings";
import { Results } from "./Results";
import { SearchBar } from "./SearchBar";
import { StartPage } from "./StartPage";
import { ignoredOf } from "./chips";
import { choiceOf, parametersOf } from "./filters";
import { recent } from "./recent";
import { type Asked, useVisit } from "./useSearch";

export function SearchPage() {
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const query = parameters.get("q") ?? "";
  const visit = useVisit();
  const ignored = ignoredOf(parameters.get("ignore"));
  const verbatim = parameters.has("verbatim");
  const search = (words: string) => {
    recent.remember(words);
    setParameters({ q: words });
  };
  const ask = ({ ignored, verbatim, choice }: Asked) => {
    const next: [string, string][] = [["q", query]];
    if (verbatim) next.push(["verbatim", "1"]);
    if (ignored.length) next.push(["ignore", ignored.join(",")]);
    setParameters([...next, ...parametersOf(choice)], { state: { visit } });
  };
  const open = (product_id: string, release: string) => {
    const offer = { release, source: "suggestions" };
    log({ type: "select_item", product_id, ...offer });
    signals.raise();
    void navigate(`/product/${encodeURIComponent(product_id)}`, { state: { offer } });
  };
  return (
    <Page header={<SearchBar key={query} query={query} onSearch={search} onOpen={open} />}>
      <h1 className="visually-hidden">{strings.search}</h1>
      {query ? (
        <Results asked={{ query, ignored, verbatim, choice: choiceOf(parameters) }} onAsk={ask} />
      ) : (
        <StartPage onSearch={search} />
      )}
    </Page>
  );
}
