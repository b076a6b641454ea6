/**
 * What SQL lacks, as macros of DuckDB's core. A macro is put in place of its call before the statement is planned, so that one which
 * names its argument many times makes plans that take seconds: `[… FOR d IN [argument]][1]` names it once.
 * `digits` are the 32 of an IPv6 address in hexadecimal.
 */
const macros: Readonly<Record<string, string>> = {
  ascii_lower: `CREATE OR REPLACE TEMP MACRO ascii_lower(t) AS
  translate(t, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');`,

  ipv4: `-- The number of an IPv4 address, NULL for others.
CREATE OR REPLACE TEMP MACRO ipv4(a) AS
  CASE WHEN NOT contains(a, ':') THEN
    split_part(a, '.', 1)::BIGINT * 16777216 + split_part(a, '.', 2)::BIGINT * 65536
      + split_part(a, '.', 3)::BIGINT * 256 + split_part(a, '.', 4)::BIGINT
  END;`,

  ipv4_text: `CREATE OR REPLACE TEMP MACRO ipv4_text(v) AS
  concat_ws('.', v // 16777216, v // 65536 % 256, v // 256 % 256, v % 256);`,

  hex_tail: `-- 2001:db8::192.0.2.1 is 2001:db8::c000:0201
CREATE OR REPLACE TEMP MACRO hex_tail(a) AS
  CASE
    WHEN contains(a, '.') THEN regexp_replace(a, '[^:]+$', '') || printf('%02x%02x:%02x%02x',
      TRY_CAST(split_part(regexp_extract(a, '[^:]+$'), '.', 1) AS BIGINT), TRY_CAST(split_part(a, '.', 2) AS BIGINT),
      TRY_CAST(split_part(a, '.', 3) AS BIGINT), TRY_CAST(split_part(a, '.', 4) AS BIGINT))
    ELSE a
  END;`,

  all_digits: `-- 2001:db8 is 20010db8
CREATE OR REPLACE TEMP MACRO all_digits(t) AS
  replace(regexp_replace(regexp_replace(
    ':' || lower(t), ':([0-9a-f])', ':000\\1', 'g'), ':[0-9a-f]*([0-9a-f]{4})', '\\1', 'g'), ':', '');`,

  ipv6_digits: `-- What :: stands for is filled with zeros.
CREATE OR REPLACE TEMP MACRO ipv6_digits(a) AS
  rpad(all_digits(split_part(a, '::', 1)), 32 - length(all_digits(split_part(a, '::', 2)))::INTEGER, '0')
    || all_digits(split_part(a, '::', 2));`,

  digits_value: `CREATE OR REPLACE TEMP MACRO digits_value(digits) AS
  (('0x' || left(digits, 16))::UBIGINT::UHUGEINT << 64) + ('0x' || right(digits, 16))::UBIGINT;`,

  ipv6: `-- The number of an IPv6 address, NULL for others.
CREATE OR REPLACE TEMP MACRO ipv6(a) AS
  CASE WHEN contains(a, ':')
    THEN [digits_value(digits) FOR digits IN [ipv6_digits(t) FOR t IN [hex_tail(a)]]][1]
  END;`,

  zero_run: `-- The first run of so many zero groups as !, if there is no ! yet.
CREATE OR REPLACE TEMP MACRO zero_run(groups, n) AS
  regexp_replace(groups, '^((?::[0-9a-f]+)*?)(?::0){' || n || '}((?::[0-9a-f]+)*)$', '\\1!\\2');`,

  ipv6_text: `-- RFC 5952: lower case, no leading zeros, and for the longest run of zero groups, the first of equals, ::
CREATE OR REPLACE TEMP MACRO ipv6_text(all_of_it) AS
  [
    CASE
      WHEN starts_with(digits, '00000000000000000000ffff')
        THEN '::ffff:' || ipv4_text(('0x' || right(digits, 8))::UBIGINT)
      ELSE regexp_replace(regexp_replace(
        zero_run(zero_run(zero_run(zero_run(zero_run(zero_run(zero_run(
          regexp_replace(regexp_replace(digits, '(.{4})', ':\\1', 'g'), ':0{1,3}([0-9a-f])', ':\\1', 'g'),
          8), 7), 6), 5), 4), 3), 2),
        '!:?', '::'), '^:([0-9a-f])', '\\1')
    END
    FOR digits IN [all_of_it]
  ][1];`,

  canonical: `CREATE OR REPLACE TEMP MACRO canonical(a) AS
  CASE WHEN contains(a, ':') THEN ipv6_text([ipv6_digits(t) FOR t IN [hex_tail(a)]][1]) ELSE a END;`,

  in_ipv4: `CREATE OR REPLACE TEMP MACRO in_ipv4(a, network) AS
  ipv4(a) BETWEEN ipv4(split_part(network, '/', 1))
    AND ipv4(split_part(network, '/', 1)) + (4294967295 >> split_part(network, '/', 2)::BIGINT);`,

  in_ipv6: `CREATE OR REPLACE TEMP MACRO in_ipv6(a, network) AS
  ipv6(a) BETWEEN ipv6(split_part(network, '/', 1))
    AND ipv6(split_part(network, '/', 1))
      + (340282366920938463463374607431768211455::UHUGEINT >> split_part(network, '/', 2)::UHUGEINT);`,

  cut: `CREATE OR REPLACE TEMP MACRO cut(v, bits) AS
  v >> bits << bits;`,

  network: `-- The network of an address, of so many bits; NULL leaves addresses of that family whole.
CREATE OR REPLACE TEMP MACRO network(a, v4, v6) AS
  CASE
    WHEN contains(a, ':') AND v6 IS NOT NULL
      THEN ipv6_text(format('{:032x}', cut(ipv6(a), (128 - v6)::UHUGEINT))) || '/' || v6
    WHEN NOT contains(a, ':') AND v4 IS NOT NULL
      THEN ipv4_text(cut(ipv4(a), (32 - v4)::BIGINT)) || '/' || v4
    ELSE canonical(a)
  END;`,

  decode_tag: `-- Percent-encoded characters, each for itself: what is none stays as it is.
CREATE OR REPLACE TEMP MACRO decode_tag(tag) AS
  array_to_string([
    coalesce(TRY(url_decode(c)), c)
    FOR c IN regexp_extract_all(tag, '(?is)%(?:[0-7][0-9a-f]|[cd][0-9a-f]%[89ab][0-9a-f]'
      || '|e[0-9a-f](?:%[89ab][0-9a-f]){2}|f[0-7](?:%[89ab][0-9a-f]){3})|.')
  ], '');`,

  ratio: `-- Rounded to 4 decimals, halves away from zero, in whole numbers; NULL unless the divisor is positive.
CREATE OR REPLACE TEMP MACRO ratio(n, d) AS
  CASE WHEN d > 0 THEN ((20000 * n::HUGEINT + d::HUGEINT) // (2 * d::HUGEINT))::DECIMAL(38, 0) * 0.0001 END;`,

  share: `-- What of v falls between two times, if it is spread evenly from start to stop; all of it where start is NULL.
CREATE OR REPLACE TEMP MACRO share(v, start, stop, since, until) AS
  CASE
    WHEN start IS NULL THEN v
    ELSE v::HUGEINT * (least(until, stop) - start) // (stop - start)
      - v::HUGEINT * (greatest(since, start) - start) // (stop - start)
  END;`,

  instant: `-- Epoch seconds as ISO 8601 in UTC; past the year 9999 the number as it is.
CREATE OR REPLACE TEMP MACRO instant(t) AS
  CASE
    WHEN t BETWEEN 0 AND 253402300799 THEN strftime(make_timestamp(t::BIGINT * 1000000), '%Y-%m-%dT%H:%M:%SZ')
    ELSE t::VARCHAR
  END;`,
};

/** The macros that a statement calls, each before those that call it; no text if it calls none. */
export function writeMacros(statement: string): string {
  const needed = new Set<string>();
  collect(statement, needed);
  return Object.entries(macros)
    .filter(([name]) => needed.has(name))
    .map(([, macro]) => `${macro}\n\n`)
    .join("");
}

// That a text holds a macro's name costs a definition nobody calls, and no more.
function collect(text: string, into: Set<string>): void {
  for (const [, name = ""] of text.matchAll(/(\w+)\(/g)) {
    const macro = macros[name];
    if (macro === undefined || into.has(name)) continue;
    into.add(name);
    collect(macro, into);
  }
}
