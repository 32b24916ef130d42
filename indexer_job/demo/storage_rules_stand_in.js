// Stands in for the Storage emulator's rules runtime (a JAR that needs a download) where it
// cannot be had. storage.rules close everything to clients, and so does this: every request is
// denied. The Admin SDKs and google-cloud-storage are not subject to rules.
const { createInterface } = require("node:readline");

const reply = (message) => process.stdout.write(JSON.stringify(message) + "\n");

reply({ id: -1, status: "ok" });
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, action } = JSON.parse(line);
  const results = { load_ruleset: { rulesVersion: 2 }, verify: { permit: false } };
  reply({ id, status: "ok", warnings: [], errors: [], result: results[action] ?? {} });
});
