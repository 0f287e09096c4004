/** A Microsoft cloud. Tenants, tokens and Graph of one cloud are not valid in another. */
export interface Cloud {
  /** Origin of the identity provider. */
  authorityUrl: string;
  /** Origin of Microsoft Graph; its scopes start with it. */
  graphUrl: string;
  portalUrl: string;
  /** Audience of the token that a managed identity exchanges for the application's. */
  tokenExchangeAudience: string;
}

/**
 * The clouds by the names that `--cloud` accepts.
 *
 * Source: "Microsoft Entra authentication & national clouds"; "Microsoft Graph national cloud deployments"; "Configure
 * an application to trust a managed identity".
 */
export const clouds = {
  global: {
    authorityUrl: 'https://login.microsoftonline.com',
    graphUrl: 'https://graph.microsoft.com',
    portalUrl: 'https://portal.azure.com',
    tokenExchangeAudience: 'api://AzureADTokenExchange',
  },
  'us-government': {
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://graph.microsoft.us',
    portalUrl: 'https://portal.azure.us',
    tokenExchangeAudience: 'api://AzureADTokenExchangeUSGov',
  },
  'us-government-dod': {
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://dod-graph.microsoft.us',
    portalUrl: 'https://portal.azure.us',
    tokenExchangeAudience: 'api://AzureADTokenExchangeUSGov',
  },
  china: {
    authorityUrl: 'https://login.partner.microsoftonline.cn',
    graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
    portalUrl: 'https://portal.azure.cn',
    tokenExchangeAudience: 'api://AzureADTokenExchangeChina',
  },
} as const satisfies Record<string, Cloud>;

export type CloudName = keyof typeof clouds;

/** Finds the cloud with this Microsoft Graph. Graph identifies a cloud; an identity provider can serve several. */
export function cloudWith(graphUrl: string): { name: string; cloud: Cloud } | null {
  for (const [name, cloud] of Object.entries(clouds)) if (cloud.graphUrl === graphUrl) return { name, cloud };
  return null;
}
