import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';

/** What a shell reads of its own accord where sshd starts it for a command. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: '~/.bashrc',
  zsh: '~/.zshenv',
  csh: '~/.cshrc',
  tcsh: '~/.tcshrc or ~/.cshrc',
  fish: '~/.config/fish/config.fish',
};
const SOME = 'such as ~/.bashrc, ~/.zshenv, ~/.cshrc or ~/.config/fish/config.fish';
const MOST_WORDS = 200;

/** What rsync says where it reads something else before the other rsync's first words. */
const UNCLEAN = /is your shell clean\?/u;

/** The text as a person may read it, on one line. */
const shown = (text: string): string => printable(text.trim().slice(0, MOST_WORDS));

const files = (shell: string): string => {
  const name = shell.slice(shell.lastIndexOf('/') + 1);
  const scripts = Object.entries(SCRIPTS).find(([known]) => name === known || name === `bsd-${known}`)?.[1];
  return scripts === undefined ? SOME : `${scripts} of ${printable(name)}`;
};

/**
 * An account whose login script prints something when sshd starts a command: rsync would take that for its own.
 * @param shell the account's login shell, or `''` where it is not known
 */
export const loginScriptPrints = (host: string, text: string, shell: string): NasSyncError =>
  new NasSyncError(
    'not_configured',
    `${host}: a login script of the account (${files(shell)}) prints "${shown(text)}", which rsync would take for its own words; let it print in interactive shells only, then retry`,
  );

/**
 * The same, where an account without a shell shows it by rsync's own complaint; `null`: rsync says nothing of the kind.
 * @param answer what the account answered when it was asked for a shell
 */
export function uncleanShell(host: string, lines: readonly string[], answer = ''): NasSyncError | null {
  if (!lines.some((line) => UNCLEAN.test(line))) return null;
  const words = shown(answer) === '' ? 'something' : `"${shown(answer)}"`;
  return new NasSyncError(
    'not_configured',
    `${host}: the account prints ${words} before rsync can answer; let its login script (${SOME}) print in interactive shells only, or allow the account to run rsync, then retry`,
  );
}
