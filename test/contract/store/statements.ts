import Sqlite from 'better-sqlite3';
import { vi } from 'vitest';

/** The statements that this call sends to SQLite, from whatever store of this process. */
export async function statementsOf(call: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  const prepare = Sqlite.prototype.prepare;
  const spy = vi.spyOn(Sqlite.prototype, 'prepare').mockImplementation(function (this: Sqlite.Database, text: string) {
    heard.push(text);
    return prepare.call(this, text);
  });
  try {
    await call();
  } finally {
    spy.mockRestore();
  }
  return heard;
}
