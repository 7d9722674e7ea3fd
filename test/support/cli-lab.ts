import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createRecord, type JobView } from 'nas-sync';

const CLI = fileURLToPath(new URL('../../dist/command/nas-sync.js', import.meta.url));

/** A lab on disk that is only spoken to as an operator does: by the command line, in processes of its own. */
export class CliLab {
  readonly root: string;
  readonly #children: ChildProcess[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async open(equipmentIds: readonly string[] = ['SCOPE'], scheduler = 'lease_seconds: 60'): Promise<CliLab> {
    const lab = new CliLab(await realpath(await mkdtemp(join(tmpdir(), 'nas-sync-test-'))));
    await mkdir(join(lab.root, 'data'));
    await mkdir(lab.nas);
    await lab.configure(equipmentIds, scheduler);
    return lab;
  }

  get nas(): string {
    return join(this.root, 'nas');
  }

  get database(): string {
    return join(this.root, 'queue.db');
  }

  /** The run's place on the NAS. */
  copyOf(run: string): string {
    return join(this.nas, run.slice(join(this.root, 'data').length + 1));
  }

  async configure(equipmentIds: readonly string[], scheduler: string, uploadMbps = 'null'): Promise<void> {
    const equipment = equipmentIds.map(
      (id) => `  - id: ${id}
    local_root: ${join(this.root, 'data')}
    transport: { type: mount, path: ${this.nas}, bandwidth: { upload_mbps: ${uploadMbps} } }`,
    );
    const text = `equipment:\n${equipment.join('\n')}\nretry: { delays: [1s, 1s, 1s] }\nscheduler: { ${scheduler} }\n`;
    await writeFile(join(this.root, 'config.yaml'), text);
  }

  async run(path: string, fileCount: number, sizeOf: (index: number) => number): Promise<string> {
    const run = join(this.root, 'data', path);
    for (let index = 0; index < fileCount; index += 1) {
      const folder = join(run, `part ${index % 20}`);
      if (index < 20) await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `image ${index}.tif`), Buffer.alloc(sizeOf(index), `${index},`));
    }
    await createRecord(run);
    return run;
  }

  /** A fresh NAS and a fresh queue for the same runs. */
  async forget(): Promise<void> {
    for (const name of await readdir(this.root)) if (name.startsWith('queue.db')) await rm(join(this.root, name));
    await rm(this.nas, { recursive: true });
    await mkdir(this.nas);
  }

  cli(...args: string[]) {
    return execa(process.execPath, [CLI, ...this.#globals, ...args], { reject: false, stdin: 'ignore' });
  }

  /** Starts a command and lets it run. */
  start(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [CLI, ...this.#globals, ...args], { stdio: 'ignore' });
    this.#children.push(child);
    return child;
  }

  async jobs(): Promise<JobView[]> {
    const { stdout } = await this.cli('status', '--json');
    return (JSON.parse(stdout) as { jobs: JobView[] }).jobs;
  }

  async close(): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  get #globals(): string[] {
    return ['--config', join(this.root, 'config.yaml'), '--db', this.database];
  }
}

export async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** Every file below a folder, by its path there; the record folder of a run is left out. */
export async function contentsBelow(folder: string): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes('/.exlab-wizard/'))
      contents.set(path.slice(folder.length + 1), await readFile(path));
  }
  return contents;
}
