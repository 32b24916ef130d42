import { useNavigate, useSearchParams } from "react-router";
import { Page } from "../../components/Page";
import { log } from "../../lib/queue";
import { signals } from "../../lib/signals";
import { strings } from "../../lib/strings";
import { useTitle } from "../../lib/title";
import { Results, type Tab, tabOf } from "./Results";
import { SearchBar } from "./SearchBar";
import { StartPage } from "./StartPage";
import { ignoredOf } from "./chips";
import { choiceOf, parametersOf } from "./filters";
import { recent } from "./recent";
import { type Asked, useVisit } from "./useSearch";

export default function SearchPage() {
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
  const tab = tabOf(parameters.get("tab"));
  useTitle(query || strings.search);
  const ask = ({ ignored, verbatim, choice }: Asked) => {
    const next: [string, string][] = [["q", query]];
    if (tab !== "top") next.push(["tab", tab]);
    if (verbatim) next.push(["verbatim", "1"]);
    if (ignored.length) next.push(["ignore", ignored.join(",")]);
    setParameters([...next, ...parametersOf(choice)], { state: { visit } });
  };
  const show = (next: Tab) => {
    const others = [...parameters].filter(([name]) => name !== "tab");
    const named: [string, string][] = next === "top" ? [] : [["tab", next]];
    // In the place of the address before, so that going back leaves the search.
    setParameters([...others, ...named], { state: { visit }, replace: true });
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
        <Results
          asked={{ query, ignored, verbatim, choice: choiceOf(parameters) }}
          tab={tab}
          onAsk={ask}
          onTab={show}
          onSearch={search}
        />
      ) : (
        <StartPage onSearch={search} />
      )}
    </Page>
  );
}
