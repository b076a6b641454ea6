import { Outlet } from "../engine/outlet.js";
import { work } from "../engine/thread.js";
import { type RowStyle, rowWriter } from "./row-writer.js";

/** Writes the rows that a thread selects. */
work((style: RowStyle, { outlet: parts, firstLayout, send, takeTold }) => {
  const outlet = new Outlet(parts, send, takeTold);
  const write = rowWriter(style, (mine) => outlet.firstLayout(mine));
  return {
    begin: (block) => outlet.begin(block),
    add({ batch, selection }) {
      outlet.setLayout(batch.layout);
      for (const text of write(batch, selection, selection.count)) outlet.write(text);
    },
    end: () => outlet.end(firstLayout()),
  };
});
