import { type DataSet, dataLines } from "./data.js";

/** The records of a set as `aws logs filter-log-events` prints them, in parts of a text. */
export function* dataEvents(set: DataSet): Generator<string, void> {
  const lines = dataLines(set);
  lines.next();
  let number = 0;
  yield '{\n    "events": [';
  for (const line of lines) {
    const [, , eni, , , , , , , , start] = line.split(" ");
    const members = [
      `"logStreamName": "${eni}-all"`,
      `"timestamp": ${start}000`,
      `"message": "${line}"`,
      `"ingestionTime": ${start}123`,
      `"eventId": "${String(number).padStart(56, "0")}"`,
    ].map((member) => `            ${member}`);
    yield `${number++ === 0 ? "" : ","}\n        {\n${members.join(",\n")}\n        }`;
  }
  yield '\n    ],\n    "searchedLogStreams": []\n}\n';
}
