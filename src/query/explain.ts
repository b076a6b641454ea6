import type { Layout } from "../record/layout.js";
import type { Query } from "./query.js";
/** stub */
export function explain(_query: Query, _layout: Layout): string {
  return "";
}
