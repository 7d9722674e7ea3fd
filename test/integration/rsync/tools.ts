import { readdirSync, readFileSync } from 'node:fs';

export interface Tool {
  readonly pid: number;
  /** The process that has started it. */
  readonly owner: number;
  readonly name: string;
}

/** Every program that a transport of any process has started and that runs now, known by the mark that it carries. */
export function runningTools(): Tool[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const mark = read(pid, 'environ')
        .split('\0')
        .find((variable) => variable.startsWith('NAS_SYNC_TOOL='));
      const owner = Number(mark?.split('=')[1]?.split('/')[0]);
      return mark === undefined ? [] : [{ pid: Number(pid), owner, name: read(pid, 'comm').trim() }];
    });
}

export const toolsOf = (owner: number): Tool[] => runningTools().filter((tool) => tool.owner === owner);

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return ''; // It has ended meanwhile, or belongs to another user.
  }
}
