import type { KeyRing } from '@obo/on-behalf-of';
import { httpUrl } from '@obo/service-defaults/configuration';
import type { z } from 'zod';

/** Variables of the MCP server. Without `MCP_URL` there is none. */
export const mcpVariables = {
  MCP_URL: httpUrl
    .refine((url) => new URL(url).pathname !== '/', 'must have a path, such as /mcp')
    .optional()
    .meta({
      description:
        "Address at which agents reach this API as an MCP server. It must be an Application ID URI of this API's registration. See [how to connect an agent](../how-to/connect-an-agent.md).",
      example: 'http://localhost:4000/mcp',
    }),
};

type Variables = z.output<z.ZodObject<typeof mcpVariables>> & { TOKEN_CACHE_KEYS?: KeyRing | undefined };

/** Reads the options of the MCP server from the variables: undefined without it. */
export const mcpOptionsOf = ({ MCP_URL: url, TOKEN_CACHE_KEYS: keys }: Variables) =>
  url === undefined ? undefined : { url, keys };

export type McpOptions = NonNullable<ReturnType<typeof mcpOptionsOf>>;
