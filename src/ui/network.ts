import * as vscode from 'vscode';
import type { NetworkSettings } from '../api/contract.ts';

/** The section of VS Code's settings for the way to the internet. */
export const networkSection = 'http';

/** VS Code's own way to the internet, as the user set it: what a workspace says of it does not count. */
export function readNetworkSettings(): NetworkSettings {
  const configuration = vscode.workspace.getConfiguration(networkSection);
  const read = <T>(key: string, fallback: T): T => {
    const found = configuration.inspect<T>(key);
    return found?.globalValue ?? found?.defaultValue ?? fallback;
  };
  return {
    proxy: read<string>('proxySupport', 'override') === 'off' ? null : read('proxy', ''),
    strictSSL: read('proxyStrictSSL', true),
    noProxy: read<readonly string[]>('noProxy', []),
    systemCertificates: read('systemCertificates', true),
  };
}
