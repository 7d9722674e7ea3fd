import { transportContract, type ContractSetup } from 'nas-sync/testing';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { expect, it } from 'vitest';
import { broken } from './broken.js';
import { freshDisk } from './hold.js';
import { LIST_CAUGHT_BY, LIST_FAULTS } from './list-mutants.js';
import { FILE_FAULTS } from './file-mutants.js';
import { HASH_FAULTS, IDENTITY_FAULTS, PUSH_FAULTS } from './mutants.js';

const FAULTS = { ...IDENTITY_FAULTS, ...PUSH_FAULTS, ...HASH_FAULTS, ...LIST_FAULTS, ...FILE_FAULTS };

/** Which cases a transport with this fault must not meet. */
const CAUGHT_BY: Readonly<Record<string, readonly string[]>> = {
  'shows a token that nobody left': ['a target that was never met shows no token'],
  'forgets the token': ['a target shows the token that was left there'],
  'replaces the token': ['a second token does not replace the first'],
  'tells a free space that is no number': ['the free space is a number of bytes, or not known'],
  'takes every run for its own target': ['a run that lies elsewhere is apart from its place'],
  'names an ill without a remedy': [
    'every line about the transport has a name, and says what to do where it is not well',
  ],
  'cannot be closed twice': ['closing twice is closing once'],
  'does not close': ['nothing is answered once it is closed'],
  'heeds no signal': [
    'a signal that was given already ends every call with its reason',
    'a push that is stopped ends with the reason of its signal',
  ],
  'fails with an error of no kind': ['a failure is an error that a job can be told, in one line'],
  'leaves out empty files': ['a tree arrives as it is: files, empty ones, folders'],
  'leaves out links': ['a link arrives as a link, where the target can hold one'],
  'keeps links that should be followed': ['a link that is followed arrives as the file that it leads to'],
  'leaves out what vanished': ['a file that is taken away before it is read is missed by name'],
  'tells that everything was sent': ['a second push sends nothing', 'a file that has changed is sent, and no other'],
  'trusts sizes and times': [
    'a file of the same size and time but with other content is sent',
    'damage is healed by the next push',
  ],
  'tells digests of its own': ['what is told of the files that were read is their SHA-256'],
  'knows places by their last name only': ['two runs whose own folders have the same name arrive in two places'],
  'removes what the run does not hold': ['a push removes nothing from the target'],
  'removes a folder that is in the way': ['a folder in the place of a file is a conflict, and stays'],
  'tidies up too much': [
    'tidying up removes nothing of the run',
    'tidying up a place that does not exist is no failure',
  ],
  'goes backwards': [
    'progress never goes backwards, and ends at the whole run',
    'progress of a push that finds all in place ends at the whole run, too',
    'progress of the reading never goes backwards, and never beyond the run',
  ],
  'tells no progress': ['progress never goes backwards, and ends at the whole run'],
  'tells no arrival': ['it is told when something has arrived, and not where all was in place'],
  'cannot push nothing': ['a push of nothing is no failure'],
  'pushes once only': [
    'a push after one that was stopped completes the run',
    'a run that changed under a push arrives with the next one',
  ],
  'refuses a name when all has arrived': [
    'files of every odd name arrive byte for byte, or are refused by name',
    'folders of every odd name arrive byte for byte, or are refused by name',
  ],
  'leaves a half file when it is stopped': ['no half file stands under its name after a push was stopped'],
  'is of no use once it was stopped': ['a push after one that was stopped completes the run'],
  'mixes two versions of a file': ['a file that changes after it was listed arrives whole, or the push is put off'],
  'remembers what it saw first': [
    'a file that was cut short is found',
    'a file that became empty is found',
    'a file that is gone is missed',
    'a folder in the place of a file is found',
  ],
  'trusts sizes and times of what it hashed': ['a flipped bit is found, with size and time as they were'],
  'sees a file everywhere': ['a place that does not exist holds nothing'],
  'shows names without what is odd': [
    'files of every odd name arrive byte for byte, or are refused by name',
    'folders of every odd name arrive byte for byte, or are refused by name',
  ],
  'looks only for what the run holds': [
    'a file that was added is found',
    'what another run left in the place is told in full',
  ],
  'leaves out every record folder': ['the record folder is left out, and one of that name deeper down is not'],
  'promises another hash': ['contents are told by the hash that was promised, or by SHA-256'],
  'tells no sizes': ['sizes are those of the files'],
  'does not say how it read': ['how it was read is told, as a grade and in words'],
  ...LIST_CAUGHT_BY,
  'takes what is not there for empty': ['a small file that is not there is null, also in a place that does not exist'],
  'reads text only': ['a small file of any bytes is read as it was written'],
  'takes what is empty for nothing': ['an empty small file is empty, and there'],
  'writes behind what is there': ['a small file replaces the one before'],
  'refuses every exclusive write': ['an exclusive write makes a file where there is none'],
  'writes over what is there': [
    'an exclusive write refuses a name that is taken, and leaves the file as it is',
    'of two exclusive writes at once, one is refused and the other is whole',
  ],
  'leaves a file beside the one it writes': ['a small file leaves nothing beside it'],
  'brings back more than was asked for': ['exactly the files that are asked for come back'],
  'keeps what is there when it brings back': ['a file that comes back takes the place of another one'],
  'brings back other bytes': ['a tree arrives as it is: files, empty ones, folders'],
  'brings back nothing where nothing is': [
    'a file that is not on the target is a failure',
    'a place that is not on the target is a failure',
  ],
  'leaves the canary': ['a canary is removed with all that it holds, and nothing else is'],
  'misses a canary that is gone': ['removing a canary that is gone is no failure'],
  'removes whatever it is told to': ['the removal of anything but a canary is refused'],
  'sets nothing aside': [
    'files that are set aside leave the place whole, and a repeat or a cleaning up changes nothing',
    'a folder is removed where nothing is left in it, and stays where anything is',
  ],
  'leaves emptied folders': ['a folder is removed where nothing is left in it, and stays where anything is'],
  'sets aside over what is there, and wherever it is told to': [
    'a name that is taken among what was set aside is refused, and both files stay',
    'nothing is set aside to elsewhere, from elsewhere, or from the record folder',
  ],
};

const mount =
  (fault: (typeof FAULTS)[string]): ContractSetup =>
  async () => {
    const { path, remove } = await freshDisk();
    const real = new MountTransport({ path, timeoutSeconds: 10 });
    return { transport: broken(real, fault(real, path)), onServer: path, dispose: remove };
  };

it.each(Object.entries(FAULTS))('a transport that %s does not pass', async (name, fault) => {
  const cases = transportContract(mount(fault));
  for (const caught of CAUGHT_BY[name] ?? [])
    await expect(cases.find((one) => one.name === caught)!.run()).rejects.toThrow();
});

it('each case catches some fault', () => {
  const names = transportContract(mount(() => ({}))).map((one) => one.name);
  expect(Object.keys(CAUGHT_BY).sort()).toEqual(Object.keys(FAULTS).sort());
  expect(new Set(Object.values(CAUGHT_BY).flat())).toEqual(new Set(names));
});
