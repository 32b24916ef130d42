/** The last card that came; it stands in when the shop is slow, down or out of reach. */

import type { RecommendResponse } from "./api";
import { localStore } from "./store";

export const lastCard = localStore<RecommendResponse | null>("last-card", null);
