/** Services that run beside the tenant, such as an API: whoever started them can stop them, and start them again. */
export interface Services {
  list(): readonly { name: string; isRunning: boolean }[];
  /** Calls the listener after each change of the list. */
  subscribe(listener: () => void): void;
  /** Requests that a service is stopped or started. The list changes once that has happened. */
  setRunning(name: string, isRunning: boolean): void;
}
