import type { Services } from '../services.ts';
import { openDesk } from './desk.ts';
import { pickAgent } from './pickAgent.ts';
import { pickTest } from './pickTest.ts';
import { updateConnections } from './updateConnections.ts';

// A bundle of its own, loaded when it is wanted: parsers of settings are of no use to a window that starts.

/** Lists the agents of this machine with their state, and connects, tests or disconnects the one that is chosen. */
export async function connectAgents(services: Services): Promise<void> {
  await pickAgent(await openDesk(services));
}

/** Proves that an agent's telemetry, or one's own code, reaches the engine; the record counts nowhere. */
export async function testConnections(services: Services): Promise<void> {
  await pickTest(await openDesk(services));
}

/** Says which agents have an old address or token, and gives them the new one on consent. */
export async function offerUpdate(services: Services): Promise<void> {
  await updateConnections(await openDesk(services));
}
