import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import type { HashRequest, PushRequest, PushResult, TargetListing } from 'nas-sync';
import type { Lab } from '../../support/lab.js';

/** The mount transport, with something done right after each push or right before each read-back. */
export class SpoilingTransport extends MountTransport {
  afterPush: () => void = () => undefined;
  beforeHash: () => void = () => undefined;
  beforeMeta: (path: string) => void = () => undefined;

  constructor(lab: Lab) {
    super({ path: lab.nas, timeoutSeconds: 10 });
  }

  override async push(request: PushRequest): Promise<PushResult> {
    const result = await super.push(request);
    this.afterPush();
    return result;
  }

  override async hash(request: HashRequest): Promise<TargetListing> {
    this.beforeHash();
    return super.hash(request);
  }

  override async writeMeta(...args: Parameters<MountTransport['writeMeta']>): Promise<void> {
    this.beforeMeta(args[0]);
    await super.writeMeta(...args);
  }
}
