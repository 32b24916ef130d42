import { account } from "../../lib/strings/account";
import { type Language, language, languages, speak } from "../../lib/language";
import { theme, themes } from "../../lib/theme";
import { Choice } from "./Choice";
import { Personalisation } from "./Personalisation";
import { Section } from "./Section";

/** Personalisation, language, appearance. */
export function Settings() {
  const spoken = Object.entries(languages) as [Language, string][];
  return (
    <Section title={account.settings}>
      <Personalisation />
      <Choice
        title={account.language}
        values={spoken.map(([value, label]) => ({ value, label }))}
        chosen={language}
        onChoose={speak}
      />
      <Choice
        title={account.theme}
        values={themes.map((value) => ({ value, label: account.themes[value] }))}
        chosen={theme.use()}
        onChoose={theme.set}
      />
    </Section>
  );
}
