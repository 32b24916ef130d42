/** What comes first: the page's look and its first picture. The app is loaded beside them. */

import "./app/theme.css";
import "./app/shell.css";
import { showFirstClip } from "./features/feed/first-clip";

void showFirstClip().then(() => import("./start"));
