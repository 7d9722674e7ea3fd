import type { Transport } from 'nas-sync';

/** The transport, but for what is put in its place. */
export function broken(real: Transport, how: Partial<Transport>): Transport {
  return new Proxy(real, {
    get(target, key) {
      if (key in how) return how[key as keyof Transport];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
