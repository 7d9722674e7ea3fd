import type { HeldFolder } from './folder-handle.js';

interface Step {
  readonly name: string;
  readonly folder: HeldFolder;
}

/** Walks below a folder, from one path to the next: what two paths share stays held, and no step is through a link. */
export class FolderWay {
  readonly #root: HeldFolder;
  readonly #make: boolean;
  readonly #steps: Step[] = [];

  /** @param make whether folders that are missing are made */
  constructor(root: HeldFolder, { make = false }: { make?: boolean } = {}) {
    this.#root = root;
    this.#make = make;
  }

  /** The folder that holds `path` (relative, separated by `/`), and its name there. */
  async to(path: string): Promise<{ folder: HeldFolder; name: string }> {
    const names = path.split('/');
    const name = names.pop() ?? '';
    const differs = this.#steps.findIndex((step, index) => step.name !== names[index]);
    await this.#back(differs === -1 ? names.length : differs);
    for (const next of names.slice(this.#steps.length)) {
      const above = this.#steps.at(-1)?.folder ?? this.#root;
      this.#steps.push({ name: next, folder: await (this.#make ? above.enterNew(next) : above.enter(next)) });
    }
    return { folder: this.#steps.at(-1)?.folder ?? this.#root, name };
  }

  /** Lets go of every folder but the root. */
  async close(): Promise<void> {
    await this.#back(0);
  }

  async #back(to: number): Promise<void> {
    await Promise.allSettled(this.#steps.splice(to).map(({ folder }) => folder.close()));
  }
}
