import prettyBytes from 'pretty-bytes';

export const inBytes = (bytes: number): string => prettyBytes(Math.max(0, Math.round(bytes)));

export const inFiles = (files: number): string => (files === 1 ? '1 file' : `${files} files`);
