/** What any program needs to be found and to run; the second line is Windows'. */
const COMMON = [
  ...['PATH', 'TMPDIR', 'TMP', 'TEMP', 'TZ'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE'],
];

/** Where rclone looks for its configuration, its proxy and the credentials that a remote with `env_auth` uses. */
const RCLONE = [
  ...['HOME', 'USER', 'LOGNAME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'APPDATA', 'LOCALAPPDATA'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['SSH_AUTH_SOCK', 'KRB5_CONFIG', 'KRB5CCNAME', 'RCLONE_PASSWORD_COMMAND'],
];
const RCLONE_FAMILIES = /^(?:AWS|AZURE|GOOGLE|OS|RCLONE_CONFIG)(?:_|$)/u;
/** rclone has its own HTTP client, which this one cannot be given to: with it no S3 remote starts. */
const NO_USE_TO_RCLONE = 'AWS_CA_BUNDLE';

const PASSED_ON: Readonly<Record<string, ReadonlySet<string>>> = {
  rclone: new Set([...COMMON, ...RCLONE]),
  ssh: new Set([...COMMON, 'SSH_AUTH_SOCK']),
};
const BY_DEFAULT: ReadonlySet<string> = new Set(COMMON);

/**
 * Nothing can be put below it. rsync reads aliases of its options from `$HOME/.popt`: one that gives `--perms` the
 * meaning of `--remove-source-files` would delete the run. ssh takes the home from the password file instead.
 */
const NO_HOME = '/dev/null';

/**
 * The environment of a program: these few variables of ours, and nothing else. `RSYNC_*`, `LD_PRELOAD`, `BASH_ENV` and
 * the like would change what its options mean; `RCLONE_DRY_RUN` or `RCLONE_EXCLUDE` make rclone report a success without
 * a copy.
 */
export function toolEnvironment(tool: string, given: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = PASSED_ON[tool] ?? BY_DEFAULT;
  const isPassedOn = (name: string): boolean =>
    names.has(name.toUpperCase()) || (tool === 'rclone' && RCLONE_FAMILIES.test(name) && name !== NO_USE_TO_RCLONE);
  const passed = Object.entries(given).flatMap(([name, value]) =>
    value !== undefined && isPassedOn(name) ? [[name, value] as const] : [],
  );
  // Messages are read: they must be in the one language that is documented.
  return { ...(tool === 'rclone' ? {} : { HOME: NO_HOME }), LC_ALL: 'C', ...Object.fromEntries(passed) };
}
