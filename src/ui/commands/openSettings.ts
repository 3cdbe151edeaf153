import { showSetting } from '../settings.ts';

export async function openSettings(): Promise<void> {
  await showSetting();
}
