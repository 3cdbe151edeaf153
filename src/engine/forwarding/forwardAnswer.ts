import type { ForwardingState } from '../../api/forwardContract.ts';
import type { ForwardState } from '../../forward/forwarding.ts';

/** The state of destinations as the interface shows it. */
export function formatForwarding(states: readonly ForwardState[]): ForwardingState[] {
  return states.map(({ name, type, privacy, waiting, lastSentAt, lastError }) => ({
    name,
    type,
    privacy,
    waiting,
    last_sent: lastSentAt === null ? null : new Date(lastSentAt).toISOString(),
    last_error: lastError,
  }));
}
