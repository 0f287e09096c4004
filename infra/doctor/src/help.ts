export const doctorHelp = `Looks for what is wrong, and says how to put it right. It changes nothing.

  pnpm run doctor [flags]

It looks at this machine, the environment files, the identity provider, the app registrations and what was consented to.

What it looks at:
  --tenant                    the real tenant that \`pnpm register\` wrote files for; else the local one
  --name-prefix <prefix>      the set of apps of that prefix
  --token-file <file>         a token to explain: why would an API refuse it? - is standard input, or a paste

Sign-in to a real tenant: Azure CLI's login if there is one, else a browser, else a code for another device.
  --sign-in <way>             azure-cli, browser or device-code, and no other
  --graph-token-file <file>   an access token for Microsoft Graph, such as Graph Explorer's; - is standard input
  --no-sign-in                leave out what only the tenant can say

How it answers:
  --json                      print the findings as JSON
  --help, -h                  print this

Exit codes: 0 nothing is wrong, 1 it could not look, 2 it found something.`;
