/** A process that was started before anybody knew for which function: it waits until the host says, and becomes that function's. */
/* The environment of this process is the interface that AWS defines. */
/* oxlint-disable no-restricted-properties */
'use strict';

/** Resolves once this process has the variables and the working folder of a function. */
async function becomeAssigned(client) {
  // What the first `import` of a function's own modules would wait for.
  await import('node:module');
  const { variables, folder } = JSON.parse(await client.assignment());
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
  process.chdir(folder);
  client.acknowledgeAssignment();
}

module.exports = { becomeAssigned };
