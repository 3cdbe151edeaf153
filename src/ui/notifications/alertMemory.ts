/** Remembers which alerts of the engine the user was told of, so that each is told once for as long as it lasts. */
export class AlertMemory {
  #told: readonly string[] = [];

  /** The alerts to be told now. One that has ended and comes back is told again. */
  take(alerts: readonly string[]): string[] {
    const untold = alerts.filter(alert => !this.#told.includes(alert));
    this.#told = alerts;
    return untold;
  }
}
