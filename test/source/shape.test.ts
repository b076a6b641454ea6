import { expect, test } from "vitest";
import { tellShape } from "../../src/source/shape.js";

const record = "2 123456789012 eni-1 192.0.2.10 198.51.100.25 49152 443 6 12 3480 1735689600 1735689658 ACCEPT OK";

test.each([
  { title: "nothing yet", head: "", want: "more" },
  { title: "half a line", head: record, want: "more" },
  { title: "a record", head: `${record}\n`, want: "plain" },
  { title: "a header", head: "version account-id\n", want: "plain" },
  { title: "a header of one name", head: "srcaddr\n", want: "plain" },
  { title: "a blank line", head: "\n2", want: "plain" },
  { title: "a comment", head: "# 2025-01-01T00:00:00Z a\n", want: "plain" },
  { title: "fields divided by tabs", head: `${record.replaceAll(" ", "\t")}\n`, want: "plain" },
  { title: "fields divided by blanks and tabs", head: "2 1234\teni-1 192.0.2.10\tOK\n", want: "plain" },
  { title: "text with commas", head: "a,b,c\n", want: "plain" },
  { title: "export to S3", head: `2025-01-01T00:00:00.000Z ${record}\n`, want: "dated" },
  { title: "tail, short", head: `2025-01-01T00:00:00 ${record}\r\n`, want: "dated" },
  {
    title: "tail in colours",
    head: `\x1b[32m2025-01-01T00:00:00.000000+00:00\x1b[0m \x1b[36ms\x1b[0m 2\n`,
    want: "dated",
  },
  { title: "a date and no more", head: "2025-01-01T00:00:00\n", want: "plain" },
  { title: "milliseconds", head: `1735689600000\t${record}\n`, want: "dated" },
  { title: "filter-log-events as text", head: `EVENTS\t1\t2\ts\t${record}\t3\n`, want: "cli" },
  { title: "get-log-events as text", head: "b/1/s\tf/2/s\n", want: "cli" },
  { title: "records side by side", head: `${record}\t${record}\n`, want: "joined" },
  { title: "records side by side, more than is looked at", head: Array(60).fill(record).join("\t"), want: "joined" },
  { title: "CSV of a console", head: "timestamp,message\n", want: "csv" },
  { title: "CSV in quotes", head: '"version","account_id"\n', want: "csv" },
  { title: "CSV with a byte order mark", head: "\xef\xbb\xbfsrcaddr,end\r\n", want: "csv" },
  { title: "an object", head: "{", want: "json" },
  { title: "an array behind blanks", head: "\n  [", want: "json" },
  { title: "JSON behind a byte order mark", head: "\xef\xbb\xbf{", want: "json" },
  { title: "half a byte order mark", head: "\xef\xbb", want: "more" },
  { title: "base64 of gzip", head: "H4sIAAAAAAAAA5WQ\n", want: "base64" },
  { title: "base64 in JSON's quotes", head: '"H4sIAAAAAAAAA5WQ"\n', want: "json" },
])("$title", ({ head, want }) => {
  const bytes = Buffer.from(head, "latin1");
  expect(tellShape(bytes, false)).toBe(want);
  // Until it can be told, more is asked for, and never is another answer given.
  for (let length = 0; length < bytes.length; length++) {
    expect(["more", want]).toContain(tellShape(bytes.subarray(0, length), false));
  }
});

test.each([
  { head: "<!DOCTYPE html><html><body>404</body></html>", what: "an HTML page" },
  { head: "\n<html>\n<head><title>403 Forbidden</title></head>", what: "an HTML page" },
  {
    head: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    what: "an error answer of AWS (AccessDenied)",
  },
  { head: "<a>", what: "XML or HTML" },
  { head: "events:\n- eventId: '1'\n", what: "YAML of AWS's command line" },
])("$what is no log", ({ head, what }) => {
  expect(tellShape(Buffer.from(head), true)).toMatchObject({ what, hint: expect.stringMatching(/\.$/) });
});
