import type { ConnectionState, EngineConnection } from './engineConnection.ts';

type Source = Pick<EngineConnection, 'state' | 'onDidChange'>;

/** The state once the engine is no longer starting, or as it is after so many ms. */
export function waitForEngine(connection: Source, timeoutMs: number): Promise<ConnectionState> {
  if (connection.state.kind !== 'starting') {
    return Promise.resolve(connection.state);
  }
  return new Promise(resolve => {
    const timer = setTimeout(settle, timeoutMs);
    const subscription = connection.onDidChange(state => state.kind !== 'starting' && settle());
    function settle(): void {
      clearTimeout(timer);
      subscription.dispose();
      resolve(connection.state);
    }
  });
}
