/** What `nas-sync init` knows already. Paths should be absolute. */
export interface TemplateValues {
  readonly equipmentId?: string;
  readonly localRoot?: string;
  readonly mountPath?: string;
  readonly nasRoot?: string;
}

/** JSON's notation of a text is YAML's, too. */
const quoted = (value: string): string => JSON.stringify(value);

/** A line whose comment stands where the comments of the others stand. */
const line = (entry: string, comment: string): string => `${entry.padEnd(37)} # ${comment}`;

/** A configuration file to start from: it can be read as it stands, and says what each key is for. */
export function configTemplate(values: TemplateValues = {}): string {
  const { equipmentId = 'INSTRUMENT_01', localRoot = '/data/lab', mountPath = '/mnt/nas/lab', nasRoot } = values;
  const shownPlace = nasRoot === undefined ? '# nas_root: "//nas01/lab"' : `nas_root: ${quoted(nasRoot)}`;
  const id = line(`  - id: ${equipmentId}`, 'capital letters, digits and _; at most 32');
  const root = line(
    `    local_root: ${quoted(localRoot)}`,
    'its runs are folders below <local_root>/<id>/ or, if no other',
  );
  const place = line(`    ${shownPlace}`, 'how people name the place on the NAS; shown, never used');
  const share = line(`      path: ${quoted(mountPath)}`, 'the share, or a folder on it');
  return `# nas-sync: what is copied, where to, and what must be proven before a local copy goes.
# A relative path starts at the folder of this file; ~ is the home folder. Passwords do not belong here.

# database: sync_queue.db             # the queue: a file, or a postgres:// URL; default: in the state folder

equipment:
${id}
    # label: Confocal Microscope 1    # what people call it; default: the id
${root}
                                      # equipment has this root, below <local_root>/
${place}
    # volatile: [.DS_Store]           # names that desktops and storage systems write: never damage;
                                      # default: a list in docs/names.md, which this replaces
    exclude: []                       # names that are no part of a run: neither copied nor proven nor deleted
    transport:
      type: mount                     # a share that this machine has mounted
${share}

      # type: rclone                  # any storage that rclone can reach
      # rclone_remote: nas01          # the remote's name in rclone's config
      # rclone_remote_path: lab       # the folder on the remote
      # rclone_config: ~/rclone.conf  # default: where rclone itself looks
      # transfers: 4                  # files at the same time; default: rclone's
      # checkers: 8                   # comparisons at the same time; default: rclone's

      # type: rsync_ssh               # a NAS with an ssh login and rsync
      # ssh_target: lab@nas01         # user@host, or a host of ~/.ssh/config
      # ssh_key_path: ~/.ssh/id_ed25519
      # remote_path: /volume1/lab     # the folder on the NAS
      # port: 22
      # known_hosts: ~/.ssh/known_hosts

      timeout_seconds: 60             # the work fails with a timeout if nothing moves for so long
      links: keep                     # links in a run; follow: copy the file that each leads to (for rclone, which
                                      # keeps none)
      bandwidth:
        upload_mbps: null             # megabits per second; null: unlimited
        schedule: []                  # the cap holds in these windows only (local time); none: always
        # schedule:
        #   - { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00" }

nas_cleanup:
  enabled: true                       # false: no local file is ever deleted
  min_verify_passes: 2                # complete comparisons that a run must have passed
  min_age_hours: 24                   # hours that must pass before a local copy may go
  retain_cache: true                  # keep the run's record folder, with its checksums
  min_evidence: read-back             # cached-read, read-back or remote-hash: how the NAS side must have been read
  pass_interval_hours: 24             # between two comparisons
  trash_hours: 0                      # keep what was deleted aside for so long; 0: do not

verify:
  require_sha256: false               # true: accept no other hash from the NAS side

retry:
  delays: [30s, 2m, 8m, 30m, 2h]      # waits after failures; after the last one a person must look

scheduler:
  max_lanes: 4                        # equipments that are served at the same time
  lease_seconds: 60                   # how soon another process may take over after a crash

validator:
  content_scan_max_mib: 5             # larger files are not searched by the gate
  content_scan_extensions: [.txt, .csv, .tsv, .json, .xml, .yaml, .yml, .toml, .ini, .cfg, .conf, .log, .md]
`;
}
