/** What only the operator's page says; it comes with the page. */

import { type Language, language } from "../language";
import { de } from "./insights.de";
import { en } from "./insights.en";

export const insights = ({ en, de } satisfies Record<Language, typeof en>)[language];
