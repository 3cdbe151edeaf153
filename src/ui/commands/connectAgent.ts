import type { Services } from '../services.ts';

/** Connects agents; what it takes is loaded when it is wanted. */
export async function connectAgent(services: Services): Promise<void> {
  const { connectAgents } = await import('../connect/connecting.ts');
  await connectAgents(services);
}
