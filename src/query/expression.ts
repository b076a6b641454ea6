/** Conditions joined by `and` and `or`, and turned round by `not`. */
export type Expression<Condition> =
  | Condition
  | { op: "and" | "or"; terms: Expression<Condition>[] }
  | { op: "not"; term: Expression<Condition> };

/** The terms joined by `op`, those that are joined by it already taken apart; a single one stands for itself. */
export function joinTerms<Condition extends { op: string }>(
  op: "and" | "or",
  terms: readonly Expression<Condition>[],
): Expression<Condition> {
  const flat = terms.flatMap((term) => (isJoined(term, op) ? term.terms : [term]));
  return flat.length === 1 ? (flat[0] as Expression<Condition>) : { op, terms: flat };
}

/** Where the term does not hold. */
export function negateTerm<Condition extends { op: string }>(term: Expression<Condition>): Expression<Condition> {
  return isNegation(term) ? term.term : { op: "not", term };
}

function isJoined<Condition extends { op: string }>(
  term: Expression<Condition>,
  op: "and" | "or",
): term is { op: "and" | "or"; terms: Expression<Condition>[] } {
  return term.op === op;
}

function isNegation<Condition extends { op: string }>(
  term: Expression<Condition>,
): term is { op: "not"; term: Expression<Condition> } {
  return term.op === "not";
}
