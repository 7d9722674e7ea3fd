#!/usr/bin/env node
// Writes docs/cli.md from the help of the program itself; with --check it only says whether the page is stale.
// Usage: node scripts/cli-reference.js [--check], after a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { makeProgram } from '../dist/cli/program.js';

const FILE = 'docs/cli.md';
const WIDTH = 100;

const INTRODUCTION = `# Command line

This page is the output of \`nas-sync --help\` and \`nas-sync COMMAND --help\`. \`npm run reference\` writes it.
`;

const program = makeProgram(new AbortController().signal, () => undefined);
const sections = withSubcommands(program).map(
  ({ command, name }) => `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`,
);
const page = await format([INTRODUCTION, ...sections].join('\n'), { parser: 'markdown' });

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, page);
} else if (readFileSync(FILE, 'utf8') !== page) {
  console.error(`${FILE} is not what the program says now; run \`npm run reference\` and commit the file`);
  process.exitCode = 1;
}

function withSubcommands(command, above = '') {
  const name = `${above} ${command.name()}`.trim();
  return [{ command, name }, ...command.commands.flatMap((each) => withSubcommands(each, name))];
}

/** With what stands after the options, which \`helpInformation\` leaves out. */
function helpOf(command) {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  // Every page would end with it.
  return text.replace(/\nRun `nas-sync --help` for .*\n/u, '').trim();
}
