import type { ConnectionState, EngineConnection } from './engineConnection.ts';

type Source = Pick<EngineConnection, 'state' | 'onDidChange'>;

/** The state once the engine is no longer starting, or as it is after so many ms. */
export function waitForEngine(connection: Source, timeoutMs: number): Promise<ConnectionState> {
  return waitForState(connection, ({ kind }) => kind !== 'starting', timeoutMs);
}

/** The state once it fits, or as it is after so many ms. */
export function waitForState(
  connection: Source,
  fits: (state: ConnectionState) => boolean,
  timeoutMs: number,
): Promise<ConnectionState> {
  if (fits(connection.state)) {
    return Promise.resolve(connection.state);
  }
  return new Promise(resolve => {
    const timer = setTimeout(settle, timeoutMs);
    const subscription = connection.onDidChange(state => fits(state) && settle());
    function settle(): void {
      clearTimeout(timer);
      subscription.dispose();
      resolve(connection.state);
    }
  });
}
