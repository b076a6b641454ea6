/** What a run met. lines = headers + comments + blank + records + malformed; records = flows + the last three. */
export interface Counts {
  lines: number;
  headers: number;
  comments: number;
  blank: number;
  records: number;
  malformed: number;
  flows: number;
  nodata: number;
  skipdata: number;
  other_status: number;
  /** Least `start` and greatest `end` of the flows, Unix seconds. */
  first: bigint | null;
  last: bigint | null;
}

export function newCounts(): Counts {
  return {
    lines: 0,
    headers: 0,
    comments: 0,
    blank: 0,
    records: 0,
    malformed: 0,
    flows: 0,
    nodata: 0,
    skipdata: 0,
    other_status: 0,
    first: null,
    last: null,
  };
}
