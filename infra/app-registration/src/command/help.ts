export const help = `Registers the three apps in your tenant, and writes the environment file of each.

  pnpm register [flags]

It shows whose tenant it is and what it is going to change, and asks before it does. Run again, it changes nothing;
interrupted, it continues.

Sign-in: Azure CLI's login if there is one, else a browser, else a code for another device.
  --tenant <id or domain>     sign in to this tenant, not to the account's own
  --sign-in <way>             azure-cli, browser or device-code, and no other
  --graph-token-file <file>   an access token for Microsoft Graph, such as Graph Explorer's; - is standard input
  --cloud <name>              global (default), us-government, us-government-dod or china
  --authority-url <origin>    the identity provider of a cloud that has no name here
  --graph-url <origin>        Microsoft Graph of such a cloud
  --local                     the local tenant that \`pnpm start\` runs

What is registered:
  --name-prefix <prefix>      start of the unique names, obo by default: for a second set of apps
  --spa-url <origin>          where the SPA is served; several times for several places
  --middle-tier-url <origin>  where the middle-tier API answers
  --downstream-url <origin>   where the downstream API answers
  --multi-tenant              people of other tenants may use the apps
  --allow-tenant <id>         such a tenant; several times for several
  --grant-admin-consent       consent for everyone, so that nobody is asked at sign-in

How the middle tier proves who it is:
  --credential <kind>         secret (default), certificate, federated; none with --dry-run leaves it out
  --managed-identity <id>     federated: a user-assigned managed identity, by Object (principal) ID or Client ID
  --fic-issuer <url>          federated: another workload identity, by what its tokens say
  --fic-subject <subject>
  --fic-audience <audience>   api://AzureADTokenExchange by default
  --fic-token-file <file>     where that identity's token is, where the middle tier runs

How it runs:
  --dry-run                   show the differences only; exit code 2 if there are any
  --remove                    undo it: consents, service principals, apps, and the files
  --yes, -y                   do not ask
  --json                      print the result as JSON, with --yes or --dry-run
  --help, -h                  print this

What is not told keeps what an earlier run wrote down. Files go to .data/tenant (.data/env with --local), or to
ENVIRONMENT_DIRECTORY.`;
