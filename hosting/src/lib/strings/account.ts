/** What only the You page says; it comes with the page. */

import { type Language, language } from "../language";
import { de } from "./account.de";
import { en } from "./account.en";

export const account = ({ en, de } satisfies Record<Language, typeof en>)[language];
