/** How to get what comes behind a page with such a token. `nextForwardToken` is none of them: it stands on the last page too. */
const waysOn = {
  NextToken: "with --starting-token and that token, or all of them without --max-items",
  nextToken: "with --next-token and that token, or all of them without --no-paginate",
} as const;

export type PagingToken = keyof typeof waysOn;

/** That a capture has been cut, which nothing in its records shows. @param token what its last page ends with */
export function cutNote(token: PagingToken): string {
  return `its last page has a ${token}, so later events may be missing: fetch them ${waysOn[token]}`;
}
