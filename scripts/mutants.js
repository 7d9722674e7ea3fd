// The tests of the tests run only when what they test has changed: `check` exits with 1 where it has, since `record` was run.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TESTED = ['src/machines', 'src/testing', 'test/model', 'test/contract/transports'];
const RECORD = 'test/mutants.sha256';

function fingerprint() {
  const hash = createHash('sha256');
  const files = TESTED.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return `${hash.digest('hex')}\n`;
}

if (process.argv[2] === 'record') {
  writeFileSync(RECORD, fingerprint());
} else if (readFileSync(RECORD, 'utf8') !== fingerprint()) {
  console.log('the machine, its model or the contract tests have changed since the mutants were last tested');
  process.exitCode = 1;
}
