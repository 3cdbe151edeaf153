/** A process that wants a folder: `node lockChild.ts DIR`. Says what became of it and holds on until it is killed. */
import { FolderHeldError, lockFolder } from '../../../../src/engine/lock/folderLock.ts';

try {
  const lock = await lockFolder(process.argv[2] ?? '');
  lock.announce({ url: 'http://127.0.0.1:1' });
  console.log('owner');
  setInterval(() => {}, 1000);
  process.on('SIGTERM', () => lock.release().then(() => process.exit(0)));
} catch (error) {
  console.log(error instanceof FolderHeldError ? `held ${error.owner.pid}` : `failed ${error}`);
}
