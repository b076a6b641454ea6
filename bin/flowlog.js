#!/usr/bin/env node
// CommonJS, as the package.json beside it says: to start its loader of ES modules takes Node 8 ms.
require("../dist/cli.cjs").main(process.argv.slice(2));
