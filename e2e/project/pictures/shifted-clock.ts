/** When the pictures are taken, in milliseconds since 1970: a Monday morning. */
export const pictured = Date.UTC(2026, 2, 2, 9, 30);

/**
 * Shifts the clock of this process or page, for all code in it: services and pages check each other's tokens by it.
 *
 * @param ahead Milliseconds by which the clock is ahead of the machine's.
 * @returns puts the clock right again.
 */
export function shiftClock(ahead: number): () => void {
  const MachineDate = Date;
  const now = () => MachineDate.now() + ahead;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, parameters, newTarget) =>
      Reflect.construct(target, parameters.length === 0 ? [now()] : parameters, newTarget),
    apply: () => new MachineDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  return () => {
    globalThis.Date = MachineDate;
  };
}
