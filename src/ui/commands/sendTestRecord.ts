import type { Services } from '../services.ts';

/** Proves a connection. */
export async function sendTestRecord(services: Services): Promise<void> {
  const { testConnections } = await import('../connect/connecting.ts');
  await testConnections(services);
}
