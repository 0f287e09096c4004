const hops: Readonly<Record<string, string>> = {
  validate_token: 'Check your token',
  graph_token: 'Token for Microsoft Graph',
  graph_me: 'Microsoft Graph: you',
  graph_manager: 'Microsoft Graph: your manager',
  graph_photo: 'Microsoft Graph: your photo',
  downstream_token: 'Token for the leave API',
  downstream_balance: 'Leave API: your balance',
  downstream_requests: 'Leave API: your requests',
  total: 'All together',
};

const sources: Readonly<Record<string, string>> = {
  cache: 'cache',
  shared_cache: 'shared cache',
  identity_provider: 'identity provider',
  network: 'network',
};

const milliseconds = new Intl.NumberFormat('en-GB', {
  style: 'unit',
  unit: 'millisecond',
  maximumFractionDigits: 1,
});

/** The name of a hop in `Server-Timing`, in words; one we don't know keeps its own. */
export function describeHop(name: string): string {
  return hops[name] ?? name.replaceAll(/[_-]/g, ' ');
}

export function describeSource(source: string | null): string {
  return source === null ? '' : (sources[source] ?? source);
}

export function formatDuration(duration: number | null): string {
  return duration === null ? '' : milliseconds.format(duration);
}
