import type { BigIntStats } from 'node:fs';
import type { FileIdentity } from '../run/entry.js';

export const identityOf = (stat: BigIntStats): FileIdentity => ({
  size: Number(stat.size),
  mtimeNs: String(stat.mtimeNs),
  ctimeNs: String(stat.ctimeNs),
  dev: String(stat.dev),
  ino: String(stat.ino),
});
