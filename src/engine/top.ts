/**
 * The first `limit` of many things in the order of `compare` (0: all of them), by a heap: the whole is never sorted.
 * Memory grows with `limit`.
 */
export function takeFirst<T>(things: Iterable<T>, limit: number, compare: (a: T, b: T) => number): T[] {
  if (limit === 0) return [...things].sort(compare);
  // The last of those taken so far stands on top, where it is compared with and replaced.
  const heap: T[] = [];
  for (const thing of things) {
    if (heap.length < limit) {
      heap.push(thing);
      rise(heap, compare);
    } else if (compare(thing, heap[0] as T) < 0) {
      heap[0] = thing;
      sink(heap, compare);
    }
  }
  return heap.sort(compare);
}

function rise<T>(heap: T[], compare: (a: T, b: T) => number): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (compare(heap[at] as T, heap[parent] as T) <= 0) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function sink<T>(heap: T[], compare: (a: T, b: T) => number): void {
  let at = 0;
  while (true) {
    let last = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compare(heap[child] as T, heap[last] as T) > 0) last = child;
    }
    if (last === at) return;
    swap(heap, at, last);
    at = last;
  }
}

function swap<T>(heap: T[], a: number, b: number): void {
  const thing = heap[a] as T;
  heap[a] = heap[b] as T;
  heap[b] = thing;
}
